"""What the reports of pytest bring to the one process that judges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.spending import Spent
from pytest_metamorphic_guard.evaluation.gathered import Fed, Gathered
from pytest_metamorphic_guard.evaluation.own_tests import OwnTest
from pytest_metamorphic_guard.evaluation.transport import ItemResult
from pytest_metamorphic_guard.pytest_side.items import RESULT_ATTRIBUTE
from pytest_metamorphic_guard.pytest_side.options import NO_CANDIDATE

if TYPE_CHECKING:
    import pytest

__all__ = ["add_report"]

# The mark of our items, by which a report without a result is known to be one of ours.
_MARK = "mg"


def add_report(gathered: Gathered, report: pytest.TestReport) -> None:
    """Take what one report carries; a repeated item replaces its earlier attempt."""
    if str(report.when) == "???":  # pytest-xdist's word for a worker that crashed
        gathered.lost.append(report.nodeid)
    data = json.loads(getattr(report, RESULT_ATTRIBUTE, None) or "null")
    if report.when == "call":
        gathered.fed.pop((report.nodeid, "call"), None)
    if data is not None:
        gathered.spent += [Spent(**part) for part in data["spent"]]
        if data["fed"]:
            pairs = tuple((monitor, text) for monitor, text in data["fed"])
            gathered.fed[report.nodeid, str(report.when)] = Fed(data["label"], pairs)
        if data["own"] is not None:
            _add_own(gathered, report, OwnTest.from_dict(data["own"]))
        if data["result"] is not None:
            _add_result(gathered, report, ItemResult.from_dict(data["result"]))
            return
    if report.skipped and NO_CANDIDATE in str(report.longrepr):
        gathered.without_candidate[report.nodeid] = None
    if _MARK in report.keywords and report.skipped:
        gathered.skipped[report.nodeid] = None
    if _MARK in report.keywords and report.failed and report.nodeid not in gathered.items:
        gathered.failed[report.nodeid] = report.duration


def _add_own(gathered: Gathered, report: pytest.TestReport, test: OwnTest) -> None:
    earlier = gathered.own_tests.get(report.nodeid)
    # A plugin that runs a failed test again reports each attempt.
    if earlier is None or earlier.outcome not in ("failed", "error"):
        gathered.own_tests[report.nodeid] = test


def _add_result(gathered: Gathered, report: pytest.TestReport, result: ItemResult) -> None:
    earlier = gathered.items.get(report.nodeid)
    gathered.failed.pop(report.nodeid, None)
    gathered.expected.discard(report.nodeid)
    if report.skipped and hasattr(report, "wasxfail") and result.verdict.status == "violated":
        gathered.expected.add(report.nodeid)
    gathered.outcomes[report.nodeid] = (report.outcome, report.duration)
    # Running a violated item again until it holds must not make its candidate a better one.
    if earlier is None or earlier.verdict.status != "violated":
        gathered.items[report.nodeid] = result
