"""The mutants of an implementation: made of its text, without running any of it."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.runner.reachable import find_reachable
from pytest_metamorphic_guard.strength.bytecode import compile_part, find_flags
from pytest_metamorphic_guard.strength.definition import find_definition
from pytest_metamorphic_guard.strength.operators import Change, find_changes
from pytest_metamorphic_guard.strength.spans import Source, Span

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["Mutant", "MutantSample", "draw_mutants"]

_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of an implementation.

    Attributes:
        line: Number of the first line that is changed, from 1.
        kind: What kind of change it is, in a word or two.
        before: The changed lines as they are, without indentation.
        after: The same as they become.
        text: The whole changed file, which is the one that defines the function.
    """

    line: int
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    text: str

    @property
    def diff(self) -> str:
        """The change in lines that begin with ``-`` and ``+``."""
        taken, given = (f"- {line}" for line in self.before), (f"+ {line}" for line in self.after)
        return "\n".join((*taken, *given))


@dataclass(frozen=True, slots=True)
class MutantSample:
    """Mutants of one implementation, drawn at random.

    Attributes:
        mutants: Those that were drawn, in the order of the file.
        possible: Number of changes from which they were drawn.
        equal: Number of changes that were met and compile to what the original or another mutant
            compiles to.
    """

    mutants: tuple[Mutant, ...]
    possible: int
    equal: int


def draw_mutants(implementation: Implementation, *, limit: int, seed: int) -> MutantSample:
    """Draw mutants of a function, and of what it uses in its file.

    Nothing is imported, and the file stays as it is.

    Args:
        implementation: The original, with its function named.
        limit: Most mutants to draw.
        seed: Seed of the draw: the same for the same text gives the same mutants.

    Raises:
        ImplementationError: It is no Python file, defines no such function, or nothing of it can
            be changed.
    """
    specification = implementation.specification
    defined = find_definition(implementation)
    tree, source = ast.parse(defined.text), Source(defined.text)
    statements = find_reachable(tree, defined.function, specification)
    changes = [(one, change) for one in statements for change in find_changes(one, source)]
    random.Random(seed).shuffle(changes)  # noqa: S311 - no secret
    made = _take(changes, source, find_flags(tree), limit)
    if not made.mutants:
        fault = f"nothing in {implementation.function!r} can be changed to measure strength"
        raise ImplementationError(specification, fault)
    return made


def _take(
    changes: Sequence[tuple[ast.stmt, Change]], source: Source, flags: int, limit: int
) -> MutantSample:
    """Make mutants of the first changes that make a difference."""
    known: dict[int, set[Hashable]] = {}
    taken: list[tuple[Span, Mutant]] = []
    wrong = equal = 0
    for statement, change in changes:
        if len(taken) == limit:
            break
        part = _find_lines(source, source.find(statement))
        seen = known.setdefault(id(statement), {compile_part(source.take(part), flags)})
        before = source.text[part.start : change.span.start]
        after = source.text[change.span.end : part.end]
        compiled = compile_part(before + change.text + after, flags)
        if compiled is None:
            wrong += 1
        elif compiled in seen:
            equal += 1
        else:
            seen.add(compiled)
            taken.append((change.span, _make(change, source)))
    taken.sort(key=lambda one: (one[0], one[1].after))
    mutants = tuple(mutant for _, mutant in taken)
    return MutantSample(mutants, possible=len(changes) - wrong - equal, equal=equal)


def _make(change: Change, source: Source) -> Mutant:
    text = source.text[: change.span.start] + change.text + source.text[change.span.end :]
    shift = len(change.text) - (change.span.end - change.span.start)
    before = _find_lines(source, change.span)
    after = text[before.start : before.end + shift]
    return Mutant(
        line=source.find_line(change.span.start),
        kind=change.kind,
        before=_show(source.take(before)),
        after=_show(after),
        text=text,
    )


def _find_lines(source: Source, span: Span) -> Span:
    """Return the whole lines of a part, from the start of the first to the end of the last."""
    start = source.text.rfind("\n", 0, span.start) + 1
    end = source.text.find("\n", span.end)
    return Span(start, len(source.text) if end < 0 else end)


def _show(text: str) -> tuple[str, ...]:
    lines = [line for line in text.split("\n") if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return tuple(clean_line(line[indent:].rstrip(), _LONGEST_LINE) for line in lines)
