"""Where monitors run: beside the session's own work, so that a faulty one harms nobody else."""

from pytest_metamorphic_guard.watch.hosting.faults import MonitorCallError, MonitorFault
from pytest_metamorphic_guard.watch.hosting.handles import MonitorHandle, host_monitor
from pytest_metamorphic_guard.watch.hosting.limits import Limits
from pytest_metamorphic_guard.watch.hosting.results import MonitorResult, read_result

__all__ = [
    "Limits",
    "MonitorCallError",
    "MonitorFault",
    "MonitorHandle",
    "MonitorResult",
    "host_monitor",
    "read_result",
]
