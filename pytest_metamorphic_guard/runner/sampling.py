"""The sample of a task: the inputs on which every one of its items is measured."""

from __future__ import annotations

import random
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase

from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.constants import try_constants_of
from pytest_metamorphic_guard.runner.drawn_inputs import DrawnInputs
from pytest_metamorphic_guard.runner.functions import count_sources, disguise
from pytest_metamorphic_guard.runner.garbage import collecting_seldom
from pytest_metamorphic_guard.runner.holders import MeasuringHolder
from pytest_metamorphic_guard.runner.listing import list_violations, read_cases
from pytest_metamorphic_guard.runner.mutations import draw_without_mutations
from pytest_metamorphic_guard.runner.sequences import Mapped
from pytest_metamorphic_guard.runner.skips import allow_assume
from pytest_metamorphic_guard.runner.sources import check_tuple, to_sources, to_strategy
from pytest_metamorphic_guard.runner.user_errors import is_control
from pytest_metamorphic_guard.runner.violations import Skipped, Violated
from pytest_metamorphic_guard.tasks.inputs import StrategyInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.runner.literals import Literals
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["build_measured_test", "draw_sample", "draw_searched"]

# Of every so many inputs of a sample one more is searched beside it, and ten at least.
_SEARCHED_SHARE = 5
_SEARCHED_LEAST = 10
_LITERALS_LEAST = 20
# Hypothesis begins with small inputs, and mutates only later ones: this share comes too early.
_FIRST_SHARE = 5
# With fewer it would hardly begin to mutate.
_DRAWN_LEAST = 50


def build_measured_test(
    task: Task, entry: Entry, settings: Settings, *, parameters: tuple[str, ...]
) -> tuple[Callable[..., None], MeasuringHolder]:
    """Make the function that pytest collects for an entry that is measured.

    Args:
        task: The task.
        entry: The relation, property or law.
        settings: The options of the session.
        parameters: Further parameters of the function, which it ignores, for parametrization.
    """
    holder = MeasuringHolder(parameters)
    search = _build_search(task, entry, settings, holder)

    def test(**fixtures: Any) -> None:
        __tracebackhide__ = True
        holder.take_fixtures(fixtures)
        with allow_assume():
            try:
                holder.measuring.measure(search)
            except Violated as violated:
                # Whether a rate is missed is known when all shares are.
                if settings.shard is None or not holder.run.missed_rate:
                    raise
                # Not loaded for a run of whole samples, which starts sooner.
                from pytest_metamorphic_guard.runner.missed_rates import keep_missed

                holder.missed = keep_missed(holder.run, violated.violation)

    made = disguise(test, task, entry, holder.parameters)
    made.__test__ = True  # type: ignore[attr-defined]
    return made, holder


def _build_search(
    task: Task, entry: Entry, settings: Settings, holder: MeasuringHolder
) -> Callable[[bool], None]:
    if not isinstance(task.inputs, StrategyInputs):
        return lambda _: list_violations(task, entry, settings, holder, _list_own(holder))

    @hypothesis.seed(_sample_seed(task, settings))
    @_sample_settings(settings, Phase.shrink)
    @hypothesis.given(to_strategy(task, count_sources(entry)))
    def search(case: Any) -> None:
        __tracebackhide__ = True
        if holder.run.first is None and holder.passes_on():
            return
        # A rejected case would change what is drawn after it, so a refused one simply ends.
        try:
            holder.run.check_case(Case(to_sources(task, entry, case)))
        except Skipped:
            return
        except Exception as error:
            if not is_control(error):
                raise

    def search_as_drawn(mutated: bool) -> None:  # noqa: FBT001 - one of two samples
        __tracebackhide__ = True
        holder.found_at, holder.elsewhere = -1, frozenset()
        if settings.shard is not None and not mutated and count_sources(entry) == 1:
            holder.elsewhere = _find_elsewhere(task, settings, len(holder.measuring.sample))
        if not mutated:
            with try_constants_of(task), draw_without_mutations():
                search()
            return
        with try_constants_of(task, holder.run.literals):
            search()

    return search_as_drawn


def _list_own(holder: MeasuringHolder) -> list[tuple[tuple[Any, ...], ...]]:
    """Return the inputs of a listed sample that this run takes."""
    sample = holder.measuring.sample
    return [sample[index] for index in holder.run.settings.list_share(len(sample))]


def _find_elsewhere(task: Task, settings: Settings, count: int) -> frozenset[int]:
    """Return which of so many inputs other runs take, by their number as they are drawn."""
    order = list(range(count))
    random.Random(_sample_seed(task, settings)).shuffle(order)  # noqa: S311 - as in `draw_sample`
    own = {order[index] for index in settings.list_share(count)}
    return frozenset(range(count)) - own


