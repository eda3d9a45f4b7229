"""Values that a worker sent and that are shown, compared, and never executed.

Results of builtin types arrive as themselves. An instance of any other class arrives as a `Record`
when its fields are plain data, and as an `Opaque` value when they are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Opaque", "Record"]


@dataclass(frozen=True, slots=True)
class Record:
    """A dataclass instance, named tuple or enum member as inert data; so are attrs and pydantic.

    Fields are read as attributes (``output.total``); a named tuple's also by index. Two records
    are equal when kind, type name and fields are.

    Attributes:
        kind: ``"dataclass"`` (of attrs and pydantic, too), ``"namedtuple"`` or ``"enum"``.
        type_name: Qualified name of the class within its module, e.g. ``"Invoice"``.
        fields: ``(name, value)`` pairs in order of definition.
    """

    kind: str
    type_name: str
    fields: tuple[tuple[str, object], ...]

    def __getattr__(self, name: str) -> object:
        for field, value in self.fields:
            if field == name:
                return value
        known = ", ".join(field for field, _ in self.fields)
        raise AttributeError(f"{self.type_name} has no field {name!r}; fields: {known or 'none'}")

    def __iter__(self) -> Iterator[object]:
        self._require_namedtuple()
        return (value for _, value in self.fields)

    def __len__(self) -> int:
        self._require_namedtuple()
        return len(self.fields)

    def __getitem__(self, index: int) -> object:
        self._require_namedtuple()
        return self.fields[index][1]

    def __repr__(self) -> str:
        if self.kind == "enum":
            return f"{self.type_name}.{dict(self.fields).get('name', '?')}"
        inner = ", ".join(f"{field}={value!r}" for field, value in self.fields)
        return f"{self.type_name}({inner})"

    def _require_namedtuple(self) -> None:
        if self.kind != "namedtuple":
            raise TypeError(f"{self.type_name} is a {self.kind}, not a sequence")


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A value of a class that cannot travel; it equals nothing, not even itself.

    Attributes:
        type_name: Qualified name of the class.
        text: The start of its ``repr``, made by the worker.
    """

    type_name: str
    text: str

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return hash((self.type_name, self.text))

    def __repr__(self) -> str:
        return f"<{self.type_name} that cannot be compared: {self.text}>"
