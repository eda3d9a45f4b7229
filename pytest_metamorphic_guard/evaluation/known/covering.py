"""Which entries of tasks known violations are about, and which of their inputs they cover."""

from __future__ import annotations

import ast
import hashlib
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.titles import name_task, name_variant
from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.evaluation.known.input_language import (
    ALWAYS,
    parse_condition,
    parse_input,
)
from pytest_metamorphic_guard.evaluation.known.known_file import KnownError, read_known
from pytest_metamorphic_guard.report.excerpts import take_excerpt
from pytest_metamorphic_guard.report.values import to_source
from pytest_metamorphic_guard.runner.argument_names import find_given_names
from pytest_metamorphic_guard.runner.cases import identify
from pytest_metamorphic_guard.runner.excuses import Excuse, Excuses
from pytest_metamorphic_guard.runner.functions import count_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_metamorphic_guard.contracts.known import KnownViolation
    from pytest_metamorphic_guard.tasks import Entry, Task
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["KnownViolations", "load_known"]

_Sources = tuple[tuple[Any, ...], ...]


def load_known(path: Path, today: str | None = None) -> KnownViolations:
    """Read a file.

    Args:
        path: The file.
        today: The day of the run in ISO 8601; None for this one.

    Raises:
        KnownError: With all that is wrong with it.
    """
    # The day on which a person reads the calendar, where the run is.
    day = date.fromisoformat(today) if today else datetime.now().astimezone().date()
    entries = read_known(path, day)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return KnownViolations(entries, path.name, today=day.isoformat(), sha256=digest)


class KnownViolations:
    """All entries of a file.

    Args:
        entries: The entries.
        name: The file, for messages.
        today: The day on which they are judged, in ISO 8601.
        sha256: Hash of the file.
    """

    def __init__(
        self, entries: Sequence[KnownViolation], name: str, *, today: str = "", sha256: str = ""
    ) -> None:
        self.entries = tuple(entries)
        self.name = name
        self.today = today
        self.sha256 = sha256
        self._faults: dict[int, str] = {}

    def keep_inputs(self, task: Task, entry: Entry) -> Entry:
        """Return an entry that runs the inputs that are known to violate it, as it runs examples.

        What is wrong with what the file says of the entry is kept for `find_faults`.
        """
        kept = list(entry.examples)
        for known in self.entries:
            names = {name for member in entry.members for name in _name_entries(member)}
            if known.task != task.name or known.entry not in names:
                continue
            if known.condition is not None:
                self._check_names(known, task, entry)
            elif known.input is not None:
                self._keep_input(known, task, entry, kept)
        return entry._replace(examples=tuple(kept))

    def describe(self) -> dict[str, Any]:
        """Return what tells one run's file from another's."""
        expired = [known.number for known in self.entries if known.expired]
        return {"file": self.name, "sha256": self.sha256, "expired": expired}

    def find_faults(self, seen: Mapping[str, Sequence[str]]) -> list[str]:
        """Return what is wrong, now that tasks are known.

        Args:
            seen: The names of the entries of every task that was collected.
        """
        found = dict(self._faults)
        for known in self.entries:
            entries = seen.get(known.task)
            plain = known.entry.partition("[")[0]
            if entries is not None and plain not in entries and known.entry not in entries:
                more = suggest(known.entry, entries) or f"; it has {', '.join(entries)}"
                found[known.number] = f"task {known.task!r} has no {known.entry!r}{more}"
            elif entries is None and (more := suggest(known.task, seen)):
                found[known.number] = f"no task {known.task!r}{more}"
        lines = {known.number: known.line for known in self.entries}
        return [
            f"{self.name}: entry {number} (line {lines[number]}): {said}"
            for number, said in sorted(found.items())
        ]

    def keep_all(self, task: Task) -> tuple[Entry, ...]:
        """Return all entries of the only task of a run, as `keep_inputs` does.

        Raises:
            KnownError: With all that is wrong with what the file says of it.
        """
        kept = tuple(self.keep_inputs(task, entry) for entry in task.entries)
        faults = self.find_faults({task.name: [entry.name for entry in kept]})
        if faults:
            raise KnownError(faults)
        return kept

    def select(
        self, task: Task, entry: Entry, candidate: Implementation, *, where: str, variant: str
    ) -> Excuses | None:
        """Return what is known of an item; None for nothing.

        Args:
            task: Its task.
            entry: Its entry.
            candidate: Its candidate.
            where: What tells the task from others of its name.
            variant: The parameters of the item apart from its candidate.
        """
        names = (*_name_entries(entry), name_variant(entry.name, variant))
        excuses = tuple(
            Excuse(known, _make_cover(known, task, entry))
            for known in self.entries
            if known.task in (task.name, name_task(task.name, where))
            and known.entry in names
            and (known.candidate is None or _is_named(candidate, known.candidate))
        )
        return Excuses(excuses) if excuses else None

    def _check_names(self, known: KnownViolation, task: Task, entry: Entry) -> None:
        assert known.condition is not None  # the caller asked
        names = find_given_names(task, entry) or ()
        unknown = [name for name in parse_condition(known.condition).names if name not in names]
        if unknown:
            has = ", ".join((*names, *ALWAYS))
            said = f"condition names {unknown[0]!r}; an input of {known.title} has {has}"
            self._faults[known.number] = said + suggest(unknown[0], names)

    def _keep_input(
        self, known: KnownViolation, task: Task, entry: Entry, kept: list[tuple[Any, ...]]
    ) -> None:
        assert known.input is not None  # the caller asked
        try:
            value = parse_input(known.input)
        except LookupError:
            return  # it has no value here, and counts where it turns up
        count, width = count_sources(entry), task.inputs.arity
        fitting = [
            one
            for one in _read_sources(value)
            if len(one) == count and (width is None or all(len(args) == width for args in one))
        ]
        if not fitting:
            asked = f"{count} times {width}" if count > 1 else str(width)
            self._faults[known.number] = (
                f"input {known.input[:60]} does not fit {known.title}, which takes {asked} "
                "arguments: write them as a tuple"
            )
            return
        example = fitting[0][0] if count == 1 else fitting[0]
        if all(identify((example,)) != identify((other,)) for other in kept):
            kept.append(example)


