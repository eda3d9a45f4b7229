"""What the entries of a task noticed of small changes of an implementation, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WAYS", "Accepted", "EntryStrength", "Kill", "Strength", "TriedMutant"]

# How an entry noticed a mutant: what it says does not hold; a call raised, or the mutant could not
# be imported; a call took too long, too much memory, or ended its process.
Kill = Literal["relation", "exception", "limit"]
# The one that says most for an entry first.
WAYS: Final[tuple[Kill, ...]] = ("relation", "exception", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedMutant:
    """One small change, and what became of it.

    Attributes:
        line: Number of the first line that is changed, from 1.
        kind: What kind of change it is, in a word or two.
        diff: The changed lines, each after ``-`` or ``+``.
        kills: How each entry that noticed it did so, by the entry's label.
        differs: Number of inputs of the sample on which it does not do what the original does; None
            where it was noticed, or the original itself does not do the same twice.
        example: The smallest of these inputs as text.
        said: What the original and the mutant do with it.
    """

    line: int
    kind: str
    diff: str
    kills: Mapping[str, Kill] = field(default_factory=dict)
    differs: int | None = None
    example: str = ""
    said: str = ""

    @property
    def status(self) -> Literal["killed", "survived", "same"]:
        """Whether it was noticed; ``same`` for what does the same on all inputs."""
        if self.kills:
            return "killed"
        return "same" if self.differs == 0 else "survived"

    @property
    def how(self) -> Kill | None:
        """How it was noticed: by a relation if any did so, else by an exception, else a limit."""
        found = set(self.kills.values())
        return next((way for way in WAYS if way in found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStrength:
    """What one entry noticed.

    Attributes:
        entry: Its label.
        kills: Number of mutants that it noticed.
        relation: Number of these of which what it says does not hold.
        alone: Number of mutants that no other entry noticed.
    """

    entry: str
    kills: int
    relation: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """The strength of the entries of one task: the share of mutants that they notice.

    Attributes:
        task: The task.
        where: What tells it from others of its name; empty where it is alone.
        implementation: What the user wrote to name the original.
        file: Its file.
        seed: Seed of the draw.
        inputs: Number of inputs of the sample.
        entries: What each entry noticed.
        mutants: Those that ran, in the order of the file.
        possible: Number of changes that could be made.
        equal: Number of changes that were met and compile to what is there already.
        left_out: What was not measured, and why, a sentence each.
        lower: Lower end of the 95 % interval of the share.
        upper: Its upper end.
        duration_s: Seconds it took.
    """

    task: str
    where: str = ""
    implementation: str
    file: str
    seed: int
    inputs: int
    entries: tuple[EntryStrength, ...]
    mutants: tuple[TriedMutant, ...]
    possible: int
    equal: int
    left_out: tuple[str, ...] = ()
    lower: float
    upper: float
    duration_s: float

    @property
    def counted(self) -> int:
        """Number of mutants that count: those that were noticed, or do not do the same."""
        return sum(one.status != "same" for one in self.mutants)

    @property
    def killed(self) -> int:
        """Number of mutants that were noticed."""
        return sum(one.status == "killed" for one in self.mutants)

    @property
    def share(self) -> float | None:
        """Share of the mutants that count that were noticed; None where none counts."""
        return self.killed / self.counted if self.counted else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON data, with the figures that follow from the rest."""
        plain = asdict(self)
        for written, one in zip(plain["mutants"], self.mutants, strict=True):
            written |= {"status": one.status, "kills": dict(one.kills)}
        return plain | {"counted": self.counted, "killed": self.killed, "share": self.share}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Strength:
        """Read what `to_dict` wrote."""
        derived = {"counted", "killed", "share"}
        plain = {key: value for key, value in data.items() if key not in derived}
        plain["entries"] = tuple(EntryStrength(**one) for one in data["entries"])
        plain["mutants"] = tuple(
            TriedMutant(**{key: value for key, value in one.items() if key != "status"})
            for one in data["mutants"]
        )
        plain["left_out"] = tuple(data["left_out"])
        return cls(**plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A task whose entries a trivial answer satisfies.

    Attributes:
        task: The task.
        where: What tells it from others of its name; empty where it is alone.
        answers: The trivial answers, in words, such as ``always 0``.
        agreed: One of the entries is an agreement, so the baseline itself answers like this.
    """

    task: str
    where: str = ""
    answers: tuple[str, ...]
    agreed: bool = False

    @property
    def said(self) -> str:
        """It in words: ``these relations would also accept: always 0``."""
        said = f"these relations would also accept: {', '.join(self.answers)}"
        if self.agreed:
            said += "; the baseline itself does no more on the inputs tried, so draw others"
        return said

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self) | {"answers": list(self.answers)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Accepted:
        """Read what `to_dict` wrote."""
        return cls(**{**data, "answers": tuple(data["answers"])})
