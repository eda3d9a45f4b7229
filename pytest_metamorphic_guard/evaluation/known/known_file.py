"""Reads a file of known violations; all that is wrong with it is said at once."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from pytest_metamorphic_guard.contracts.known import KnownViolation, Role
from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError, suggest
from pytest_metamorphic_guard.evaluation.known.input_language import parse_condition, parse_input

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["KnownError", "read_known"]

_TABLE = "known"
_REQUIRED = ("task", "entry", "reason", "expires")
_KEYS = ("task", "entry", "candidate", "role", "input", "condition", "reason", "ticket", "expires")
_HEADER = re.compile(r"^\s*\[\[\s*([\"']?)known\1\s*\]\]")
_MOST_BYTES = 5_000_000
_EXAMPLE = "2027-01-31"


class KnownError(MetamorphicGuardError):
    """A file of known violations that is wrong.

    Args:
        faults: Everything that is wrong with it, one line each.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(f"--mg-known: {fault}" for fault in self.faults)


def read_known(path: Path, today: date) -> tuple[KnownViolation, ...]:
    """Read a file.

    Args:
        path: The file.
        today: The day on which what it says is judged.

    Raises:
        KnownError: It cannot be read, or something in it is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KnownError([f"{path}: cannot read it: {error.strerror}"]) from None
    if len(content) > _MOST_BYTES:
        raise KnownError([f"{path}: it has more than {_MOST_BYTES:,} bytes"])
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise KnownError([f"{path}: it is no TOML: {clean_line(str(error))}"]) from None
    reading = _Reading(path.name, text, today)
    found = reading.read(data)
    if reading.faults:
        raise KnownError([f"{path.name}: {fault}" for fault in reading.faults])
    return tuple(found)


class _Reading:
    """One pass over a file that notes every fault and goes on."""

    def __init__(self, name: str, text: str, today: date) -> None:
        self.faults: list[str] = []
        self._name = name
        self._today = today
        self._lines = [
            number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)
        ]

    def read(self, data: dict[str, Any]) -> list[KnownViolation]:
        self.faults += [
            f"{clean_line(key)}: unknown key; every entry begins with [[{_TABLE}]]"
            for key in data
            if key != _TABLE
        ]
        tables = data.get(_TABLE, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self.faults.append(f"{_TABLE}: every entry begins with [[{_TABLE}]], in two brackets")
            return []
        # Lines inside of a text may look like the beginning of an entry.
        lines = self._lines if len(self._lines) == len(tables) else [0] * len(tables)
        found: dict[tuple[object, ...], int] = {}
        entries = []
        for number, (table, line) in enumerate(zip(tables, lines, strict=True), 1):
            where = f"entry {number} (line {line})" if line else f"entry {number}"
            faults = _find_faults(table)
            key = tuple(table.get(name) for name in _KEYS[:6])
            if not faults and (twin := found.setdefault(key, number)) != number:
                faults = [f"says the same as entry {twin}"]
            self.faults += [f"{where}: {fault}" for fault in faults]
            if not faults:
                entries.append(self._make(number, line, table))
        return entries

    def _make(self, number: int, line: int, table: dict[str, Any]) -> KnownViolation:
        expires = _read_date(table["expires"])
        assert expires is not None  # it was checked
        texts = {key: table[key] for key in _KEYS if key in table and key != "expires"}
        return KnownViolation(
            number=number,
            line=line,
            **texts,
            expires=expires.isoformat(),
            expired=expires < self._today,
        )


def _find_faults(table: dict[str, Any]) -> list[str]:
    faults = [
        f"{clean_line(key)}: unknown key; expected {', '.join(_KEYS)}{suggest(key, _KEYS)}"
        for key in table
        if key not in _KEYS
    ]
    for key in _REQUIRED:
        if key not in table:
            more = f", a date such as {_EXAMPLE}" if key == "expires" else ""
            faults.append(f"{key} is missing{more}")
    for key in _KEYS[:-1]:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            faults.append(f"{key}: expected a text in quotes, got {clean_line(repr(value), 60)}")
        elif isinstance(value, str) and not value.strip() and key != "ticket":
            faults.append(f"{key} is empty")
    if "expires" in table and _read_date(table["expires"]) is None:
        given = clean_line(repr(table["expires"]), 60)
        faults.append(f"expires: expected a date such as {_EXAMPLE}, got {given}")
    return [*faults, *_find_scope_faults(table)]


def _find_scope_faults(table: dict[str, Any]) -> list[str]:
    """Return what is wrong with what an entry covers."""
    faults = []
    if "input" in table and "condition" in table:
        faults.append("give an input or a condition, not both")
    elif "input" not in table and "condition" not in table:
        every = 'condition = "True" covers every input'
        faults.append(f"neither input nor condition says what it covers; {every}")
    roles = get_args(Role)
    if isinstance(role := table.get("role"), str) and role.strip() and role not in roles:
        faults.append(f"role: expected {' or '.join(roles)}, got {clean_line(repr(role), 60)}")
    for key, parse in (("input", parse_input), ("condition", parse_condition)):
        text = table.get(key)
        if isinstance(text, str) and text.strip():
            try:
                parse(text)
            except LookupError:
                pass  # it is compared by its text
            except ValueError as error:
                faults.append(f"{key}: {clean_line(text, 60)} {clean_line(str(error))}")
    return faults


def _read_date(value: object) -> date | None:
    """Return a date of TOML, or a text with one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, date) else None
