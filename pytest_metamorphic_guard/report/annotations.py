"""Violations for services that show them beside the code: GitHub's annotations, GitLab's report.

What is shown is a candidate's too, so all of it goes through the escapes of the service: none can
end an annotation, or begin another command.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import clean, clean_line, cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.report.contents import ViolationRecord

__all__ = ["Annotation", "list_annotations", "write_code_quality", "write_commands"]

_MOST = 50
_MOST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Annotation:
    """One violation at the line of its declaration.

    Attributes:
        file: The file, relative to the root of the repository.
        line: The line, from 1.
        title: The entry and the candidate.
        text: What the terminal shows of it.
        is_failure: Whether its item failed; a rate may allow for it.
        identity: What it has in common with the same violation of another run.
    """

    file: str
    line: int
    title: str
    text: str
    is_failure: bool
    identity: str


def list_annotations(
    violations: Iterable[ViolationRecord], failed: Iterable[str], prefix: str
) -> list[Annotation]:
    """Return an annotation for every violation whose declaration has a line.

    Args:
        violations: The violations.
        failed: Node ids of the items that failed.
        prefix: The folder that their locations refer to, relative to the root of the repository.
    """
    failures = set(failed)
    found = []
    for violation in violations:
        where = violation.shown.location if violation.shown is not None else ""
        file, _, line = where.rpartition(":")
        if not file or not line.isdecimal():
            continue
        title = f"{violation.task}.{violation.relation} is violated by {violation.candidate}"
        found.append(
            Annotation(
                file=_join(prefix, file),
                line=int(line),
                title=clean_line(title, 200),
                text=cut(clean(violation.message), _MOST_TEXT),
                is_failure=violation.node_id in failures,
                identity=f"{violation.node_id} {violation.relation}",
            )
        )
    return found


def write_commands(annotations: Iterable[Annotation]) -> list[str]:
    """Return the workflow commands that annotate violations on GitHub, at most 50."""
    lines = []
    for one in list(annotations)[:_MOST]:
        level = "error" if one.is_failure else "warning"
        where = f"file={_escape_property(one.file)},line={one.line}"
        title = _escape_property(one.title)
        lines.append(f"::{level} {where},title={title}::{_escape(one.text)}")
    return lines


def write_code_quality(annotations: Iterable[Annotation]) -> str:
    """Return GitLab's code quality report, a JSON list."""
    rows: list[dict[str, Any]] = [
        {
            "description": one.title,
            "check_name": "metamorphic-guard",
            "fingerprint": hashlib.sha256(one.identity.encode("utf-8", "replace")).hexdigest(),
            "severity": "major" if one.is_failure else "minor",
            "location": {"path": one.file, "lines": {"begin": one.line}},
        }
        for one in annotations
    ]
    return json.dumps(rows, indent=2) + "\n"


def _join(prefix: str, file: str) -> str:
    return file if prefix in ("", ".") or file.startswith("/") else f"{prefix}/{file}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
