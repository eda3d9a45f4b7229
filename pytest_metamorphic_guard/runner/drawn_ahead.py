"""Inputs of a search, drawn before anything is called: once for all entries that mean the same."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.core
from hypothesis import Phase, Verbosity
from hypothesis.control import current_build_context
from hypothesis.statistics import collector

from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.drawn_inputs import DrawnInputs
from pytest_metamorphic_guard.runner.followups import applies
from pytest_metamorphic_guard.runner.functions import count_sources, disguise
from pytest_metamorphic_guard.runner.garbage import collecting_seldom

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis import strategies as st

    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.entries import Entry

__all__ = [
    "DrawnAhead",
    "DrawnSamples",
    "NotAhead",
    "draw_ahead",
    "find_own",
    "find_seed",
    "is_drawn_ahead",
]


class NotAhead(BaseException):
    """What is to run needs hypothesis beside it, which then chooses each input after the last.

    It is no `Exception`: nobody may take it for a failure.
    """


@dataclass(slots=True)
class DrawnAhead:
    """The inputs of a search.

    Attributes:
        inputs: What was drawn, in order.
        accepted: For every draw whether it became an input, or a precondition refused it.
        refused: For every input how many draws were refused before it, and those after the last.
        statistics: What hypothesis says of the draws; None until it says something.
        name: What tells these inputs from others that entries of the task share; None where the
            entry has them alone.
    """

    inputs: DrawnInputs
    name: str | None
    accepted: list[bool] = field(default_factory=list)
    refused: list[int] = field(default_factory=lambda: [0])
    statistics: dict[str, Any] | None = None

    def add(self, drawn: Any, *, accepts: bool) -> None:
        """Note what a draw came to."""
        self.accepted.append(accepts)
        if accepts:
            self.inputs.add(drawn)
            self.refused.append(0)
        else:
            self.refused[-1] += 1

    def find_draw(self, index: int) -> int:
        """Return the number of the draw that became this input."""
        return [number for number, accepts in enumerate(self.accepted) if accepts][index]


class DrawnSamples:
    """What was drawn for the entries of a run, each sample once."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[object, ...], DrawnAhead] = {}

    def get(self, run: Run, key: tuple[object, ...], draw: Callable[[], DrawnAhead]) -> DrawnAhead:
        """Return the sample of an entry, which ``draw`` makes unless there is one for the key."""
        whole = (id(run.task), run.literals, count_sources(run.entry), *key)
        if whole not in self._drawn:
            self._drawn[whole] = draw()
        return self._drawn[whole]

    def forget(self) -> None:
        """Keep none of them; who asks for one draws it again."""
        self._drawn.clear()


def is_drawn_ahead(chosen: hypothesis.settings) -> bool:
    """Tell whether inputs can be drawn ahead under these settings of hypothesis."""
    return (
        chosen.deadline is None
        and chosen.verbosity < Verbosity.verbose
        and Phase.generate in chosen.phases
        and chosen.backend == "hypothesis"
    )


def find_own(entry: Entry) -> str:
    """Return the name of an entry whose inputs are its own; an empty text for one that shares."""
    function = entry.function
    own = (
        getattr(function, "_hypothesis_internal_settings_applied", False)
        or getattr(function, "_hypothesis_internal_use_seed", None) is not None
        or entry.subject.precondition is not None
    )
    return entry.name if own else ""


def find_seed(run: Run) -> int | str:
    """Return the seed of the inputs of an entry: one for all entries of a task."""
    own: int | str | None = getattr(run.entry.function, "_hypothesis_internal_use_seed", None)
    forced: int | str | None = hypothesis.core.global_force_seed
    if own is None and forced is not None:
        return forced
    return run.settings.seed ^ zlib.crc32(run.task.name.encode()) if own is None else own


def draw_ahead(  # noqa: PLR0913, PLR0917 - all of it decides what is drawn
    run: Run,
    strategy: st.SearchStrategy[Any],
    to_sources: Callable[[Any], tuple[tuple[Any, ...], ...]],
    chosen: hypothesis.settings,
    seed: int | str,
    name: str | None,
) -> DrawnAhead:
    """Return what hypothesis draws if nothing is violated.

    Raises:
        NotAhead: The inputs are not known before they are used.
        Unusable: An input is no tuple of arguments.
    """
    found = DrawnAhead(DrawnInputs(strategy), name)

    def collect(mg_case: Any) -> None:
        sources = to_sources(mg_case)
        if any(_is_interactive(value) for source in sources for value in source):
            raise NotAhead
        accepts = _accepts(run, sources)
        if current_build_context().data.target_observations:
            raise NotAhead
        found.add(mg_case, accepts=accepts)
        collect_if_due()
        if not accepts:
            hypothesis.reject()

    inner = disguise(collect, run.task, run.entry, ("mg_case",), with_fixtures=False)
    test = hypothesis.given(mg_case=strategy)(inner)
    test = hypothesis.seed(seed)(test)
    test = hypothesis.settings(chosen, phases=(Phase.generate,), database=None)(test)
    listener: Any = collector  # it is typed as if nobody listened
    try:
        with (
            listener.with_value(lambda said: setattr(found, "statistics", dict(said))),
            collecting_seldom() as collect_if_due,
        ):
            test()
    except Exception:
        run.skipped += sum(found.refused)
        raise
    return found


def _is_interactive(value: object) -> bool:
    """Tell whether using a drawn value draws more, as `st.data()` and `st.functions()` do."""
    kind = type(value)
    return kind.__module__.startswith("hypothesis.") or kind.__name__ == "function"


def _accepts(run: Run, sources: tuple[tuple[Any, ...], ...]) -> bool:
    conditions = (run.task.precondition, run.entry.subject.precondition)
    if conditions == (None, None):
        return True
    try:
        return applies(run.task, run.entry, Case(sources))
    except Unusable:
        return True  # it is raised again when it is the turn of this input
