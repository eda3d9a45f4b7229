"""Constants of the user's code that are tried as inputs: those of a task, and no others.

Hypothesis tries the constants of every module of the project that happens to be imported. What is
imported depends on the other files of a run and on the worker, and so would the inputs drawn with
one seed. While an item of ours draws, only the modules count that the file of its task uses, and
literals of the code under test where a violation is looked for.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import (
    Constants,
    constants_from_module,
    is_local_module_file,
)
from hypothesis.internal.floats import float_to_int

from pytest_metamorphic_guard.runner.joined_texts import JoinedTexts
from pytest_metamorphic_guard.runner.literals import Literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["try_constants_of"]

_CACHE_SIZE = 1024
_PROBABILITY = 0.2
_NONE = Literals()
_OURS = __name__.partition(".")[0]
_lock = threading.RLock()


@contextmanager
def try_constants_of(task: Task, literals: Literals | None = None) -> Iterator[None]:
    """Let hypothesis try the constants of one task, and none of what else is imported.

    Args:
        task: The task.
        literals: Further constants, which are tried more often than others. A sample has none.
    """
    literals = literals or _NONE
    found = _collect(task, literals)
    with _lock:
        # Hypothesis has no setting for it; the tests pin that these two names do what they did.
        before = providers._get_local_constants, providers.CONSTANTS_CACHE  # noqa: SLF001
        providers._get_local_constants = lambda: found  # noqa: SLF001
        providers.CONSTANTS_CACHE = LRUCache(_CACHE_SIZE)
        try:
            with _drawing_more_often(literals) if literals else contextlib.nullcontext():
                yield
        finally:
            providers._get_local_constants, providers.CONSTANTS_CACHE = before  # noqa: SLF001


@contextmanager
def _drawing_more_often(literals: Literals) -> Iterator[None]:
    """Let a value be a constant more often than in one of twenty draws, or have some as parts."""
    provider = providers.HypothesisProvider
    before = provider._maybe_draw_constant  # noqa: SLF001 - as above
    joined = JoinedTexts(literals)

    def draw(own: Any, kind: Any, constraints: Any, *, p: float = 0.0) -> Any:
        chance = own._random  # noqa: SLF001
        text = joined.make(kind, constraints, chance) if kind in {"string", "bytes"} else None
        if text is not None:
            return text
        return before(own, kind, constraints, p=max(p, _PROBABILITY))

    provider._maybe_draw_constant = draw  # type: ignore[method-assign, assignment]  # noqa: SLF001
    try:
        yield
    finally:
        provider._maybe_draw_constant = before  # type: ignore[method-assign]  # noqa: SLF001


def _collect(task: Task, literals: Literals) -> Constants:
    found = Constants()
    for value in literals.values:
        found.add(value)
    for module in _find_modules(task):
        # Installed in editable mode, ours are a project's own to hypothesis.
        if module.__name__.partition(".")[0] == _OURS:
            continue
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and is_local_module_file(file):
            found |= constants_from_module(module)
    return _sort(found)


def _sort(found: Constants) -> Constants:
    # As sets their order would follow from the hashes of strings; hypothesis only iterates.
    lists: dict[str, Any] = {
        "integers": sorted(found.integers),
        "floats": sorted(found.floats, key=float_to_int),
        "bytes": sorted(found.bytes),
        "strings": sorted(found.strings),
    }
    return Constants(**lists)


def _find_modules(task: Task) -> list[ModuleType]:
    """Return the module that declares the task, and those whose names or objects it uses."""
    if task.location is None:
        return []
    path = task.location.path
    found: dict[str, ModuleType] = {}
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) != path:
            continue
        found[module.__name__] = module
        for value in list(vars(module).values()):
            name = _read_module(value)
            if name in sys.modules:
                found[name] = sys.modules[name]
    return [module for _, module in sorted(found.items())]


def _read_module(value: object) -> str:
    """Return the name of the module that a value is or comes from; empty where it has none."""
    try:
        is_module = isinstance(value, ModuleType)
        name = getattr(value, "__name__" if is_module else "__module__", None)
    except Exception:  # noqa: BLE001 - whatever a user's object does when it is asked
        return ""
    return name if type(name) is str else ""
