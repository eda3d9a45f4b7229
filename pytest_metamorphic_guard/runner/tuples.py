"""The source inputs of every case: one per input of the sample, or several for some relations."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.functions import count_sources
from pytest_metamorphic_guard.runner.listing import read_cases
from pytest_metamorphic_guard.runner.sampling import draw_sample
from pytest_metamorphic_guard.runner.sequences import Mapped
from pytest_metamorphic_guard.tasks.inputs import GeneratedInputs, StrategyInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["SourceCases", "gather_sources"]


@dataclass(frozen=True, slots=True)
class SourceCases:
    """The cases of one item.

    Attributes:
        sources: The source inputs of every case, in order.
        overlap: The number of cases in which an input takes part at most.
    """

    sources: Sequence[tuple[tuple[Any, ...], ...]]
    overlap: int = 1


def gather_sources(
    task: Task, entry: Entry, settings: Settings, sample: Sequence[tuple[Any, ...]]
) -> SourceCases:
    """Return the source inputs of every case of a sample; the first is the sample's own.

    Cases that share an input repeat each other, so further sources are drawn for each case anew.
    Where a list has too few of them, they are neighbours in the sample, closed to a ring.

    Raises:
        Unusable: The task's inputs cannot be read.
    """
    count = count_sources(entry)
    if count == 1:
        return SourceCases(Mapped(lambda source: (source,), sample))
    columns = [_find_column(task, settings, sample, column, count) for column in range(1, count)]
    if all(columns):
        return SourceCases(
            Mapped(
                lambda index: (sample[index], *(c[index % len(c)] for c in columns)),
                range(len(sample)),
            )
        )
    ring = Mapped(
        lambda index: tuple(sample[(index + offset) % len(sample)] for offset in range(count)),
        range(len(sample)),
    )
    return SourceCases(ring, overlap=count)


def _find_column(
    task: Task, settings: Settings, sample: Sequence[tuple[Any, ...]], column: int, count: int
) -> Sequence[tuple[Any, ...]]:
    """Return further sources, one per case; nothing where a list has too few."""
    if isinstance(task.inputs, StrategyInputs):
        return draw_sample(task, settings, column=column)
    if isinstance(task.inputs, GeneratedInputs):
        settings = replace(settings, n=count * len(sample))
    listed, size = read_cases(task, settings), len(sample)
    if len(listed) < count * size:
        return ()
    found = list(listed[column * size : (column + 1) * size])
    random.Random(f"{settings.seed} {column}").shuffle(found)  # noqa: S311 - no secret
    return found
