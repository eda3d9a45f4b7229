"""Monitors, importable as ``metamorphic_guard.monitoring``: the contract and the built-in ones."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.monitoring import (
    ENTRY_POINT_GROUP,
    Monitor,
    MonitorContext,
    MonitorRecord,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.monitors.errors import ErrorsMonitor
    from pytest_metamorphic_guard.monitors.fairness_gap import FairnessGapMonitor
    from pytest_metamorphic_guard.monitors.flakiness import FlakinessMonitor
    from pytest_metamorphic_guard.monitors.latency import LatencyMonitor
    from pytest_metamorphic_guard.monitors.llm_cost import LLMCostMonitor
    from pytest_metamorphic_guard.monitors.output_drift import OutputDriftMonitor
    from pytest_metamorphic_guard.monitors.resource_usage import ResourceUsageMonitor
    from pytest_metamorphic_guard.monitors.success_rate import SuccessRateMonitor
    from pytest_metamorphic_guard.monitors.trend import TrendMonitor

__all__ = [
    "ENTRY_POINT_GROUP",
    "ErrorsMonitor",
    "FairnessGapMonitor",
    "FlakinessMonitor",
    "LLMCostMonitor",
    "LatencyMonitor",
    "Monitor",
    "MonitorContext",
    "MonitorRecord",
    "OutputDriftMonitor",
    "ResourceUsageMonitor",
    "SuccessRateMonitor",
    "TrendMonitor",
]

# A plugin that only inherits from Monitor does not pay for the statistics of the built-in ones.
_BUILT_IN = {
    "ErrorsMonitor": "errors",
    "FairnessGapMonitor": "fairness_gap",
    "FlakinessMonitor": "flakiness",
    "LLMCostMonitor": "llm_cost",
    "LatencyMonitor": "latency",
    "OutputDriftMonitor": "output_drift",
    "ResourceUsageMonitor": "resource_usage",
    "SuccessRateMonitor": "success_rate",
    "TrendMonitor": "trend",
}


def __getattr__(name: str) -> object:
    module = _BUILT_IN.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"pytest_metamorphic_guard.monitors.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
