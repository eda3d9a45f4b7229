"""Violations that a candidate has in common with one before it and with the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.report.headlines import write_headline
from pytest_metamorphic_guard.report.outcomes import are_same
from pytest_metamorphic_guard.report.page import Page

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.reproduction import Reproduction
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.runner.violations import Violation

__all__ = ["ShownViolations"]

_WIDTH = 80


class ShownViolations:
    """What one process has shown in full, so that the same is not shown for every candidate."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], tuple[str, Violation]] = {}

    def find_like(
        self, where: str, run: Run, violation: Violation, reproduction: Reproduction
    ) -> str | None:
        """Return the short text of a violation whose like was shown in full, or None: show it.

        Alike are violations by the same input with the same outputs, where the baseline violates
        the relation, too: then the relation may be wrong rather than all of them.

        Args:
            where: What tells apart tasks of one name.
            run: The run of the item.
            violation: What it found.
            reproduction: How to see it again.
        """
        if violation.regression is not False:
            return None
        key = (where, f"{run.task.name}::{run.entry.name}")
        candidate = run.candidate.implementation.specification
        shown, before = self._shown.setdefault(key, (candidate, violation))
        if shown == candidate or not _is_like(violation, before):
            return None
        return _render(run, shown, reproduction)


def _is_like(violation: Violation, before: Violation) -> bool:
    fault, other = violation.candidate.fault, before.candidate.fault
    return (
        violation.case.key == before.case.key
        and fault is not None
        and other is not None
        and (fault.kind, fault.label) == (other.kind, other.label)
        and are_same(violation.candidate, before.candidate)
    )


def _render(run: Run, shown: str, reproduction: Reproduction) -> str:
    assert run.baseline is not None  # it violates the relation, too
    baseline = run.baseline.implementation.specification
    page = Page(_WIDTH)
    write_headline(page, run)
    page.row("like", f"{shown}, by the same input with the same outputs: see its failure")
    page.row("baseline", f"violates it too: no regression ({baseline})")
    page.command("reproduce", reproduction.command)
    return page.text()
