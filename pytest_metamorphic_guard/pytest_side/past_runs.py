"""Earlier runs: what changed since one of them, and the folder in which reports are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.pytest_side.files import Written
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.report.run_in_brief import PastRun
    from pytest_metamorphic_guard.report.since import Since

__all__ = ["PastRuns"]


class PastRuns:
    """Compares a session with an earlier one, and keeps its report.

    Args:
        session: What read the earlier report.
    """

    def __init__(self, session: GuardSession) -> None:
        self._session = session
        self._since: Since | None = None
        self._runs: tuple[PastRun, ...] = ()
        self._is_done = False

    def complete(self, document: dict[str, Any], *, partial: bool) -> Iterator[Written]:
        """Write into a report what changed, and keep it where that is asked for.

        Args:
            document: The report.
            partial: Whether executions are missing.
        """
        past, settings = self._session.past, self._session.settings
        if past is None:
            return
        # Not loaded for a run without earlier ones, which starts sooner.
        from pytest_metamorphic_guard.evaluation.past.earlier_reports import add_past, keep_report
        from pytest_metamorphic_guard.evaluation.report_file import ReportError
        from pytest_metamorphic_guard.pytest_side.files import Written

        if settings.shard is not None or self._session.replay is not None:
            yield Written("a share of a run, or a replay, is not compared with whole runs or kept")
            return
        folder = None if partial else settings.history
        self._since, self._runs = add_past(document, past, keeps=folder is not None)
        self._is_done = True
        if folder is None:
            return
        try:
            path = keep_report(document, folder)
        except ReportError as error:
            yield Written(f"--mg-history: {error.fault}: {folder}", "ReportError")
        else:
            yield Written(f"kept: {path}")

    def describe(self, width: int) -> list[str]:
        """Return what the terminal shows, in lines of so many columns."""
        past, folder = self._session.past, self._session.settings.history
        if past is None or not self._is_done:
            return []
        # Not loaded for a run without earlier ones, which starts sooner.
        from pytest_metamorphic_guard.report.since_lines import describe_changes, describe_history

        lines = [] if self._since is None else describe_changes(self._since, width)
        if past.asked and self._since is None:
            lines.append("--mg-compare: there is no earlier report yet")
        if self._runs and folder is not None:
            lines += describe_history(self._runs, folder.name, width)
        if past.unread:
            lines.append(f"--mg-history: {past.unread} of the files there cannot be read")
        return lines

    @property
    def markdown(self) -> list[str]:
        """What changed, as parts of a page of Markdown."""
        if self._since is None:
            return []
        # Not loaded for a run without earlier ones, which starts sooner.
        from pytest_metamorphic_guard.report.markdown import render_since

        return render_since(self._since)
