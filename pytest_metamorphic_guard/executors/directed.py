"""Calls with directions: arguments by name, objects made with arguments, several steps in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.executors.callables import (
    CallError,
    find_function,
    find_maker,
    finish,
)
from pytest_metamorphic_guard.executors.event_loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["READ", "Keepers", "direct"]

# How a step ended that named no method but something to be read.
READ = "read"


class Keepers(NamedTuple):
    """What becomes of the answers of steps.

    Attributes:
        keep: Takes a result as it is now: a later step may change it.
        tell: Takes what a step raised.
    """

    keep: Callable[[Any], Any]
    tell: Callable[[Exception], Any]


def direct(
    module: Any, name: str, directions: Mapping[str, Any], keepers: Keepers
) -> Callable[..., Any]:
    """Return what is called with the arguments, and returns an answer that is final.

    Args:
        module: The candidate.
        name: The name of what is called, or of what makes the object on which steps are done.
        directions: The fields of `Directions`.
        keepers: What becomes of the answers of steps.

    Raises:
        CallError: There is nothing of this name, or it cannot be called.
    """
    most, construct = directions["most_items"], directions["construct"]
    if directions["steps"]:
        make = find_maker(module, name, construct)

        def call(*args: Any) -> Any:
            with Loop() as loop:
                return _run_steps(make, args[-1], keepers, loop, most)

        return call
    function, keywords = find_function(module, name, construct), directions["keywords"]

    def call_named(*args: Any) -> Any:
        count = len(args) - len(keywords)
        named = dict(zip(keywords, args[count:], strict=True))
        with Loop() as loop:
            return finish(function(*args[:count], **named), loop, most)

    return call_named


def _run_steps(
    make: Callable[[], Any],
    steps: Iterable[tuple[str, tuple[Any, ...], Mapping[str, Any]]],
    keepers: Keepers,
    loop: Loop,
    most: int | None,
) -> list[tuple[bool | str, Any]]:
    """Do all steps on one new object, and return of each whether it returned, and its answer.

    What is there under the name of a step without arguments and is no method is read. What ends a
    whole call comes out: there is no such method, an iterator has no end, no memory is left.
    """
    target = make()
    if hasattr(type(target), "__await__"):
        target = finish(target, loop, most)
    answers: list[tuple[bool | str, Any]] = []
    for name, args, named in steps:
        _require(target, name, is_read=not args and not named)
        try:
            found = getattr(target, name)
            is_read = not (callable(found) or args or named)
            result = finish(found if is_read else found(*args, **named), loop, most)
        except (MemoryError, CallError):
            raise
        except Exception as error:  # noqa: BLE001 - what a step raises is its answer
            answers.append((False, keepers.tell(error)))
        else:
            answers.append((READ if is_read else True, keepers.keep(result)))
    return answers


def _require(target: Any, name: str, *, is_read: bool) -> None:
    """Refuse the name of nothing: two objects that both lack it would agree."""
    if hasattr(type(target), name):  # it may be a property, which the step reads
        return
    fault = ""
    try:
        found = getattr(target, name)
    except AttributeError:
        fault = f"which has no method {name!r}"
    else:
        if not callable(found) and not is_read:
            fault = f"whose {name!r} is no method"
    if fault:
        kind = type(target).__qualname__
        raise CallError("function_missing", f"?makes an object of class {kind}, {fault}")
