"""The hooks that other plugins and a conftest.py may implement."""

from __future__ import annotations

import pytest


@pytest.hookspec()
def pytest_mg_monitors(config: pytest.Config) -> list[str]:
    """Return specifications of further monitors, as ``--mg-monitor`` takes them."""
    raise AssertionError(config)  # a specification is never called
