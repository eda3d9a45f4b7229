"""Suggestions as a test module, laid out as formatters do it."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.suggesting.ground import PUBLIC_NAMES
from pytest_metamorphic_guard.suggesting.input_code import write_text
from pytest_metamorphic_guard.suggesting.layout import lay_out
from pytest_metamorphic_guard.suggesting.suggestion import write_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.suggesting.suggestion import Found, Suggestion

__all__ = ["write_module"]

_WIDTH = 80


def write_module(found: Found) -> str:
    """Return the text of a test module that declares what was suggested."""
    ground = found.ground
    words = "".join(f", {word}={code}" for word, code in ground.words)
    function = f", function={write_text(ground.function)}"
    declared = lay_out(f"task = Task({write_text(ground.name)}, {ground.inputs}{function}{words})")
    notes = [f"Inputs from {ground.said}.", *(f"{note}." for note in ground.notes)]
    parts = [_comment(" ".join(notes)), declared]
    for suggestion in found.suggestions:
        code = "\n".join(map(lay_out, suggestion.idea.code.split("\n")))
        # Two empty lines stand around a function.
        around = "\n\n" if code.startswith("@") or parts[-1].startswith("@") else "\n"
        parts.append(f"{around}{_comment(_describe(suggestion, found))}")
        parts.append(code)
    body = "\n".join(parts)
    return f"{_write_head(found)}\n\n{_write_imports(body, ground.imports)}\n\n{body}\n"


def _write_head(found: Found) -> str:
    where = clean_line(found.specification.replace("\\", "/").replace('"', "'"), 60)
    said = (
        "They held on every input that was tried. Whether they must hold is for you to say: "
        "take out what only happens to be so."
    )
    filled = textwrap.fill(said, _WIDTH)
    return f'"""Relations that pytest --mg-suggest found in {where}.\n\n{filled}\n"""'


def _write_imports(body: str, further: Sequence[str]) -> str:
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    wanted = sorted(used & PUBLIC_NAMES, key=lambda name: (not name[0].isupper(), name))
    line = f"from pytest_metamorphic_guard import {', '.join(wanted)}"
    if len(line) > 88:  # noqa: PLR2004 - as formatters have it
        line = "\n".join((
            "from pytest_metamorphic_guard import (", *(f"    {name}," for name in wanted), ")"
        ))  # fmt: skip
    groups = ["from hypothesis import strategies as st"] if "st" in used else []
    return "\n\n".join([*groups, line, *further])


def _describe(suggestion: Suggestion, found: Found) -> str:
    most = write_percent(suggestion.most_violating)
    said = (
        f"Held on {suggestion.held} inputs, so that at most {most} violate it (95 %); unrelated "
        f"outputs satisfy it in {suggestion.chance * 100:.0f} %."
    )
    if found.mutants:
        said += f" Notices {suggestion.kills} of {found.mutants} mutants"
        said += f", {suggestion.new} of them first." if suggestion.new else "."
    if suggestion.rejected and not suggestion.new:
        said += f" Rejects: {clean_line(', '.join(suggestion.rejected), 60)}."
    return said


def _comment(text: str) -> str:
    return "\n".join(textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# "))