def draw_sample(
    task: Task,
    settings: Settings,
    *,
    stops_early: bool = False,
    column: int = 0,
    literals: Literals | None = None,
) -> Sequence[tuple[Any, ...]]:
    """Return the argument tuples of a task's sample, the same for the same settings.

    They are chosen independently of any outcome and of each other, and drawn ones are brought into
    a random order, since hypothesis begins with small inputs. A strategy with fewer distinct
    values yields fewer.

    Args:
        task: The task.
        settings: The options of the session.
        stops_early: Whether a part of the sample may decide. A user's list, which may be sorted, is
            then brought into a random order, too.
        column: Another number draws other inputs: further sources for relations that take several.
        literals: Those that are tried, where no rate is computed from the sample.
    """
    seed = _sample_seed(task, settings, column)
    chance = random.Random(seed)  # noqa: S311 - no secret
    if not isinstance(task.inputs, StrategyInputs):
        cases = list(read_cases(task, settings)[: settings.n])
        if stops_early:
            chance.shuffle(cases)
        return cases
    drawn = DrawnInputs(to_strategy(task, 1), marks=column == 0)

    @hypothesis.seed(seed)
    @_sample_settings(settings)
    @hypothesis.given(to_strategy(task, 1))
    def collect(case: Any) -> None:
        check_tuple(task, case)
        drawn.add(case)
        collect_if_due()

    with (
        try_constants_of(task, literals),
        draw_without_mutations(),
        collecting_seldom() as collect_if_due,
    ):
        collect()
    drawn.shuffle(chance)
    return drawn


def draw_searched(
    task: Task, settings: Settings, literals: Literals, sample: Sequence[tuple[Any, ...]]
) -> Sequence[tuple[Any, ...]]:
    """Return inputs that are likelier to show a violation than others, to try beside a sample.

    Some are those that hypothesis makes from others of its own. They repeat themselves in part, as
    in lists with equal elements, which inputs that are generated each on its own hardly ever do.
    Others have a literal of the code under test in them, as many literals as there is room for.
    None is an input of the sample, which is what most mutations of a single number come to.
    """
    if not isinstance(sample, DrawnInputs):  # a user's list
        return []
    drawn = DrawnInputs(to_strategy(task, 1), marks=True)
    found: list[set[tuple[type, object]]] = []
    seed = _sample_seed(task, settings)
    asked = settings.n or hypothesis.settings().max_examples
    number = max(_SEARCHED_LEAST, asked // _SEARCHED_SHARE)
    if not literals:
        # Drawing may cost more than calling: only for literals as much is drawn as for a sample.
        enough = max(_DRAWN_LEAST, number * _FIRST_SHARE // (_FIRST_SHARE - 1) + 1)
        asked = min(asked, enough)
        settings = replace(settings, n=asked)

    @hypothesis.seed(seed)
    @_sample_settings(settings)
    @hypothesis.given(to_strategy(task, 1))
    def collect(case: Any) -> None:
        check_tuple(task, case)
        drawn.add(case)
        if literals:
            found.append(literals.list_in(case))
        collect_if_due()

    with try_constants_of(task, literals), collecting_seldom() as collect_if_due:
        collect()
    if len(drawn) < asked:  # there are no more distinct values
        number = max(_SEARCHED_LEAST, len(drawn) // _SEARCHED_SHARE)
    later = range(len(drawn))[len(drawn) // _FIRST_SHARE :]
    chosen = random.Random(seed).sample(later, min(number, len(later)))  # noqa: S311 - no secret
    searched = drawn.list_new([*chosen, *_choose_for_literals(found, number)], sample)
    return Mapped(drawn.__getitem__, searched)


def _choose_for_literals(found: list[set[tuple[type, object]]], number: int) -> list[int]:
    """Return the numbers of inputs with literals, those first that have one no other has.

    Args:
        found: The literals of every input.
        number: How many are wanted.
    """
    seen: set[tuple[type, object]] = set()
    new: list[int] = []
    again: list[int] = []
    for index, literals in enumerate(found):
        if literals:
            (again if literals <= seen else new).append(index)
            seen |= literals
    return [*new, *again][: max(number, _LITERALS_LEAST)]


def _sample_settings(settings: Settings, *phases: Phase) -> hypothesis.settings:
    """Return hypothesis settings under which a task's sample is drawn, and drawn again."""
    return hypothesis.settings(
        max_examples=settings.n or hypothesis.settings().max_examples,
        phases=(Phase.generate, *phases),
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def _sample_seed(task: Task, settings: Settings, column: int = 0) -> int:
    """Return the seed of a task's sample: one for all of its items."""
    name = f"{task.name} {column}" if column else task.name
    return settings.seed ^ zlib.crc32(name.encode())
