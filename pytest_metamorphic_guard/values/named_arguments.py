"""The arguments of a call, some by name, as an input of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import CALL, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KINDS"]

keep_builtins(globals())


def _read(args: object, named: object) -> object:
    if not all(type(name) is str and name.isidentifier() for name in require(named, dict)):
        raise DecodeError("no names of arguments")
    return Call(*require(args, list), **require(named, dict))


def _write_source(value: Call, write: Callable[[object], str]) -> str:
    named = (f"{name}={write(one)}" for name, one in value.named.items())
    return f"Call({', '.join((*map(write, value.args), *named))})"


def _list_parts(value: Call) -> list[object]:
    return [list(value.args), value.named]


KINDS: Final = (
    Kind(
        types=lambda: (Call,),
        mark=CALL,
        take_apart=_list_parts,
        put_together=_read,
        list_parts=_list_parts,
        to_source=_write_source,
        names=("args", "named"),
    ),
)
