"""Where the inputs for suggestions come from: a task, a file, recorded calls, or the source."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.literals import parse_sources
from pytest_metamorphic_guard.runner.named_inputs import find_order
from pytest_metamorphic_guard.suggesting.ground import Ground
from pytest_metamorphic_guard.suggesting.hints import UnknownHint, read_hint
from pytest_metamorphic_guard.suggesting.input_code import (
    NARROWER,
    WIDE,
    Range,
    cannot_write,
    write_strategy,
    write_text,
)
from pytest_metamorphic_guard.suggesting.literal_values import list_literals
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.suggesting.reading import Parameter, Reading, read_function
from pytest_metamorphic_guard.suggesting.shapes import Shape, see_shape
from pytest_metamorphic_guard.tasks.existing.files import from_file
from pytest_metamorphic_guard.tasks.existing.kept_calls import read_calls, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.task import Task

__all__ = ["OTHER_INPUTS", "ground_on_file", "ground_on_source", "ground_on_task"]

OTHER_INPUTS = "give inputs with --mg-suggest-inputs=FILE or a Task"
_MOST_SHOWN = 3
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def ground_on_source(implementation: Implementation) -> tuple[Ground, ...]:
    """Return grounds on type hints or, where there are none, on the examples of a docstring.

    The first has the widest inputs; the others leave something out, for functions that do not
    take everything that their hints promise.

    Raises:
        NothingToSuggest: Neither says what a parameter takes, or the source cannot be read.
    """
    function = implementation.function or ""
    reading = read_function(implementation)
    if reading is None:
        raise NothingToSuggest(_explain_unread(implementation, function))
    signature = _find_shapes(implementation, reading)
    notes, said = _describe_left_out(signature.left_out), "the type hints"
    if signature.guessed:
        said = f"the docstring's examples of {', '.join(signature.guessed)}"
    literals = list_literals(reading.module, function, implementation.specification)
    grounds: dict[str, Ground] = {}
    named = _has_names(implementation, tuple(signature.shapes))
    for reach in (WIDE, *NARROWER):
        code = _write_inputs(signature.shapes, literals, reach, named=named)
        own = f"{reach.said.capitalize()} are left out: {function} raised on them"
        grounds.setdefault(
            code,
            Ground(
                name=function,
                function=function,
                inputs=code,
                said=said,
                names=tuple(signature.shapes),
                notes=(*notes, own) if reach.said else notes,
            ),
        )
    return tuple(grounds.values())


def ground_on_file(path: Path, shown: str, implementation: Implementation) -> Ground:
    """Return the ground on a file of inputs, or of calls that ``--mg-record`` has kept.

    Args:
        path: The file.
        shown: Its name as the file of suggestions has it.
        implementation: What is called.

    Raises:
        TaskError: It cannot be used.
    """
    function = implementation.function or ""
    if _has_calls(path):
        chosen = _choose_calls(path, function)
        given = recorded(path.absolute(), chosen)
        words = f", {write_text(chosen)}" if chosen else ""
        code, said = f"recorded({write_text(shown)}{words})", f"the calls recorded in {shown}"
    else:
        given = from_file(path.absolute())
        code, said = f"from_file({write_text(shown)})", f"the inputs in {shown}"
    names = given.names or ()
    return Ground(function, function, code, said, given=given, names=names)


def ground_on_task(task: Task, module: str, variable: str) -> Ground:
    """Return the ground on the inputs of a task in a test module.

    Raises:
        NothingToSuggest: Its inputs are no arguments.
    """
    if task.operations is not None:
        raise NothingToSuggest(
            f"the task {task.name!r} has operations on an object, for which no relation is known"
        )
    words: dict[str, str] = {}
    own = f"{module}.{variable}"
    for word in ("equivalence", "raises", "precondition", "construct", "max_items"):
        if getattr(task, word) not in (None, ()) and (word != "equivalence" or _is_own(task)):
            words[word] = f"{own}.{word}"
    return Ground(
        name=f"{task.name}_suggested",
        function=task.function,
        inputs=f"{own}.inputs",
        said=f"the inputs of the task {task.name!r}",
        given=task.inputs,
        names=task.inputs.names or (),
        words=tuple(words.items()),
        imports=(f"import {module}",),
        declared=task,
    )


def _explain_unread(implementation: Implementation, function: str) -> str:
    said = implementation.specification
    module = next(parse_sources(implementation), None) if implementation.is_file else None
    known = [one.name for one in module.body if isinstance(one, _FUNCTIONS)] if module else []
    if implementation.is_file and implementation.claim is None and module is None:
        return f"{said} cannot be read as Python: name a .py file, or {OTHER_INPUTS}"
    public = [name for name in known if not name.startswith("_")]
    if public:
        path = said.rpartition(":")[0] or said
        shown = ", ".join(public[:_MOST_SHOWN])
        return (
            f"{said} has no function {function!r}, it has {shown}: write "
            f"--mg-baseline={path}:{public[0]}"
        )
    return f"{said}: its source says nothing of what {function!r} takes: {OTHER_INPUTS}"


def _is_own(task: Task) -> bool:
    return getattr(task.equivalence, "__name__", "") != "equal_values"


class _Signature:
    """What is found out of parameters, one after the other."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.guessed: list[str] = []
        self.left_out: list[str] = []
        self.bare: list[str] = []
        self.faults: list[str] = []
        self._by_default = False

    def read(self, parameter: Parameter, reading: Reading) -> None:
        """Find out the shape of one parameter, or why it has none."""
        known = parameter.hint is not None or parameter.name in reading.examples
        if parameter.required and not known:
            self.bare.append(parameter.name)
        elif known and (parameter.kind == "keyword" or not self._by_default):
            self._add(parameter, reading)
        else:
            self._leave_out(parameter)

    def _add(self, parameter: Parameter, reading: Reading) -> None:
        try:
            shape = _find_shape(parameter, reading)
        except UnknownHint as wrong:
            if parameter.required:
                self.faults.append(f"parameter {parameter.name} {wrong}")
            else:
                self._leave_out(parameter)
            return
        if parameter.hint is None:
            self.guessed.append(parameter.name)
        if parameter.kind == "several":
            self.shapes |= {f"{parameter.name}_{number}": shape for number in (1, 2)}
        else:
            self.shapes[parameter.name] = shape

    def _leave_out(self, parameter: Parameter) -> None:
        # What stands behind one that keeps its default cannot be reached by position.
        self._by_default = self._by_default or parameter.kind != "keyword"
        self.left_out.append(parameter.name)


