"""What a search for relations has found, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.statistics.binomial import upper_bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.suggesting.ground import Ground
    from pytest_metamorphic_guard.suggesting.ideas import Idea

__all__ = ["Found", "Suggestion", "write_percent"]


class Suggestion(NamedTuple):
    """A relation that held.

    Attributes:
        idea: The relation.
        held: Number of inputs on which it held and said something.
        chance: Share of inputs on which unrelated outputs satisfy it.
        kills: Number of mutants that it notices.
        new: Of these, the number that no suggestion before it notices.
        rejected: Trivial answers that it rejects, and no suggestion before it.
    """

    idea: Idea
    held: int
    chance: float
    kills: int = 0
    new: int = 0
    rejected: tuple[str, ...] = ()

    @property
    def most_violating(self) -> float:
        """The largest share of inputs that may violate it, at 95 %."""
        return upper_bound(0, self.held)


class Found(NamedTuple):
    """What a search has found.

    Attributes:
        ground: What the suggestions stand on.
        specification: The implementation, as the user wrote it.
        suggestions: In the order in which they notice most that is new.
        spare: Names of relations that hold on the sample too, and notice nothing beyond those.
        untried: Names of relations that hold there as well, and did not run against mutants.
        ideas: Number of ideas that were tried.
        dropped: Number of those that were dropped, by reason.
        mutants: Number of mutants that were run.
        killed: Number of those that the suggestions notice.
        differing: Of the others, the number that differ from the original on the sample.
        survivors: Of these some, as lines of text.
        accepted: Trivial answers that would satisfy all suggestions.
        notes: What else users must know, a sentence each.
        seconds: How long it took.
        mutant_seconds: How long the mutants took of that.
    """

    ground: Ground
    specification: str
    suggestions: tuple[Suggestion, ...]
    spare: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    ideas: int = 0
    dropped: Mapping[str, int] = {}
    mutants: int = 0
    killed: int = 0
    differing: int = 0
    survivors: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    mutant_seconds: float = 0.0


def write_percent(share: float) -> str:
    """Return a share as a text such as ``0.5 %``, rounded up so that it stays a bound."""
    percent = share * 100
    for digits in (2, 1):
        if percent < 10 ** (1 - digits) * 10:
            scale = 10**digits
            return f"{-(-percent * scale // 1) / scale:g} %"
    return f"{-(-percent // 1):g} %"