def _name_entries(entry: Entry) -> tuple[str, str]:
    return entry.name, name_variant(entry.name, entry.variant)


def _is_named(candidate: Implementation, name: str) -> bool:
    """Tell whether a file means a candidate: by its specification, its label, or its path's end."""
    if name in (candidate.specification, candidate.label, candidate.target):
        return True
    own, asked = PurePath(candidate.target).parts, PurePath(name).parts
    return candidate.is_file and bool(asked) and own[-len(asked) :] == asked


def _make_cover(known: KnownViolation, task: Task, entry: Entry) -> Callable[[_Sources], bool]:
    if known.condition is not None:
        condition = parse_condition(known.condition)
        names = find_given_names(task, entry)
        return lambda sources: condition.holds(sources, names)
    assert known.input is not None  # it has one of the two
    try:
        value = parse_input(known.input)
    except LookupError:
        text = _tidy(known.input)
        return lambda sources: text in _write_sources(sources)
    wanted = {identify(one) for one in _read_sources(value)}
    return lambda sources: identify(sources) in wanted


def _read_sources(value: Any) -> list[_Sources]:
    """Return what a value may mean: all argument tuples, the arguments, or the only argument."""
    found: list[_Sources] = []
    if isinstance(value, tuple):
        if value and all(isinstance(one, tuple) for one in value):
            found.append(value)
        found.append((value,))
    return [*found, ((value,),)]


def _write_sources(sources: _Sources) -> list[str]:
    """Return how inputs may be written, as `_read_sources` reads them; nothing of large ones."""
    if take_excerpt(sources) is not sources:
        return []
    forms: list[object] = [sources]
    if len(sources) == 1:
        forms.append(sources[0])
        if len(sources[0]) == 1:
            forms.append(sources[0][0])
    return [_tidy(to_source(form)) for form in forms]


def _tidy(text: str) -> str:
    """Return source in one way of writing it; a text that is no source as it is."""
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
