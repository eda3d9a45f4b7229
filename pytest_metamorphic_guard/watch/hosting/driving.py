"""Drives one monitor object through its calls; used in this process and in a monitor's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.watch.hosting.faults import MonitorCallError, explain_exception
from pytest_metamorphic_guard.watch.hosting.results import MonitorResult, read_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext

__all__ = ["MonitorDriver"]

_OURS = "pytest_metamorphic_guard."


class MonitorDriver:
    """Makes one monitor and calls it; everything it raises leaves as `MonitorCallError`.

    Args:
        factory: A class or function that makes a monitor, or a monitor.
        options: Keyword arguments for the factory.

    Raises:
        MonitorCallError: It cannot be made, or lacks `record` or `finalize`.
    """

    def __init__(self, factory: Any, options: Mapping[str, Any]) -> None:
        self.recorded = 0
        self._monitor = _make(factory, options)
        for method in ("record", "finalize"):
            if not callable(getattr(self._monitor, method, None)):
                kind = type(self._monitor).__name__
                raise MonitorCallError(f"it is a {kind} without a method {method!r}")
        # Ours do not change the payloads that all monitors share; a stranger's might.
        self._shares = type(self._monitor).__module__.startswith(_OURS)

    def start(self, context: MonitorContext) -> None:
        """Call ``start``, where the monitor has it."""
        start = getattr(self._monitor, "start", None)
        if start is not None:
            _call("start()", start, context)

    def record(self, records: Sequence[MonitorRecord]) -> None:
        """Call ``record`` for each record of a batch."""
        record = self._monitor.record
        try:
            for item in records:
                record(item if self._shares else _copy(item))
                self.recorded += 1
        except BaseException as error:
            call = f"record() of record {self.recorded + 1}"
            raise MonitorCallError(explain_exception(call, error)) from error

    def finalize(self) -> tuple[MonitorResult, list[str]]:
        """Call ``finalize``, and ``describe`` where the monitor has it, and read the result."""
        value, line = self.conclude()
        return read_result(value, line)

    def conclude(self) -> tuple[object, object]:
        """Return what ``finalize`` and ``describe`` returned."""
        value = _call("finalize()", self._monitor.finalize)
        describe = getattr(self._monitor, "describe", None)
        line = _call("describe()", describe) if callable(describe) else None
        return value, line


def _make(factory: Any, options: Mapping[str, Any]) -> Any:
    # An object that already records is a monitor, even if it can be called.
    if not isinstance(factory, type) and callable(getattr(factory, "record", None)):
        if options:
            raise MonitorCallError("it is a monitor already and takes no options")
        return factory
    if not callable(factory):
        raise MonitorCallError(f"it is a {type(factory).__name__}, expected a class or factory")
    return _call("making it", lambda: factory(**options))


def _call(name: str, function: Callable[..., Any], *arguments: object) -> Any:
    try:
        return function(*arguments)
    except BaseException as error:
        raise MonitorCallError(explain_exception(name, error)) from error


def _copy(record: MonitorRecord) -> MonitorRecord:
    # Positional, because dataclasses.replace takes four times as long.
    return MonitorRecord(
        record.case_index,
        record.role,
        record.duration_ms,
        record.success,
        dict(record.result),
        record.relation,
        record.kind,
        record.repeat,
        record.cpu_ns,
        record.error_type,
        record.group,
        record.task,
        record.held,
        record.metrics and dict(record.metrics),
        record.hash_seed,
    )
