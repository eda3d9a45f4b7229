"""Known violations of a session: what became of them, and those that are proposed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.pytest_side.abort import refuse_run
from pytest_metamorphic_guard.pytest_side.synthetic_items import Synthetic

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_metamorphic_guard.contracts.known import KnownViolation
    from pytest_metamorphic_guard.evaluation.gathered import Gathered
    from pytest_metamorphic_guard.evaluation.known.covering import KnownViolations
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.report.known_record import KnownRecord

__all__ = ["KnownNames", "KnownRuns"]


class KnownNames:
    """Refuses a run whose file of known violations names what its tasks have not.

    Args:
        session: What owns the file, and saw the tasks.
        known: What the file says.
    """

    def __init__(self, session: GuardSession, known: KnownViolations) -> None:
        self._session = session
        self._known = known

    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        faults = self._known.find_faults(self._session.seen_tasks)
        if faults and not session.testsfailed:
            said = "\n".join(f"--mg-known: {fault}" for fault in faults)
            refuse_run(self._session.config, said, items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        # All processes of a run judge by the same day.
        node.workerinput["mg_today"] = self._known.today


class KnownRuns:
    """Follows the file of known violations.

    Args:
        session: What owns the file and the settings.
    """

    def __init__(self, session: GuardSession) -> None:
        self._session = session
        self.records: tuple[KnownRecord, ...] = ()

    @property
    def entries(self) -> tuple[KnownViolation, ...]:
        """What the file says."""
        return self._session.known.entries if self._session.known is not None else ()

    @property
    def markdown(self) -> list[str]:
        """What became of them, as parts of a page of Markdown."""
        if not self.records:
            return []
        # Not loaded for a run without known violations, which starts sooner.
        from pytest_metamorphic_guard.report.markdown import render_known

        return render_known(self.records)

    def follow(self, gathered: Gathered, *, interrupted: bool) -> list[Synthetic]:
        """Find out what became of them; return what fails the run where one occurs no more."""
        settings, known = self._session.settings, self._session.known
        if known is None:
            return []
        # Not loaded for a run without known violations, which starts sooner.
        from pytest_metamorphic_guard.evaluation.known.standing import list_known
        from pytest_metamorphic_guard.report.known_lines import list_stale

        # A part of the inputs does not tell whether something occurs no more.
        is_whole = not (interrupted or self._session.replay or settings.shard)
        self.records = list_known(known.entries, gathered.items, is_whole=is_whole)
        if not (is_whole and settings.known_strict):
            return []
        return [Synthetic("known", "NoLongerOccurs", list_stale(self.records, known.name))]

    def describe(self, width: int) -> list[str]:
        """Return what the terminal shows of them, in lines of so many columns."""
        if self._session.known is None:
            return []
        # Not loaded for a run without known violations, which starts sooner.
        from pytest_metamorphic_guard.report.known_lines import describe_known

        return describe_known(self.records, self._session.known.name, width)

    def propose(self, gathered: Gathered, failed: Collection[str], *, rejected: bool) -> list[str]:
        """Propose known violations where that is asked for; return what became of the file.

        Args:
            gathered: What items brought.
            failed: The tests that failed.
            rejected: Whether the gate adopts nothing, for whatever rate.
        """
        path = self._session.settings.write_known
        if path is None:
            return []
        # Not loaded for a run that proposes nothing, which starts sooner.
        from pytest_metamorphic_guard.evaluation.known.proposing import propose, write_proposal

        found = [
            (node, result)
            for node, result in sorted(gathered.items.items())
            if result.inputs and node not in gathered.expected
            if rejected or node in failed
        ]
        today = datetime.now().astimezone().date()
        return [write_proposal(path, propose(found, self._session.redaction.hide, today))]
