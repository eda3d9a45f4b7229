"""What suggestions stand on: a task without entries, as code and as an object."""

from __future__ import annotations

import builtins
import keyword
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.errors import MetamorphicGuardError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.suggesting.ideas import Idea
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["PUBLIC_NAMES", "Ground", "declare_ideas", "make_task", "name_arguments"]

# What users import, which is more than this room may know: what stands there for pytest, too.
_PUBLIC = import_module("pytest_metamorphic_guard")
PUBLIC_NAMES = frozenset(_PUBLIC.__all__)
# What the code of an idea uses beside the arguments.
_TAKEN = frozenset({*dir(builtins), *PUBLIC_NAMES, "output", "rng", "task", "st"})


class Ground(NamedTuple):
    """A task without entries.

    Attributes:
        name: Its name.
        function: The function that it is about.
        inputs: The code of its inputs, as the file of suggestions has it.
        said: Where the inputs come from, as a part of a sentence.
        given: The inputs themselves, where they are not made from the code.
        names: The names of the inputs, as the function has them.
        words: What else the task is told, as code by word.
        imports: Further lines that the code of the inputs needs.
        notes: What users must know of the inputs, a sentence each.
        declared: The task that has these inputs, with its entries; None where there is none.
    """

    name: str
    function: str
    inputs: str
    said: str
    given: Any = None
    names: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    imports: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    declared: Task | None = None

    def with_words(self, **words: str) -> Ground:
        """Return the same, told more."""
        return self._replace(words=(*self.words, *words.items()))


def make_task(ground: Ground) -> tuple[Task, dict[str, Any]]:
    """Return the task, and the names that the code of ideas may use.

    Raises:
        MetamorphicGuardError: Its inputs cannot be used.
    """
    known: dict[str, Any] = {name: getattr(_PUBLIC, name) for name in PUBLIC_NAMES}
    # Nothing is drawn here: strategies are code, of which this is the one word.
    known["st"] = import_module("hypothesis.strategies")
    if ground.given is not None:
        known["_given"] = ground.given
    inputs = ground.inputs if ground.given is None else "_given"
    words = "".join(f", {word}={code}" for word, code in ground.words)
    code = f"task = Task({ground.name!r}, {inputs}, function={ground.function!r}{words})"
    # Of our own making: users' texts are in it as literals alone.
    exec(compile(code, "<suggested>", "exec"), known)  # noqa: S102
    return known["task"], known


def declare_ideas(ideas: Iterable[Idea], known: dict[str, Any]) -> list[Idea]:
    """Declare ideas to the task of a ground; those that it refuses are left out."""
    declared = []
    for idea in ideas:
        try:
            exec(compile(idea.code, "<suggested>", "exec"), known)  # noqa: S102 - as above
        except MetamorphicGuardError:  # it takes another number of arguments
            continue
        declared.append(idea)
    return declared


def name_arguments(given: Iterable[str]) -> tuple[str, ...]:
    """Return names of arguments that hide nothing that the code of an idea uses."""
    found: list[str] = []
    for name in given:
        free = name
        while free in _TAKEN or free in found or keyword.iskeyword(free):
            free += "_"
        found.append(free)
    return tuple(found)
