"""Named inputs, matched to the parameters of an implementation, whose file is read as text."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.errors import ImplementationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["arrange", "find_order", "order_inputs", "read_names"]

_MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What an implementation takes.

    Attributes:
        names: Its positional parameters, in order.
        required: How many of these have no default.
        takes_more: Whether it has ``*args``.
        keyword_only: Its keyword-only parameters that have no default.
        keywords: All of its keyword-only parameters.
    """

    names: tuple[str, ...]
    required: int
    takes_more: bool
    keyword_only: tuple[str, ...]
    keywords: tuple[str, ...]

    def __str__(self) -> str:
        more = ("*args",) if self.takes_more else ()
        return f"({', '.join((*self.names, *more, *self.keywords))})"


class _Unread(Enum):
    """Why parameters are not known: nothing is there to call, or it comes from elsewhere."""

    ABSENT = auto()
    HIDDEN = auto()


def order_inputs(callers: Iterable[Any], names: Sequence[str], *, lenient: bool) -> None:
    """Let every caller take named inputs in the order of its implementation.

    Args:
        callers: What makes the calls.
        names: The names, in the order of the task.
        lenient: Whether one that takes none by these names is called by position.

    Raises:
        ImplementationError: The names cannot be matched to its parameters.
    """
    for caller in callers:
        with contextlib.suppress(*((ImplementationError,) if lenient else ())):
            found = find_order(caller.implementation, names)
            if found is not None:
                caller.giving.order, caller.giving.keywords = found


def find_order(
    implementation: Implementation, names: Sequence[str]
) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Return the positions in ``names`` of the arguments of a call, and which go by name, last.

    None stands for the order as it is.

    Each implementation gets the named inputs in the order of its own parameters, and by name what
    it takes by name alone. What is no Python source, such as a prompt, has no parameters, and
    gets them in the order of the task. So does a function of ``*args`` alone.

    Raises:
        ImplementationError: The names cannot be matched to its parameters.
    """
    if not _is_python(implementation):
        return None
    parameters = _read_parameters(implementation)
    if parameters is _Unread.ABSENT or (parameters is _Unread.HIDDEN and len(names) == 1):
        return None
    if not isinstance(parameters, _Parameters):
        raise _fault(
            implementation,
            f"its parameters cannot be read, so the inputs {', '.join(names)} cannot be matched to "
            "them: define the function there with def, or pass inputs by position, as in "
            "inputs=st.tuples(...)",
        )
    if parameters.takes_more and tuple(names[: len(parameters.names)]) == parameters.names:
        return None
    return _match(implementation, parameters, names)


def arrange(
    implementation: Implementation, args: Sequence[Any], named: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Return the positional arguments of a call that names some.

    Raises:
        ImplementationError: The names cannot be matched to the implementation's parameters.
    """
    parameters = _read_parameters(implementation)
    if not isinstance(parameters, _Parameters):
        raise _fault(implementation, "its parameters cannot be read: call it by position")
    names = (*parameters.names[: len(args)], *named)
    if len(names) < len(args) + len(named) or set(parameters.names[: len(args)]) & set(named):
        raise _fault(implementation, f"takes {parameters}, which does not fit the call")
    order, keywords = _match(implementation, parameters, names)
    values = (*args, *named.values())
    arranged = tuple(values[index] for index in order)
    return Call.of(arranged, keywords) if keywords else arranged


def read_names(implementation: Implementation) -> tuple[str, ...]:
    """Return the names of an implementation's positional parameters, where they can be read."""
    if not _is_python(implementation):
        return ()
    parameters = _read_parameters(implementation)
    return parameters.names if isinstance(parameters, _Parameters) else ()


