"""Test functions that draw a run's inputs. The only module that imports hypothesis."""

from __future__ import annotations

import contextlib
import inspect
import types
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.errors
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from pytest_metamorphic_guard.errors import MetamorphicGuardError, TaskError
from pytest_metamorphic_guard.runner.calling import Unusable
from pytest_metamorphic_guard.runner.run import Run, Skipped, Violated
from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation
from pytest_metamorphic_guard.tasks.inputs import (
    FixedInputs,
    GeneratedInputs,
    StrategyInputs,
    check_cases,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.task import Entry, Task

__all__ = [
    "RunHolder",
    "allow_assume",
    "build_test",
    "check_tuple",
    "count_sources",
    "disguise",
    "explain",
    "find_fixtures",
    "list_violations",
    "read_cases",
    "to_sources",
    "to_strategy",
]

_DEFAULT_CASES = 100


class RunHolder:
    """Where the item leaves its run for the test function that was built before it."""

    run: Run

    def __init__(self, parameter: str | None) -> None:
        self.parameter = parameter
        self.parameters = () if parameter is None else (parameter,)

    def take_fixtures(self, fixtures: dict[str, Any]) -> None:
        """Give the run the values of a law's fixtures."""
        self.run.fixtures = {k: v for k, v in fixtures.items() if k != self.parameter}


def build_test(
    task: Task, entry: Entry, settings: Settings, *, forced_seed: bool, parameter: str | None
) -> tuple[Callable[..., None], RunHolder]:
    """Make the function that pytest collects for an entry.

    Args:
        task: The task.
        entry: The relation, property or law.
        settings: The options of the session.
        forced_seed: Hypothesis was given a seed on the command line, which then counts.
        parameter: A further parameter of the function, which it ignores, for parametrization.

    Returns:
        The function, whose parameters are the fixtures of a law, and the holder of its run.
    """
    holder = RunHolder(parameter)
    if isinstance(task.inputs, StrategyInputs):
        test = _build_drawn(task, entry, settings, holder, forced_seed=forced_seed)
    else:
        test = _build_listed(task, entry, settings, holder)
    test.__test__ = True  # type: ignore[attr-defined]
    return test, holder


def count_cases(task: Task, settings: Settings) -> int | None:
    """Return how many cases an item of a task will run; None where only running it tells."""
    if isinstance(task.inputs, FixedInputs):
        return min(settings.n or len(task.inputs.cases), len(task.inputs.cases))
    if isinstance(task.inputs, GeneratedInputs):
        return settings.n or _DEFAULT_CASES
    return settings.n or hypothesis.settings().max_examples


def find_fixtures(task: Task, entry: Entry) -> tuple[str, ...]:
    """Return the names of the pytest fixtures that a law asks for.

    Keyword-only parameters are fixtures, and so are parameters beyond the inputs where the number
    of inputs is known.
    """
    if not isinstance(entry.subject, Law):
        return ()
    parameters = list(inspect.signature(entry.function).parameters.values())
    width = task.inputs.arity
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    beyond = [] if width is None else positional[1 + width :]
    keyword = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    return tuple(p.name for p in (*beyond, *keyword) if p.default is p.empty)


def explain(error: BaseException, run: Run) -> MetamorphicGuardError | None:
    """Say in our words what an error of hypothesis means for this item; None for any other."""
    where = str(run.entry.location) if run.entry.location else None
    if isinstance(error, hypothesis.errors.Unsatisfiable | hypothesis.errors.FailedHealthCheck):
        try:
            run.require_cases()
        except Unusable as unusable:
            return unusable.error
        return TaskError(run.task.name, [f"{run.entry.name!r}: {error}"], where)
    if isinstance(error, hypothesis.errors.Flaky):
        return TaskError(
            run.task.name,
            [
                (
                    f"{run.entry.name!r} gives different answers for the same outputs: a "
                    "transformation, property or law of the task is random or depends on the "
                    "time. Take randomness from a parameter named rng"
                )
            ],
            where,
        )
    if isinstance(error, hypothesis.errors.InvalidArgument):
        return TaskError(run.task.name, [f"inputs cannot be drawn: {error}"], where)
    return None


def _build_drawn(
    task: Task,
    entry: Entry,
    settings: Settings,
    holder: RunHolder,
    *,
    forced_seed: bool,
) -> Callable[..., None]:
    def test(mg_case: Any, **fixtures: Any) -> None:
        __tracebackhide__ = True
        holder.take_fixtures(fixtures)
        try:
            holder.run.check(to_sources(task, entry, mg_case))
        except Skipped:
            hypothesis.reject()
        except hypothesis.errors.UnsatisfiedAssumption:
            holder.run.count_skipped()
            raise

    inner = disguise(test, task, entry, ("mg_case", *holder.parameters))
    # The digest names the database entry; the item's own source text is part of it already.
    inner._hypothesis_internal_add_digest = f"{task.name}::{entry.name}".encode()  # type: ignore[attr-defined]  # noqa: SLF001
    _apply_settings(inner, entry, settings, forced_seed=forced_seed)
    for example in reversed(_find_examples(task, entry)):
        inner = hypothesis.example(mg_case=example)(inner)
    return hypothesis.given(mg_case=to_strategy(task, count_sources(entry)))(inner)


def to_strategy(task: Task, count: int) -> st.SearchStrategy[Any]:
    """Return the strategy of a task's inputs, or of ``count`` of them at a time."""
    assert isinstance(task.inputs, StrategyInputs)  # the caller asked
    one = task.inputs.strategy
    if isinstance(one, dict):
        one = st.tuples(*one.values())
    return one if count == 1 else st.tuples(*[one] * count)


def count_sources(entry: Entry) -> int:
    """Return the number of source inputs of one case."""
    subject = entry.subject
    return subject.sources if isinstance(subject, MetamorphicRelation) else 1


def to_sources(task: Task, entry: Entry, drawn: Any) -> tuple[tuple[Any, ...], ...]:
    """Return the source inputs of one case from what the strategy drew.

    Raises:
        Unusable: It drew no tuples.
    """
    sources = (drawn,) if count_sources(entry) == 1 else drawn
    for source in sources:
        check_tuple(task, source)
    return sources


def check_tuple(task: Task, source: object) -> None:
    """Refuse a drawn input that is no tuple of arguments.

    Raises:
        Unusable: It is something else.
    """
    if type(source) is tuple:
        return
    fault = (
        f"inputs yields a {type(source).__name__}, expected a tuple of arguments: "
        "wrap it, as in st.tuples(st.lists(st.integers()))"
    )
    where = str(task.location) if task.location else None
    raise Unusable(TaskError(task.name, [fault], where))


def _find_examples(task: Task, entry: Entry) -> list[Any]:
    """Collect explicit examples: the task's, the entry's, and hypothesis's own @example."""
    count = count_sources(entry)
    found: list[Any] = list(entry.examples)
    if count == 1:
        found += task.examples
    for example in reversed(getattr(entry.function, "hypothesis_explicit_examples", ())):
        parameters = list(inspect.signature(entry.function).parameters)
        first = 0 if isinstance(entry.subject, MetamorphicRelation) else 1
        names = [name for name in parameters[first:] if name != "rng"]
        found.append((*example.args, *(example.kwargs[n] for n in names if n in example.kwargs)))
    return found


def _apply_settings(inner: Any, entry: Entry, settings: Settings, *, forced_seed: bool) -> None:
    own = getattr(entry.function, "_hypothesis_internal_use_settings", None)
    base = own or hypothesis.settings()
    changes: dict[str, Any] = {}
    # Executors own the limit on time; the profile's deadline would also count worker starts.
    if own is None or own.deadline == hypothesis.settings().deadline:
        changes["deadline"] = None
    if settings.n is not None:
        changes["max_examples"] = settings.n
    if own is None:
        changes["report_multiple_bugs"] = False
        # Explaining traces this process, which sees nothing of a worker, and costs executions.
        unwanted = {Phase.explain} | ({Phase.shrink} if settings.shrink == "off" else set())
        changes["phases"] = tuple(phase for phase in base.phases if phase not in unwanted)
        changes["suppress_health_check"] = (
            *base.suppress_health_check,
            HealthCheck.differing_executors,
        )
    database = base.database
    user_seed = getattr(entry.function, "_hypothesis_internal_use_seed", None)
    if user_seed is not None:
        inner = hypothesis.seed(user_seed)(inner)
    elif not forced_seed:
        # One seed per item, or all relations of a task would see the same inputs.
        name = zlib.crc32(inner._hypothesis_internal_add_digest)  # noqa: SLF001 - ours, see above
        inner = hypothesis.seed(settings.seed ^ name)(inner)
        changes["database"] = database  # seed() drops it, but known failures must be replayed
    hypothesis.settings(base, **changes)(inner)
    blob = getattr(entry.function, "_hypothesis_internal_use_reproduce_failure", None)
    if blob is not None:
        hypothesis.reproduce_failure(*blob)(inner)


def _build_listed(
    task: Task, entry: Entry, settings: Settings, holder: RunHolder
) -> Callable[..., None]:
    def test(**fixtures: Any) -> None:
        __tracebackhide__ = True
        holder.take_fixtures(fixtures)
        with allow_assume():
            list_violations(task, entry, settings, holder)

    return disguise(test, task, entry, holder.parameters)


def list_violations(task: Task, entry: Entry, settings: Settings, holder: RunHolder) -> None:
    """Check listed inputs in their order.

    Raises:
        Violated: With the smallest input that violates the entry: the list's own shrinking.
    """
    __tracebackhide__ = True
    violated: Violated | None = None
    for sources in _list_cases(task, entry, settings):
        if violated is not None and settings.shrink == "off":
            break
        if violated is not None and not _is_smaller(sources, violated):
            continue
        try:
            holder.run.check(sources)
        except Skipped:
            continue
        except hypothesis.errors.UnsatisfiedAssumption:
            holder.run.count_skipped()
        except Violated as error:
            violated = error
    if violated is not None:
        raise violated


@contextlib.contextmanager
def allow_assume() -> Iterator[None]:
    """Let ``hypothesis.assume()`` mean the same for a listed input as for a drawn one."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Using `assume`", hypothesis.errors.HypothesisDeprecationWarning
        )
        yield


def _is_smaller(sources: object, violated: Violated) -> bool:
    return len(repr(sources)) < len(repr(violated.violation.case.sources))


def _list_cases(
    task: Task, entry: Entry, settings: Settings
) -> Iterator[tuple[tuple[Any, ...], ...]]:
    cases = read_cases(task, settings)
    count = count_sources(entry)
    for example in _find_examples(task, entry):
        yield (example,) if count == 1 else example
    limit = len(cases) if settings.n is None else min(settings.n, len(cases))
    for index in range(limit):
        # Several sources are neighbours in the list, which is closed to a ring.
        yield tuple(cases[(index + offset) % len(cases)] for offset in range(count))


def read_cases(task: Task, settings: Settings) -> Sequence[tuple[Any, ...]]:
    """Return a task's listed or generated inputs.

    Raises:
        Unusable: The generator raised, or made something else than argument tuples.
    """
    inputs = task.inputs
    if isinstance(inputs, FixedInputs):
        return inputs.cases
    assert isinstance(inputs, GeneratedInputs)  # strategies are drawn, not listed
    where = str(task.location) if task.location else None
    try:
        made = inputs.generate(settings.n or _DEFAULT_CASES, settings.seed)
        checked = check_cases(list(made), "gen_inputs(n, seed)")
    except Exception as error:  # a stranger's code
        fault = f"gen_inputs(n, seed) raised {type(error).__name__}: {error}"
        raise Unusable(TaskError(task.name, [fault], where)) from error
    if isinstance(checked, str):
        raise Unusable(TaskError(task.name, [checked], where))
    return checked.cases


def disguise(
    test: Callable[..., None], task: Task, entry: Entry, leading: tuple[str, ...]
) -> Callable[..., None]:
    """Give a generated function the name, place, marks and parameters of the user's own."""
    code = test.__code__
    location = entry.location
    if location is None or not (entry.decorated or _stands_in_file_of(task, entry)):
        # A listed function of a library: an editor looks for the item in the test's own file.
        location = task.location or location
    if location is not None:
        code = code.replace(co_filename=location.path, co_firstlineno=location.line)
    made = types.FunctionType(code, test.__globals__, entry.name, None, test.__closure__)
    made.__qualname__ = f"{task.name}.{entry.name}"
    made.__module__ = entry.function.__module__
    made.__doc__ = inspect.getdoc(entry.function)
    kind = inspect.Parameter.KEYWORD_ONLY  # hypothesis passes what is not so by position
    names = (*leading, *find_fixtures(task, entry))
    made.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
    return made


def _stands_in_file_of(task: Task, entry: Entry) -> bool:
    return bool(entry.location and task.location and entry.location.path == task.location.path)
