"""The files of a run: the report, and the page that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.evaluation.report_file import ReportError, write_report
from pytest_metamorphic_guard.report.document import to_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.report.contents import RunRecord
    from pytest_metamorphic_guard.settings import Settings

__all__ = ["Written", "write_files"]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one file.

    Attributes:
        line: Where it is, or why it is not.
        failed: Name of the error; None where it was written.
    """

    line: str
    failed: str | None = None


def write_files(run: RunRecord, settings: Settings) -> Iterator[Written]:
    """Write the files that were asked for, and say of each where it is."""
    document = to_document(run)
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