def _find_shapes(implementation: Implementation, reading: Reading) -> _Signature:
    """Return what is found out of the parameters of a function."""
    found = _Signature()
    for parameter in reading.parameters:
        found.read(parameter, reading)
    faults = found.faults
    if not (faults or found.bare or found.shapes):
        faults = ["takes nothing that could be varied"]
    if found.bare:
        several = "parameters" if len(found.bare) > 1 else "parameter"
        faults.append(
            f"{several} {', '.join(found.bare)} without a type hint, and without an example in the "
            "docstring: write a hint"
        )
    if faults:
        said = "; ".join(faults[:_MOST_SHOWN])
        raise NothingToSuggest(f"{implementation.specification}: {said}, or {OTHER_INPUTS}")
    return found


def _describe_left_out(left_out: list[str]) -> tuple[str, ...]:
    several = "Parameters" if len(left_out) > 1 else "Parameter"
    verb = "keep their defaults" if len(left_out) > 1 else "keeps its default"
    return (f"{several} {', '.join(left_out)} {verb}",) if left_out else ()


def _find_shape(parameter: Parameter, reading: Reading) -> Shape:
    if parameter.hint is not None:
        return read_hint(parameter.hint, reading.aliases)
    shape = see_shape(reading.examples[parameter.name])
    if cannot_write(shape):
        raise UnknownHint("has examples of which no others can be made: write a hint")
    return shape


def _has_names(implementation: Implementation, names: tuple[str, ...]) -> bool:
    """Tell whether named inputs can be matched: not where a star may bind the function again."""
    try:
        find_order(implementation, names)
    except ImplementationError:
        return False
    return True


def _write_inputs(
    shapes: dict[str, Shape], literals: list[object], reach: Range, *, named: bool
) -> str:
    codes = {name: write_strategy(shape, literals, reach) for name, shape in shapes.items()}
    if not named:
        return f"st.tuples({', '.join(codes.values())})"
    parts = (f'"{name}": {code}' for name, code in codes.items())
    return f"{{{', '.join(parts)}}}"


def _choose_calls(path: Path, function: str) -> str | None:
    """Return whose calls are taken where a file has those of several functions."""
    try:
        known = {call.function for call in read_calls(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError):  # which is said where it is read
        return None
    own = [one for one in known if one.rpartition(":")[2] == function]
    return own[0] if len(known) > 1 and len(own) == 1 else None


def _has_calls(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as lines:
            first = next((line for line in lines if line.strip()), "")
        found = json.loads(first)
    except (OSError, ValueError, RecursionError):
        return False  # which is said where it is read
    return isinstance(found, dict) and found.keys() == {"function", "arguments"}
