"""What a name in a candidate stands for, and the answer that a call of it gives in the end.

A worker loads this beside the candidate, once there is something to do for it, and ``inprocess``
uses the same: methods get an object, awaitables are run to their end, iterators are emptied.
"""

from __future__ import annotations

from itertools import islice
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pytest_metamorphic_guard.executors.event_loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "MOST_ITEMS",
    "CallError",
    "find_function",
    "find_maker",
    "finish",
    "finish_alone",
    "prepare",
]

# Of a function's code: it is a coroutine of the old kind.
_OLD_COROUTINE: Final = 0x100
MOST_ITEMS: Final = 100_000
_UNBOUND: Final = (staticmethod, classmethod, type)

_Construct: TypeAlias = "tuple[tuple[Any, ...], Mapping[str, Any]] | None"


class CallError(Exception):
    """Why a call has no answer, though the candidate's code raised nothing.

    Attributes:
        category: The payload's ``error_type``: ``function_missing`` or ``result_endless``.
        said: The sentence to show; of a missing function what `make_missing` in ``local`` takes.
    """

    def __init__(self, category: str, said: str) -> None:
        super().__init__(category, said)
        self.category = category
        self.said = said


def find_function(module: Any, name: str, construct: _Construct = None) -> Callable[..., Any]:
    """Return what is called under a name: a function, or a method with an object of its own.

    A method of a class gets a new object for every call, and so does a class whose objects can be
    called themselves. Any other class is called as a function is.

    Args:
        module: The candidate.
        name: The name of a function, a class or an object in it, or of a part of these.
        construct: With what objects are made: arguments, and those by name; None for none.

    Raises:
        CallError: There is no such name, or it cannot be called.
    """
    holder, value, last = _walk(module, name)
    if isinstance(value, type):
        if _defines_call(value):

            def call(*args: Any, **named: Any) -> Any:
                return _make(value, construct)(*args, **named)

            return call
        if construct is not None:
            said = f"?is a class whose objects cannot be called: name a method, as in {name}.method"
            raise CallError("function_missing", said)
        return value
    if isinstance(holder, type) and _needs_object(holder, last):

        def call_method(*args: Any, **named: Any) -> Any:
            return getattr(_make(holder, construct), last)(*args, **named)

        return call_method
    if not callable(value):
        raise CallError("function_missing", f"!{type(value).__name__}")
    return value  # type: ignore[no-any-return]


def find_maker(module: Any, name: str, construct: _Construct = None) -> Callable[[], Any]:
    """Return what makes the object on which steps are done: a class, or a function that makes one.

    Raises:
        CallError: As `find_function`.
    """
    _, value, _ = _walk(module, name)
    if not callable(value):
        raise CallError("function_missing", f"!{type(value).__name__}")
    return lambda: _make(value, construct)


def finish(result: Any, loop: Loop, most: int | None = None) -> Any:
    """Return the answer that a result gives in the end.

    Awaitables are run to their end, and of iterators, of either kind, the items are a list.

    Args:
        result: What a call returned.
        loop: Where awaitables are run.
        most: How many items are taken; `MOST_ITEMS` if None.

    Raises:
        CallError: There are more items.
        BaseException: Whatever the candidate's code raises meanwhile.
    """
    most = MOST_ITEMS if most is None else most
    kind = type(result)
    if hasattr(kind, "__await__") or _is_old_coroutine(result):
        result = loop.run(_wait(result))
        kind = type(result)
    if hasattr(kind, "__dataclass_fields__"):
        return result
    if hasattr(kind, "__anext__") and hasattr(kind, "__aiter__"):
        return loop.run(_take_async(result, most))
    if hasattr(kind, "__next__") and hasattr(kind, "__iter__"):
        return _check_items(list(islice(result, most + 1)), most)
    return result


def finish_alone(result: Any, most: int | None = None) -> Any:
    """Return what `finish` does, with a loop for this result alone."""
    with Loop() as loop:
        return finish(result, loop, most)


def prepare(module: Any, name: str) -> None:
    """Call a function that gets a candidate ready for its calls, such as by loading a model.

    Raises:
        ImportError: There is no such function.
        BaseException: Whatever it raises.
    """
    try:
        function = find_function(module, name)
    except CallError as error:
        listed = error.said if error.said.startswith(("!", "?")) else ""
        why = "which cannot be called" if listed else "which it does not have"
        raise ImportError(f"Task(setup=...) names the function {name!r}, {why}") from None
    finish_alone(function())


def _walk(module: Any, name: str) -> tuple[Any, Any, str]:
    holder, value, last = None, module, ""
    for last in name.split("."):
        holder = value
        try:
            value = getattr(value, last)
        except AttributeError:
            listed = "\n".join(_list_functions(module, holder, name))
            raise CallError("function_missing", listed) from None
    return holder, value, last


def _list_functions(module: Any, holder: Any, name: str) -> list[str]:
    """Return the names of what could have been meant: functions, and methods of a class."""
    own = getattr(module, "__name__", None)
    prefix = "" if holder is module else f"{name.rpartition('.')[0]}."
    return [
        prefix + known
        for known, value in list(vars(holder).items())
        if not known.startswith("_")
        and (callable(value) or isinstance(value, staticmethod | classmethod))
        and getattr(value, "__module__", own) == own
    ]


def _make(kind: Callable[..., Any], construct: _Construct) -> Any:
    args, named = construct or ((), {})
    try:
        return kind(*args, **named)
    except TypeError as error:
        if error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise
        # Nothing of it has run: the arguments do not fit.
        said = f"?needs an object that cannot be made: {error}; Task(construct=...) says with what"
        raise CallError("function_missing", said) from None


def _defines_call(kind: type) -> bool:
    return any("__call__" in vars(base) for base in kind.__mro__ if base is not object)


def _needs_object(holder: type, name: str) -> bool:
    """Tell whether what a class has under a name belongs to its objects, as a method does."""
    for base in holder.__mro__:
        if name in vars(base):
            found = vars(base)[name]
            return not isinstance(found, _UNBOUND) and hasattr(type(found), "__get__")
    return False


def _is_old_coroutine(value: Any) -> bool:
    return type(value) is GeneratorType and bool(value.gi_code.co_flags & _OLD_COROUTINE)


async def _wait(awaitable: Any) -> Any:
    return await awaitable


async def _take_async(items: Any, most: int) -> list[Any]:
    taken: list[Any] = []
    async for item in items:
        taken.append(item)
        if len(taken) > most:
            break
    return _check_items(taken, most)


def _check_items(items: list[Any], most: int) -> list[Any]:
    if len(items) > most:
        raise CallError(
            "result_endless",
            f"returned an iterator of more than {most:,} items, which is the limit:"
            " Task(max_items=...) sets another one",
        )
    return items
