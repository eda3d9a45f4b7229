"""What is to be recorded: calls of functions, and answers of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_metamorphic_guard.pytest_side.converting import read_switch, read_whole
from pytest_metamorphic_guard.pytest_side.parsing import Reader

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RecordOptions", "read_answer_options", "read_record_options"]


class RecordOptions(NamedTuple):
    """What ``--mg-record`` and its like say: functions, the file, and how many calls at most."""

    places: tuple[str, ...]
    path: Path
    most: int


def read_record_options(config: pytest.Config) -> RecordOptions | None:
    """Read what is to be recorded; None for nothing.

    Raises:
        pytest.UsageError: With every wrong value.
    """
    reader = Reader(config)
    places = tuple(dict.fromkeys(given.text for given in reader.find("record")))
    if not places:
        return None
    for place in places:
        module, _, name = place.partition(":")
        if not (name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
            reader.faults.append(f"--mg-record={place}: expected package.module:function")
    most = reader.read("record_limit", read_whole(1)) or 1000
    path = reader.read_path("record_to") or config.invocation_params.dir / "calls.jsonl"
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    return RecordOptions(places, path, most)


def read_answer_options(config: pytest.Config) -> tuple[Path, bool] | None:
    """Read where answers of the baseline are kept, and whether they may change; None for nowhere.

    Raises:
        pytest.UsageError: With a wrong value.
    """
    reader = Reader(config)
    path, update = reader.read_path("record_baseline"), reader.read("update_answers", read_switch)
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    return None if path is None else (path, bool(update))
