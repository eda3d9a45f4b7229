"""All outputs of one side of a relation, for a function of the user's that takes them together."""

from __future__ import annotations

from typing import Any

__all__ = ["ComparedWithSeveralError", "Several"]


class ComparedWithSeveralError(TypeError):
    """One value was compared with the tuple of several outputs, which decides nothing."""

    def __init__(self, value: object) -> None:
        kind = type(value).__name__
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return f"a {self.kind} was compared with the tuple of all outputs, which is never equal"


class Several(tuple[Any, ...]):
    """A tuple of outputs that refuses to be compared with what is no tuple.

    Where a value compares itself with tuples, as `pytest.approx` does, its own answer counts.
    """

    __slots__ = ()
    __hash__ = tuple.__hash__

    def __eq__(self, other: object) -> Any:
        return self._compare("__eq__", "__eq__", other)

    def __ne__(self, other: object) -> Any:
        return self._compare("__ne__", "__ne__", other)

    def __lt__(self, other: Any) -> Any:
        return self._compare("__lt__", "__gt__", other)

    def __le__(self, other: Any) -> Any:
        return self._compare("__le__", "__ge__", other)

    def __gt__(self, other: Any) -> Any:
        return self._compare("__gt__", "__lt__", other)

    def __ge__(self, other: Any) -> Any:
        return self._compare("__ge__", "__le__", other)

    def _compare(self, name: str, reflected: str, other: object) -> Any:
        if isinstance(other, tuple):
            return getattr(tuple, name)(self, other)
        answer = getattr(type(other), reflected)(other, tuple(self))
        if answer is NotImplemented:
            raise ComparedWithSeveralError(other)
        return answer
