"""The warnings a user can filter by name."""

from __future__ import annotations

import pytest

__all__ = ["MetamorphicGuardWarning", "MonitorAlertWarning"]


class MetamorphicGuardWarning(pytest.PytestWarning):
    """Something that fails no item and that a user should know."""


class MonitorAlertWarning(MetamorphicGuardWarning):
    """An alert of a monitor, or an inconclusive gate, that does not fail the run."""
