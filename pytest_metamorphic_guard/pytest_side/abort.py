"""Refuses a whole run once its tests are collected and before the first of them runs."""

from __future__ import annotations

import pytest

from pytest_metamorphic_guard.pytest_side.why_links import linked_usage_errors, note_refused

__all__ = ["refuse_run"]


def refuse_run(config: pytest.Config, message: str, items: list[pytest.Item]) -> None:
    """End the run with one message, also where several processes find the same fault.

    Raises:
        pytest.UsageError: In a run without workers.
    """
    if not hasattr(config, "workerinput"):
        with linked_usage_errors(config):
            raise pytest.UsageError(message)
    # The controller hears of nothing that a worker raises here, only of failed collections.
    report = pytest.CollectReport("", "failed", message, [])
    note_refused(report, message)
    config.hook.pytest_collectreport(report=report)
    items.clear()
