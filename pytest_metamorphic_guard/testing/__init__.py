"""For authors of plugins: check that an executor keeps its contract, and what else it promises."""

from pytest_metamorphic_guard.testing.check import check_executor
from pytest_metamorphic_guard.testing.reports import (
    CheckResult,
    ExecutorContractError,
    ExecutorReport,
)

__all__ = ["CheckResult", "ExecutorContractError", "ExecutorReport", "check_executor"]
