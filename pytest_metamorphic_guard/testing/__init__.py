"""For authors of plugins: check that an executor or a monitor keeps its contract."""

from pytest_metamorphic_guard.testing.check_results import (
    CheckResult,
    ExecutorContractError,
    ExecutorReport,
)
from pytest_metamorphic_guard.testing.conformance import check_executor
from pytest_metamorphic_guard.testing.monitors import (
    MonitorCheckReport,
    MonitorContractError,
    check_monitor,
)

__all__ = [
    "CheckResult",
    "ExecutorContractError",
    "ExecutorReport",
    "MonitorCheckReport",
    "MonitorContractError",
    "check_executor",
    "check_monitor",
]
