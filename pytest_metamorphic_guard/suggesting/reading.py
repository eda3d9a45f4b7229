"""What the source of a function says of its inputs; it is read as text, and never imported."""

from __future__ import annotations

import ast
import doctest
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.runner.literals import parse_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Parameter", "Reading", "read_function"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_EXAMPLES = 50
# So often may a name stand for another one.
_MOST_ALIASES = 5


class Parameter(NamedTuple):
    """One parameter.

    Attributes:
        name: Its name.
        hint: Its type hint; None without one.
        required: It has no default.
        kind: ``"position"``, ``"keyword"`` for one that is passed by keyword only, ``"several"``
            for ``*args``.
    """

    name: str
    hint: ast.expr | None
    required: bool
    kind: str


class Reading(NamedTuple):
    """A function as its source has it.

    Attributes:
        name: Its name.
        parameters: Its parameters, without ``**kwargs``.
        examples: Values that the examples of its docstring have for a parameter.
        aliases: What names at the top of its file stand for, for hints.
        functions: The names of the functions at the top of its file.
        module: Its whole file.
    """

    name: str
    parameters: tuple[Parameter, ...]
    examples: Mapping[str, list[Any]]
    aliases: Mapping[str, ast.expr]
    functions: tuple[str, ...]
    module: ast.Module


def read_function(implementation: Implementation) -> Reading | None:
    """Read a function; None where its source cannot be found, or does not define it by itself."""
    module = next(parse_sources(implementation), None)
    if module is None:
        return None
    name = implementation.function or ""
    aliases: dict[str, ast.expr] = {}
    functions: dict[str, _Function] = {}
    classes: dict[str, ast.ClassDef] = {}
    for statement in _list_statements(module.body):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                functions[statement.name] = statement
            case ast.ClassDef():
                classes[statement.name] = statement
            case (
                ast.Assign(targets=[ast.Name(id=known)], value=value)
                | ast.AnnAssign(target=ast.Name(id=known), value=ast.expr() as value)
            ):
                aliases[known] = value
            case _:
                pass
    found = _find_method(name, classes) if "." in name else _find_named(name, functions, aliases)
    if found is None:
        return None
    parameters = tuple(_list_parameters(found.args))
    if "." in name and not _is_static(found):
        parameters = parameters[1:]
    texts = [ast.get_docstring(found) or "", ast.get_docstring(module) or ""]
    examples = _read_examples(texts, name.rpartition(".")[2], parameters)
    return Reading(name, parameters, examples, aliases, tuple(functions), module)


def _find_named(
    name: str, functions: Mapping[str, _Function], aliases: Mapping[str, ast.expr]
) -> _Function | None:
    for _ in range(_MOST_ALIASES):
        other = aliases.get(name)
        if name in functions or not isinstance(other, ast.Name):
            break
        name = other.id
    return functions.get(name)


def _find_method(name: str, classes: Mapping[str, ast.ClassDef]) -> _Function | None:
    owner, _, method = name.rpartition(".")
    body = classes[owner].body if owner in classes else []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return next((one for one in body if isinstance(one, kinds) and one.name == method), None)


def _is_static(function: _Function) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)


def _list_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            for field in ("body", "orelse", "finalbody"):
                yield from _list_statements(getattr(statement, field, []))


def _list_parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, one in enumerate(positional):
        yield Parameter(one.arg, one.annotation, index < first_default, "position")
    if arguments.vararg is not None:
        several = arguments.vararg
        yield Parameter(several.arg, several.annotation, not positional, "several")
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(one.arg, one.annotation, default is None, "keyword")


def _read_examples(
    texts: list[str], name: str, parameters: tuple[Parameter, ...]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for text in texts:
        try:
            examples = doctest.DocTestParser().get_examples(text)
        except ValueError:  # it looks like an example, and is none
            continue
        for example in examples[:_MOST_EXAMPLES]:
            for call in _find_calls(example.source, name):
                _read_call(call, parameters, found)
    return found


def _find_calls(source: str, name: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name == (
            getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        ):
            yield node


def _read_call(
    call: ast.Call, parameters: tuple[Parameter, ...], found: dict[str, list[Any]]
) -> None:
    positional = [one for one in parameters if one.kind == "position"]
    named = [one for one in parameters if one.kind != "several"]
    several = next((one for one in parameters if one.kind == "several"), None)
    for index, given in enumerate(call.args):
        if isinstance(given, ast.Starred):
            return
        target = positional[index] if index < len(positional) else several
        if target is not None:
            _add_value(given, target.name, found)
    for word in call.keywords:
        if any(one.name == word.arg for one in named):
            _add_value(word.value, str(word.arg), found)


def _add_value(node: ast.expr, name: str, found: dict[str, list[Any]]) -> None:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    found.setdefault(name, []).append(value)
