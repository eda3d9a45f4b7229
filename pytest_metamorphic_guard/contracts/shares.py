"""What an item of one shard adds to its result, so that the results of all shards can be merged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.measurements import EndsApart, Measurement
from pytest_metamorphic_guard.contracts.shown import ShownViolation

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.verdicts import Confirmation

__all__ = ["CallCounts", "MissedText", "Share"]

_SORTED = ("sizes", "found", "example", "apart_size", "difference_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """How the calls of one role ended, in one item.

    Attributes:
        executions: Number of calls.
        returned: Number of those that returned.
        refused: Number of those that never ran, or that a sandbox kept from what they wanted.
        asked: Number of calls that the executor was asked for.
        lost: Number of those that it could not make.
    """

    executions: int
    returned: int
    refused: int
    asked: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedText:
    """The violation that an item reports if the rate of the whole sample is missed.

    Attributes:
        rate: What its text says of the rate, which is that of the share alone.
        found: As in `Share`.
        number: As in `Share`.
        text: The failure text, as in the result of an item; so are the others.
        inputs: The violated source inputs as Python source.
        encoded_inputs: The same in the form from which they are run again.
        outputs: What the candidate's calls concluded.
        shown: The violation in parts.
        confirmation: Whether it was seen again.
        regression: Whether the baseline holds for it; None without one.
    """

    rate: str
    found: tuple[Any, ...]
    number: int
    text: str
    inputs: str
    encoded_inputs: str
    outputs: tuple[str, ...]
    shown: ShownViolation | None
    confirmation: Confirmation | None
    regression: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What an item knows of its share of a sample, beside its result.

    Attributes:
        sample: A digest of the whole sample, the same for every shard of one run.
        examples: Number of the entry's examples, run by any shard.
        measurement: What was measured, where the share has run to its end.
        is_law: Whether the entry is a law.
        gated: Whether a gate asked for it.
        undecided: Whether an output could not be compared.
        found: Sorts the violations that shards report: the first of them is that of a whole run.
        number: Number that the text of the violation gives its case; 0 without one.
        missed: What is reported if a rate is missed, which a share alone cannot tell.
        sizes: Length of the text of every input of a list whose smallest violation is reported.
        shown: The first of its violations in this share, in short.
        example: Sorts what stands for a rate: the smallest violation that was seen again first.
        counted: Whether the sample or an example shows a violation that counts.
        apart: Where calls end differently in these; what was searched beside them left out.
        apart_size: Sorts the inputs of that.
        difference_size: Sorts those of the item's result, where all counts.
        counts: By role, how calls ended.
    """

    sample: str
    examples: int
    measurement: Measurement | None
    is_law: bool
    gated: bool
    undecided: bool
    found: tuple[Any, ...] = ()
    number: int = 0
    missed: MissedText | None = None
    sizes: tuple[int, ...] = ()
    shown: str = ""
    example: tuple[Any, ...] = ()
    counted: bool = False
    apart: EndsApart | None = None
    apart_size: tuple[Any, ...] = ()
    difference_size: tuple[Any, ...] = ()
    counts: dict[str, CallCounts]

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Share:
        """Read what `to_dict` wrote, also after it was JSON."""
        measured, missed = data["measurement"], data["missed"]
        return cls(
            **{
                **data,
                "measurement": measured and Measurement.from_dict(measured),
                **{key: _to_tuple(data[key]) for key in _SORTED},
                "apart": data["apart"] and EndsApart(**data["apart"]),
                "missed": missed and _read_missed(missed),
                "counts": {role: CallCounts(**one) for role, one in data["counts"].items()},
            }
        )


def _read_missed(data: dict[str, Any]) -> MissedText:
    lists = {key: _to_tuple(data[key]) for key in ("found", "outputs")}
    shown = data["shown"] and ShownViolation.from_dict(data["shown"])
    return MissedText(**data | lists | {"shown": shown})


def _to_tuple(value: Any) -> Any:
    return tuple(map(_to_tuple, value)) if isinstance(value, list | tuple) else value
