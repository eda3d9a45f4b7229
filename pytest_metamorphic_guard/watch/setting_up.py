"""From what users asked for to hosted monitors: names, options and ids are checked all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import ENTRY_POINT_GROUP
from pytest_metamorphic_guard.loading import find_plugins, load_plugin, read_metadata
from pytest_metamorphic_guard.watch.hosting.handles import MonitorHandle, host_monitor
from pytest_metamorphic_guard.watch.specs import (
    MonitorSpec,
    MonitorSpecError,
    assign_ids,
    find_monitor_name,
    find_option,
    find_option_faults,
    parse_monitor_spec,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
    from pytest_metamorphic_guard.watch.hosting.limits import Limits

__all__ = ["LoadedMonitor", "load_monitors"]

_OURS = "pytest_metamorphic_guard.monitors."


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedMonitor:
    """A monitor that is ready to be made.

    Attributes:
        id: Its unique name.
        spec: What the user asked for.
        identity: The plugin it comes from.
        factory: What makes it.
        metadata: Its ``PLUGIN_METADATA``.
    """

    id: str
    spec: MonitorSpec
    identity: PluginIdentity
    factory: Any
    metadata: Mapping[str, Any]

    @property
    def repeats(self) -> int:
        """How often it wants each call to be made: its option of that name, else once."""
        return max(1, self._read_count("repeats") or 1)

    @property
    def sample(self) -> int | None:
        """On how many inputs it wants repetitions: its option of that name; None for all."""
        return self._read_count("sample") or None

    @property
    def compares_durations(self) -> bool:
        """Whether it compares how long calls take, as its attribute of that name says."""
        return getattr(self.factory, "compares_durations", False) is True

    @property
    def hash_seeds(self) -> int:
        """Under how many hash seeds it wants repetitions: its attribute of that name, else one."""
        value = getattr(self.factory, "hash_seeds", 1)
        return value if isinstance(value, int) and not isinstance(value, bool) else 1

    def host(self, limits: Limits | None = None, *, label: str | None = None) -> MonitorHandle:
        """Make the monitor and return its handle, whatever the monitor does.

        Args:
            limits: Bounds on its time and output.
            label: The candidate it watches, where there are several; it becomes part of the id.
        """
        return host_monitor(
            self.factory,
            self.spec.options,
            self.metadata,
            self.identity,
            id=self.id if label is None else f"{self.id}[{label}]",
            severity=self.spec.severity,
            required=self.spec.required,
            limits=limits,
        )

    def _read_count(self, option: str) -> int | None:
        value = find_option(self.factory, self.spec.options, option)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def load_monitors(texts: Sequence[str]) -> tuple[LoadedMonitor, ...]:
    """Load the monitors that these specifications name.

    Raises:
        MonitorSpecError: Faulty specifications, all of them at once.
        PluginError: A plugin does not load.
    """
    known = tuple(find_plugins(ENTRY_POINT_GROUP, "monitor")) if texts else ()
    faults: list[tuple[str, str]] = []
    specs: list[MonitorSpec] = []
    found: list[tuple[PluginIdentity, Any]] = []
    for text in texts:
        try:
            spec = parse_monitor_spec(text)
            name = find_monitor_name(spec.name, known)
        except MonitorSpecError as error:
            faults += [(text, fault) for _, fault in error.faults]
            continue
        identity, factory = load_plugin(ENTRY_POINT_GROUP, "monitor", name)
        faults += [(text, fault) for fault in _check_options(factory, spec.options)]
        specs.append(spec)
        found.append((identity, factory))
    if not faults:
        try:
            ids = assign_ids(specs)
        except MonitorSpecError as error:
            faults += error.faults
    if faults:
        raise MonitorSpecError(faults)
    return tuple(
        LoadedMonitor(
            id=unique,
            spec=spec,
            identity=identity,
            factory=factory,
            metadata=_read_metadata(factory),
        )
        for unique, spec, (identity, factory) in zip(ids, specs, found, strict=True)
    )


def _check_options(factory: Any, options: Mapping[str, Any]) -> list[str]:
    faults = find_option_faults(factory, options)
    if faults or not str(getattr(factory, "__module__", "")).startswith(_OURS):
        return faults
    # Ours check their values when they are made, and do nothing else then. A stranger's is made
    # where it cannot harm the session, so its refusal is reported as a fault of the monitor.
    try:
        factory(**options)
    except ValueError as error:
        return [str(error)]
    return []


def _read_metadata(factory: Any) -> Mapping[str, Any]:
    module = getattr(factory, "__module__", None) or type(factory).__module__
    try:
        return read_metadata(factory, module)
    except ImportError:  # a module that was never imported under its own name
        return {}
