"""The warnings a user can filter by name, and how those about a whole run are given."""

from __future__ import annotations

import pytest

__all__ = ["MetamorphicGuardWarning", "MonitorAlertWarning", "warn_of_item", "warn_of_run"]

_ADVICE = (
    "-W error makes this warning an error; after it,"
    " -W default::pytest_metamorphic_guard.MetamorphicGuardWarning leaves it one"
)


class MetamorphicGuardWarning(pytest.PytestWarning):
    """Something that fails no item and that a user should know."""


class MonitorAlertWarning(MetamorphicGuardWarning):
    """An alert of a monitor, or an inconclusive gate, that does not fail the run."""


def warn_of_run(config: pytest.Config, text: str) -> None:
    """Say before the first item what is odd about the run.

    Raises:
        pytest.UsageError: ``-W error`` asks for that.
    """
    try:
        config.issue_config_time_warning(MetamorphicGuardWarning(text), stacklevel=3)
    except MetamorphicGuardWarning:
        raise pytest.UsageError(f"{text} ({_ADVICE})") from None


def warn_of_item(item: pytest.Item, text: str) -> None:
    """Say what fails no item and should be known of this one; it fails under ``-W error``."""
    try:
        item.warn(MetamorphicGuardWarning(text))
    except MetamorphicGuardWarning as warning:
        raise pytest.fail.Exception(str(warning), pytrace=False) from None
