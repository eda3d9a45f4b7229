"""The files of a run: the report, the page that is made of it, and what CI services show."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.evaluation.report_file import ReportError, write_report
from pytest_metamorphic_guard.report.annotations import (
    list_annotations,
    write_code_quality,
    write_commands,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_metamorphic_guard.report.contents import ViolationRecord
    from pytest_metamorphic_guard.settings import Settings

__all__ = ["Written", "annotate", "write_files"]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file.

    Attributes:
        line: Where it is, or why it is not.
        failed: Name of the error; None where it was written.
    """

    line: str
    failed: str | None = None


def write_files(document: Mapping[str, Any], settings: Settings) -> Iterator[Written]:
    """Write the files that were asked for, and say of each where it is."""
    if settings.report is not None:
        try:
            path = write_report(document, settings.report, folder=settings.report_folder)
        except ReportError as error:
            yield Written(str(error), "ReportError")
        else:
            yield Written(f"report: {path}")
    if settings.html is not None:
        # Not loaded for a run without a page, which starts sooner.
        from pytest_metamorphic_guard.report.html.writing import PageError, write_page

        try:
            write_page(document, settings.html)
        except PageError as error:
            yield Written(f"--mg-html={settings.html}: {error}", "PageError")
        else:
            yield Written(f"page: {settings.html}")


def annotate(
    violations: Iterable[ViolationRecord], failed: Iterable[str], here: Path, settings: Settings
) -> Iterator[Written]:
    """Show violations at their lines on GitHub, and write GitLab's report where it is asked for."""
    workspace = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or here
    prefix = Path(os.path.relpath(here, workspace)).as_posix()
    found = list_annotations(violations, failed, prefix)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in write_commands(found):
            yield Written(line)
    if settings.code_quality is not None:
        try:
            settings.code_quality.parent.mkdir(parents=True, exist_ok=True)
            settings.code_quality.write_text(write_code_quality(found), encoding="utf-8")
        except OSError as error:
            line = f"--mg-code-quality={settings.code_quality}: cannot write it: {error.strerror}"
            yield Written(line, "ReportError")
        else:
            yield Written(f"code quality: {settings.code_quality}")
