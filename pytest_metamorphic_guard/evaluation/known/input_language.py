"""Conditions on inputs: a part of Python's expressions, checked before anything runs.

They stand in a user's own file and see nothing but copies of inputs, which are the user's as well.
What is left out, such as names with underscores, keeps a slip from doing more than telling inputs
apart.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.evaluation.known.bounded_work import (
    TooMuchWork,
    bound,
    make_counted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ALWAYS", "Condition", "parse_condition", "parse_input"]

ALWAYS: Final = ("args", "sources")
_LONGEST: Final = 2_000

_FUNCTIONS: Final = {
    function.__name__: function
    for function in (
        abs, all, any, bool, bytes, complex, dict, divmod, enumerate, float, frozenset, int,
        isinstance, len, list, max, min, ord, range, repr, reversed, round, set, sorted, str, sum,
        tuple, zip,
    )
}  # fmt: skip
_REFUSED: Final = (
    ast.Lambda,
    ast.NamedExpr,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.JoinedStr,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was checked.

    Attributes:
        text: As the user wrote it.
        names: What it asks of an input beside `ALWAYS`, in the order of the alphabet.
    """

    text: str
    names: tuple[str, ...]
    _code: Any

    def holds(self, sources: tuple[tuple[Any, ...], ...], names: Sequence[str] | None) -> bool:
        """Tell whether source inputs meet it, which it may change.

        Args:
            sources: The argument tuples.
            names: Those of the arguments of the first one; None where they have none.

        Raises:
            TooMuchWork: It would compute for too long.
        """
        known: dict[str, Any] = dict(zip(names or (), sources[0], strict=False))
        return bool(_evaluate(self._code, known | {"args": sources[0], "sources": sources}))


def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ValueError: It is none; the message goes on after its text.
    """
    code, names = _parse(text)
    return Condition(text, tuple(sorted(names - set(ALWAYS))), code)


def parse_input(text: str) -> Any:
    """Return the value that a text writes as source.

    Raises:
        ValueError: It is no expression; the message goes on after its text.
        LookupError: It names what only its own program knows, such as a class.
    """
    code, names = _parse(text, only_values=True)
    if names:
        raise LookupError(text)
    try:
        return _evaluate(code, {})
    except TooMuchWork as endless:
        raise ValueError(str(endless)) from None
    except Exception as error:
        raise LookupError(text) from error


def _parse(text: str, *, only_values: bool = False) -> tuple[Any, set[str]]:
    """Return what can be evaluated, and the names that it asks for."""
    if len(text) > _LONGEST and not only_values:
        raise ValueError(f"is longer than {_LONGEST:,} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
        compile(tree, "<known violation>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise ValueError(f"is no Python expression: {said}") from None
    own = {
        one.id
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension)
        for one in ast.walk(node.target)
        if isinstance(one, ast.Name)
    }
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, _REFUSED):
            said = f"may not hold a {type(node).__name__}"
            raise ValueError(said)  # noqa: TRY004 - it is the text that is wrong
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        if isinstance(name, str) and name.startswith("_"):
            raise ValueError(f"may not use {name!r}, which begins with an underscore")
        if isinstance(node, ast.Name) and node.id not in own and node.id not in _FUNCTIONS:
            names.add(node.id)
    return compile(bound(tree), "<known violation>", "eval"), names


def _evaluate(code: Any, names: dict[str, Any]) -> Any:
    # Names of inputs go before those of functions: an argument may be called `range`.
    known = _FUNCTIONS | names | make_counted()
    return eval(code, {"__builtins__": {}, **known})  # noqa: S307 - checked above
