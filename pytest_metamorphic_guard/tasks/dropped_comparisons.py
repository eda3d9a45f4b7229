"""Comparisons whose answer nobody looks at: an ``assert`` or a ``return`` that was forgotten."""

from __future__ import annotations

import itertools
import opcode
from types import FunctionType
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    Law,
    MetamorphicRelation,
    Property,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks.declarations import Subject

__all__ = ["find_dropped"]

_COMPARING = frozenset(opcode.opmap[name] for name in ("COMPARE_OP", "CONTAINS_OP", "IS_OP"))
_CACHE, _DROPPING = opcode.opmap["CACHE"], opcode.opmap["POP_TOP"]


def find_dropped(subject: Subject) -> list[str]:
    """Return as a fault the first comparison of a check that says nothing, if there is one.

    Such a check holds whatever is compared. Where a function has a ``with`` or ``try``, a
    comparison may be there to raise.
    """
    function: object
    match subject:
        case Property():
            whose, function = f"property {subject.name!r}", subject.check
        case Law():
            whose, function = f"law {subject.name!r}", subject.body
        case MetamorphicRelation():
            whose, function = f"expect of {subject.name!r}", subject.expect
        case Agreement():
            return []
    line = _find_line(function) if isinstance(function, FunctionType) else None
    if line is None:
        return []
    return [f"{whose} drops what it compares in line {line}: write assert or return before it"]


def _find_line(function: FunctionType) -> int | None:
    code = function.__code__
    if code.co_exceptiontable:
        return None
    units = [
        (number, operation)
        for number, operation in enumerate(code.co_code[::2])
        if operation != _CACHE
    ]
    for (number, operation), (_, following) in itertools.pairwise(units):
        if operation in _COMPARING and following == _DROPPING:
            positions = next(itertools.islice(code.co_positions(), number, None))
            return positions[0]
    return None
