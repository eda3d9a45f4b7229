"""Finds the report that a run is compared with, and keeps those of the last runs in a folder."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.texts import clean_name
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.report_file import write_report
from pytest_metamorphic_guard.gate.plain import to_plain
from pytest_metamorphic_guard.report.earlier import Earlier, read_earlier
from pytest_metamorphic_guard.report.run_in_brief import PastRun, sum_up_run
from pytest_metamorphic_guard.report.since import Since, find_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["EarlierError", "Past", "add_past", "complete_report", "find_past", "keep_report"]

# As `write_report` names what it writes into a folder: their order is that of time.
# Earlier versions left out the fraction of a second.
_OURS = re.compile(r"metamorphic-guard-(\d{8}T\d{6}(?:\.\d+)?)Z-[0-9a-f]{8}\.json")
_MOST_BYTES = 256 << 20
_MOST_KEPT = 100
_MOST_SHOWN = 30


class EarlierError(MetamorphicGuardError):
    """A report that a run cannot be compared with.

    Args:
        path: The report.
        fault: What is wrong with it; goes on after its name.
    """

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"--mg-compare={self.path}: it {self.fault}"


class Past(NamedTuple):
    """What is known of earlier runs when a run begins.

    Attributes:
        asked: Whether the run is to be compared.
        name: The file of the report that it is compared with; empty where there is none yet.
        report: What that report says.
        runs: The last runs that were kept, oldest first.
        unread: Number of files among these that are no such reports.
    """

    asked: bool = False
    name: str = ""
    report: Earlier | None = None
    runs: tuple[PastRun, ...] = ()
    unread: int = 0


def find_past(compare: Path | None, history: Path | None) -> Past:
    """Read what a run is compared with, before it writes anything.

    Raises:
        EarlierError: There is no such report, or it cannot be read.
    """
    name, report = "", None
    if compare is not None and compare.is_dir():
        name, report = next(_read_newest(compare), ("", None))
    elif compare is not None and compare != history:
        name, report = compare.name, _read(compare)
    runs: list[PastRun] = []
    unread = 0
    if history is not None and history.is_dir():
        for path in _list_ours(history)[-_MOST_SHOWN:]:
            try:
                runs.append(sum_up_run(_read(path)))
            except EarlierError:
                unread += 1
    return Past(compare is not None, name, report, tuple(runs), unread)


def add_past(
    document: dict[str, Any], past: Past, *, keeps: bool
) -> tuple[Since | None, tuple[PastRun, ...]]:
    """Write into a report what changed, and the last runs; return both.

    Args:
        document: The report, which is changed.
        past: What is known of earlier runs.
        keeps: Whether the run is one of those that are kept.
    """
    if not (past.asked or keeps):
        return None, ()
    now = read_earlier({key: value for key, value in document.items() if key != "shard"})
    since = None if past.report is None else find_changes(past.name, past.report, now)
    runs = (*past.runs, sum_up_run(now)) if keeps else ()
    document["since"] = None if since is None else to_plain(since)
    document["history"] = to_plain(runs)
    return since, runs


def complete_report(document: dict[str, Any], past: Past, history: Path | None) -> dict[str, Any]:
    """Return a report with what changed, and keep it where there is a folder for that.

    Raises:
        ReportError: It cannot be kept.
    """
    add_past(document, past, keeps=history is not None)
    if history is not None:
        keep_report(document, history)
    return document


def keep_report(document: Mapping[str, Any], folder: Path) -> Path:
    """Keep a report in a folder, and of all that are kept there the last hundred.

    Raises:
        ReportError: It cannot be written.
    """
    # What it says of earlier runs stands in their own reports.
    own = {key: value for key, value in document.items() if key not in ("since", "history")}
    path = write_report(own, folder, folder=True)
    for old in _list_ours(folder)[:-_MOST_KEPT]:
        # Another run may have removed it.
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def _read_newest(folder: Path) -> Iterator[tuple[str, Earlier]]:
    """Yield the reports of a folder, the newest first; what is none is passed over."""
    found = [(_tell_time(path), path) for path in folder.glob("*.json") if path.is_file()]
    for _, path in sorted(found, reverse=True):
        with contextlib.suppress(EarlierError):
            yield path.name, _read(path)


def _tell_time(path: Path) -> str:
    """Return when a report was written, as text that sorts; a copied file keeps its name."""
    ours = _OURS.fullmatch(path.name)
    if ours is not None:
        return ours[1]
    try:
        changed = path.stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(changed, UTC).strftime("%Y%m%dT%H%M%S.%f")


def _list_ours(folder: Path) -> list[Path]:
    """Return the kept reports, oldest first; other files are nobody's business."""
    return sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))


def _read(path: Path) -> Earlier:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise EarlierError(str(path), f"has more than {_MOST_BYTES >> 20} MiB")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise EarlierError(str(path), f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise EarlierError(str(path), "is no JSON") from None
    try:
        return read_earlier(document)
    except ValueError as error:
        raise EarlierError(str(path), clean_name(str(error))) from None