def _match(
    implementation: Implementation, parameters: _Parameters, names: Sequence[str]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    by_keyword = tuple(name for name in names if name in parameters.keywords)
    by_position = [name for name in names if name not in by_keyword]
    wanted = parameters.names[: len(by_position)]
    faults = []
    unknown = [name for name in names if name not in (*parameters.names, *parameters.keywords)]
    missing = [name for name in parameters.names[: parameters.required] if name not in names]
    missing += [name for name in parameters.keyword_only if name not in names]
    if unknown:
        faults.append(f"has no parameter {', '.join(unknown)}")
    if missing:
        faults.append(f"needs {', '.join(missing)}, which the inputs do not name")
    if not faults and set(wanted) != set(by_position):
        between = [name for name in wanted if name not in names]
        faults.append(f"has {', '.join(between)} before what the inputs name")
    if faults:
        said = "; it ".join(faults)
        raise _fault(
            implementation,
            f"it {said}: its parameters are {parameters}, the inputs are {', '.join(names)}",
        )
    return tuple(names.index(name) for name in (*wanted, *by_keyword)), by_keyword


def _fault(implementation: Implementation, fault: str) -> ImplementationError:
    return ImplementationError(
        f"{implementation.specification}", f"{implementation.function or 'the function'}: {fault}"
    )


def _is_python(implementation: Implementation) -> bool:
    """Tell whether an implementation is Python code, and no text or program for an executor."""
    if implementation.is_file:
        return implementation.target.endswith(".py")
    parts = implementation.target.split(".")
    return implementation.function is not None and all(part.isidentifier() for part in parts)


def _read_parameters(implementation: Implementation) -> _Parameters | _Unread:
    """Read them from the source, never by importing it."""
    if not implementation.is_file:
        return _Unread.HIDDEN
    try:
        stat = Path(implementation.target).stat()
        bindings = _parse(implementation.target, stat.st_mtime_ns, stat.st_size)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return _Unread.ABSENT  # which the first call says better
    if bindings is None:
        return _Unread.HIDDEN
    wanted = implementation.function
    for _ in range(10):  # as often as a name may stand for another one
        found = [meaning for name, meaning in bindings if name in (wanted, "*")]
        if not found:
            # A method may be of a base class, which may be anywhere.
            owner = (wanted or "").rpartition(".")[0]
            is_inherited = owner and any(name == owner for name, _ in bindings)
            return _Unread.HIDDEN if is_inherited else _Unread.ABSENT
        meaning = found[-1]
        if isinstance(meaning, ast.arguments):
            return _to_parameters(meaning)
        if meaning is None:
            break
        wanted = meaning
    return _Unread.HIDDEN


@lru_cache(maxsize=16)
def _parse(
    path: str, _changed_ns: int, size: int
) -> list[tuple[str, ast.arguments | str | None]] | None:
    """Return what a file binds; None for one that is too large to be read for this."""
    return (
        None
        if size > _MOST_BYTES
        else list(_list_bindings(ast.parse(Path(path).read_bytes()).body))
    )


def _list_bindings(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.arguments | str | None]]:
    """Yield what the statements of a module bind, in order: parameters, another name, or None."""
    for statement in body:
        match statement:
            case (
                ast.FunctionDef(name=name, args=arguments)
                | ast.AsyncFunctionDef(name=name, args=arguments)
            ):
                yield name, arguments
            case ast.ClassDef(name=name, body=inner):
                methods = list(_list_methods(name, inner))
                called = [given for method, given in methods if method == f"{name}.__call__"]
                yield name, called[-1] if called else None
                yield from methods
            case ast.Assign(targets=targets, value=value):
                names = (target.id for target in targets if isinstance(target, ast.Name))
                yield from ((name, _read_value(value)) for name in names)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield name, _read_value(value)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((alias.asname or alias.name, None) for alias in names)
            case _:
                yield from _list_inner(statement)


def _list_methods(
    owner: str, body: Sequence[ast.stmt]
) -> Iterator[tuple[str, ast.arguments | str | None]]:
    """Yield what a class binds, as a caller sees it: without the object that a method gets."""
    for name, meaning in _list_bindings(body):
        yield f"{owner}.{name}", meaning
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [mark.id for mark in statement.decorator_list if isinstance(mark, ast.Name)]
            if "staticmethod" not in marks:
                yield f"{owner}.{statement.name}", _leave_first_out(statement.args)


def _leave_first_out(arguments: ast.arguments) -> ast.arguments:
    found = (*arguments.posonlyargs, *arguments.args)[1:]
    return ast.arguments(
        posonlyargs=[],
        args=list(found),
        vararg=arguments.vararg,
        kwonlyargs=arguments.kwonlyargs,
        kw_defaults=arguments.kw_defaults,
        kwarg=arguments.kwarg,
        defaults=arguments.defaults[-len(found) :] if found else [],
    )


def _list_inner(statement: ast.stmt) -> Iterator[tuple[str, ast.arguments | str | None]]:
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for part in getattr(statement, field, ()):
            yield from _list_bindings([part] if isinstance(part, ast.stmt) else part.body)


def _read_value(value: ast.expr) -> ast.arguments | str | None:
    match value:
        case ast.Lambda(args=arguments):
            return arguments
        case ast.Name(id=name):
            return name
        case _:
            return None


def _to_parameters(arguments: ast.arguments) -> _Parameters:
    names = tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args))
    keywords = tuple(one.arg for one in arguments.kwonlyargs)
    return _Parameters(
        names=names,
        required=len(names) - len(arguments.defaults),
        takes_more=arguments.vararg is not None,
        keyword_only=tuple(
            name
            for name, default in zip(keywords, arguments.kw_defaults, strict=True)
            if default is None
        ),
        keywords=keywords,
    )
