"""What the functions that pytest collects have in common, drawn or listed."""

from __future__ import annotations

import inspect
import keyword
import re
import types
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.tasks.entries import Entry
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = [
    "RunHolder",
    "count_sources",
    "disguise",
    "find_examples",
    "find_fixtures",
    "to_identifier",
]


class RunHolder:
    """Where the item leaves its run for the test function that was built before it."""

    run: Run

    def __init__(self, parameters: tuple[str, ...]) -> None:
        self.parameters = parameters

    def take_fixtures(self, fixtures: dict[str, Any]) -> None:
        """Give the run the values of a law's fixtures."""
        self.run.fixtures = {k: v for k, v in fixtures.items() if k not in self.parameters}


def find_fixtures(task: Task, entry: Entry) -> tuple[str, ...]:
    """Return the names of the pytest fixtures that a law asks for.

    Keyword-only parameters are fixtures, and so are parameters beyond the inputs where the number
    of inputs is known; ``rng`` is none.
    """
    if not isinstance(entry.subject, Law):
        return ()
    parameters = list(inspect.signature(entry.function).parameters.values())
    width = task.inputs.arity if entry.subject.sources == 1 else entry.subject.sources
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    called = len(entry.subject.find_called(task.functions))
    beyond = [] if width is None else positional[called + width :]
    keyword = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    found = [p.name for p in (*beyond, *keyword) if p.default is p.empty]
    return tuple(name for name in found if name != "rng")


def find_examples(task: Task, entry: Entry) -> list[Any]:
    """Collect explicit examples: the task's, the entry's, and hypothesis's own @example."""
    count = count_sources(entry)
    found: list[Any] = list(entry.examples)
    if count == 1:
        found += task.examples
    for example in reversed(getattr(entry.function, "hypothesis_explicit_examples", ())):
        parameters = list(inspect.signature(entry.function).parameters)
        first = 0 if isinstance(entry.subject, MetamorphicRelation) else 1
        names = [name for name in parameters[first:] if name not in ("output", "rng")]
        found.append((*example.args, *(example.kwargs[n] for n in names if n in example.kwargs)))
    return found


def count_sources(entry: Entry) -> int:
    """Return the number of source inputs of one case."""
    subject = entry.subject
    return subject.sources if isinstance(subject, MetamorphicRelation | Law) else 1


def disguise(
    test: Callable[..., None],
    task: Task,
    entry: Entry,
    leading: tuple[str, ...],
    *,
    with_fixtures: bool = True,
) -> Callable[..., None]:
    """Give a generated function the name, place, marks and parameters of the user's own."""
    code = test.__code__
    location = entry.location
    if location is None or not (entry.decorated or _stands_in_file_of(task, entry)):
        # A listed function of a library: an editor looks for the item in the test's own file.
        location = task.location or location
    if location is not None:
        code = code.replace(co_filename=location.path, co_firstlineno=location.line)
    name = to_identifier(entry.name)
    made = types.FunctionType(code, test.__globals__, name, None, test.__closure__)
    made.__qualname__ = f"{task.name}.{entry.name}"
    made.__module__ = entry.function.__module__
    made.__doc__ = inspect.getdoc(entry.function)
    kind = inspect.Parameter.KEYWORD_ONLY  # hypothesis passes what is not so by position
    names = (*leading, *(find_fixtures(task, entry) if with_fixtures else ()))
    made.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
    return made


def to_identifier(name: str) -> str:
    """Return a name that Python takes, which is what hypothesis asks of a function's."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return name
    return "entry_" + re.sub(r"\W", "_", name)


def _stands_in_file_of(task: Task, entry: Entry) -> bool:
    return bool(entry.location and task.location and entry.location.path == task.location.path)
