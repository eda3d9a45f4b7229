"""One monitor of a session, wherever it runs; whatever it does, its handle answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pytest_metamorphic_guard.watch.hosting.faults import MonitorCallError, MonitorFault
from pytest_metamorphic_guard.watch.hosting.limits import Limits
from pytest_metamorphic_guard.watch.hosting.own_process import ProcessHost
from pytest_metamorphic_guard.watch.hosting.results import MonitorResult, Severity
from pytest_metamorphic_guard.watch.hosting.threads import ThreadHost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
    from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity

__all__ = ["MonitorHandle", "host_monitor"]

_BATCH = 500
_NO = ("", "0", "false", "no", "off")


class _Host(Protocol):
    def start(self, context: MonitorContext) -> None: ...

    def record(self, records: Sequence[MonitorRecord]) -> None: ...

    def finalize(self) -> tuple[MonitorResult, list[str]]: ...

    def close(self) -> None: ...


class MonitorHandle:
    """Passes calls to one monitor; after its first fault it receives nothing more.

    No method raises for anything that the monitor does.

    Attributes:
        id: Unique name within the session.
        identity: The plugin it comes from.
        severity: What all of its alerts count as, or None for what each says.
        required: Whether a decision needs its answer; True makes a missing one an error besides.
        is_ours: Whether it is one of the built-in monitors.
    """

    def __init__(  # noqa: PLR0913 - the settings of one monitor
        self,
        make_host: Callable[[], _Host],
        identity: PluginIdentity,
        *,
        id: str,  # noqa: A002 - the option's name
        severity: Severity | None,
        required: bool | None,
        is_ours: bool,
    ) -> None:
        self.id = id
        self.identity = identity
        self.severity = severity
        self.required = required
        self.is_ours = is_ours
        self._faults: list[MonitorFault] = []
        self._batch: list[MonitorRecord] = []
        self._result: MonitorResult | None = None
        self._host: _Host | None = None
        self._try(self._open, make_host)

    @property
    def faults(self) -> tuple[MonitorFault, ...]:
        """Every breach of the contract so far."""
        return tuple(self._faults)

    def start(self, context: MonitorContext) -> None:
        """Tell the monitor what will follow."""
        if self._host is not None:
            self._try(self._host.start, context)

    def record(self, record: MonitorRecord) -> None:
        """Take one record; the monitor sees it with the next batch."""
        self._batch.append(record)
        if len(self._batch) >= _BATCH:
            self._flush()

    def finalize(self) -> MonitorResult:
        """Return what the monitor concluded; an empty result if it failed."""
        if self._result is None:
            self._flush()
            self._result = MonitorResult(line="no result", answered=False)
            self._try(self._conclude)
        return self._result

    def close(self) -> None:
        """End what the monitor runs in."""
        host, self._host = self._host, None
        if host is not None:
            host.close()

    def _open(self, make_host: Callable[[], _Host]) -> None:
        self._host = make_host()

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if batch and self._host is not None:
            self._try(self._host.record, batch)

    def _conclude(self) -> None:
        if self._host is not None:
            self._result, faults = self._host.finalize()
            for did in faults:
                self._add_fault(did)

    def _try(self, call: Callable[..., object], *arguments: object) -> None:
        try:
            call(*arguments)
        except MonitorCallError as failure:
            self._add_fault(failure.did)
            self.close()

    def _add_fault(self, did: str) -> None:
        self._faults.append(MonitorFault(self.id, self.identity.distribution, did))


def host_monitor(  # noqa: PLR0913 - the settings of one monitor
    factory: Any,
    options: Mapping[str, Any],
    metadata: Mapping[str, Any],
    identity: PluginIdentity,
    *,
    id: str | None = None,  # noqa: A002 - the option's name
    severity: Severity | None = None,
    required: bool | None = None,
    limits: Limits | None = None,
) -> MonitorHandle:
    """Make a monitor and return its handle, whatever the monitor does.

    Args:
        factory: A class or function that makes the monitor, or the monitor itself.
        options: Keyword arguments for the factory.
        metadata: Its ``PLUGIN_METADATA``; ``sandbox`` asks for a process of its own.
        identity: The plugin, for messages.
        id: Unique name; the plugin's name unless given.
        severity: What all of its alerts are to count as.
        required: Whether a decision needs its answer; True makes a missing one an error besides.
        limits: Bounds on its time and output.
    """
    kind = ProcessHost if _wants_sandbox(metadata) else ThreadHost
    module = str(getattr(factory, "__module__", ""))
    return MonitorHandle(
        lambda: kind(factory, options, limits or Limits()),
        identity,
        id=id or identity.name,
        severity=severity,
        required=required,
        is_ours=module.startswith("pytest_metamorphic_guard.monitors."),
    )


def _wants_sandbox(metadata: Mapping[str, Any]) -> bool:
    wanted = metadata.get("sandbox", False)
    return wanted.strip().lower() not in _NO if isinstance(wanted, str) else bool(wanted)
