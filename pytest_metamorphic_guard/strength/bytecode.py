"""What a piece of source compiles to, apart from the places at which it stands."""

from __future__ import annotations
import __future__

import ast
import types
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["compile_part", "find_flags"]


def find_flags(tree: ast.Module) -> int:
    """Return what a file asks of the compiler by imports from ``__future__``."""
    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for one in statement.names:
                feature = getattr(__future__, one.name, None)
                flags |= feature.compiler_flag if feature is not None else 0
    return flags


def compile_part(text: str, flags: int) -> Hashable | None:
    """Return what is equal for source that compiles to the same; None for what does not compile.

    Args:
        text: Statements of the top of a file, which may be indented.
        flags: Those of the file, see `find_flags`.
    """
    if text[:1].isspace():
        text = f"if 1:\n{text}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of a comparison with a literal
            code = compile(text, "<mutant>", "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None
    return _reduce(code)


def _reduce(code: types.CodeType) -> Hashable:
    constants = tuple(map(_reduce_constant, code.co_consts))
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    table = getattr(code, "co_exceptiontable", b"")
    return (code.co_name, code.co_code, constants, names, counts, table)


def _reduce_constant(value: object) -> Hashable:
    if isinstance(value, types.CodeType):
        return _reduce(value)
    if isinstance(value, tuple):
        return tuple(map(_reduce_constant, value))
    if isinstance(value, frozenset):
        return frozenset(map(_reduce_constant, value))
    # 1, 1.0 and True are equal, and so are 0.0 and -0.0.
    return type(value).__name__, repr(value)
