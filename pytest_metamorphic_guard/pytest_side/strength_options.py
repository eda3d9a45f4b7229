"""The options about strength, read into settings, and what cannot be measured at all."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.pytest_side.converting import read_choice, read_positive, read_whole
from pytest_metamorphic_guard.settings import StrengthLimit, Vacuity
from pytest_metamorphic_guard.tasks.implementations import (
    Assignment,
    Implementation,
    parse_assignment,
)
from pytest_metamorphic_guard.tasks.modules import find_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Protocol

    class Given(Protocol):
        """One value of an option."""

        @property
        def text(self) -> str: ...
        @property
        def source(self) -> str: ...
        @property
        def folder(self) -> Path: ...

    class Reader(Protocol):
        """Finds the values of options and collects what is wrong with them."""

        faults: list[str]

        def find(self, name: str) -> Sequence[Given]: ...
        def read(self, name: str, convert: Callable[[str], Any]) -> Any: ...


__all__ = ["read_strength"]

_OFF = frozenset({"0", "false", "no", "off"})
_ON = frozenset({"", "1", "true", "yes", "on"})
_MODULE = re.compile(r"(?:(.+)=)?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
_LIMIT = "expected a number of changes and one of seconds, as 200, 60s or 200,60s"


def read_strength(reader: Reader, values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `Settings` that are about strength; faults go to the reader.

    Args:
        reader: Finds the options.
        values: What was read already.
    """
    found: dict[str, Any] = {
        "strength": _read_originals(reader),
        "strength_limit": reader.read("strength_limit", _read_limit),
        "vacuity": reader.read("vacuity", read_choice(*get_args(Vacuity))),
    }
    if found["strength"] is None:
        return found
    if not (found["strength"] or values["baselines"] or values["candidates"]):
        reader.faults.append(
            "--mg-strength: there is nothing to change: pass --mg-baseline=path.py, or "
            "--mg-strength=path.py:function"
        )
    for other in ("shard", "replay"):
        if values[other] is not None:
            reader.faults.append(f"--mg-strength needs whole samples, and --mg-{other} runs none")
    return found


def _read_originals(reader: Reader) -> tuple[Assignment, ...] | None:
    given = reader.find("strength")
    if not given or given[-1].text.strip().lower() in _OFF:
        return None
    named = []
    for one in given:
        if one.text.strip().lower() in _ON:
            continue
        try:
            named.append(_read_original(one.text, one.folder))
        except ImplementationError as error:
            reader.faults.append(f"{one.source}={one.text}: {error.fault}")
    return tuple(named)


def _read_original(text: str, folder: Path) -> Assignment:
    named = _MODULE.fullmatch(text)
    source = find_source(named[2], folder) if named else None
    if named and source is not None and not (folder / text).is_file():
        return Assignment(Implementation(source, None, named[2]), named[1])
    read = parse_assignment(text, folder)
    # Not loaded for a run that measures no strength, which starts sooner.
    from pytest_metamorphic_guard.strength.definition import find_file

    find_file(read.implementation)
    return read


def _read_limit(text: str) -> StrengthLimit:
    limit = StrengthLimit()
    for part in text.split(","):
        word = part.strip()
        try:
            if word.endswith("s"):
                limit = replace(limit, seconds=read_positive(word[:-1]))
            else:
                limit = replace(limit, mutants=read_whole(1)(word))
        except ValueError:
            raise ValueError(_LIMIT) from None
    return limit
