"""Records that users' own tests feed to monitors, on their way to where the monitors run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

__all__ = ["FedMonitor", "FedMonitors", "Feed", "decode_fed"]


@dataclass(slots=True)
class Feed:
    """Holds what the running test fed until its report takes it along."""

    _records: list[tuple[str, MonitorRecord]] = field(default_factory=list)

    def add(self, monitor: str, record: MonitorRecord) -> None:
        """Keep one record for one monitor."""
        self._records.append((monitor, record))

    def take(self) -> list[tuple[str, str]]:
        """Return ``(monitor, encoded record)`` pairs and forget them."""
        if not self._records:
            return []
        # Not loaded for a run that feeds no monitor, which starts sooner.
        from pytest_metamorphic_guard.watch.travel import encode_records

        taken = [(monitor, encode_records([record])) for monitor, record in self._records]
        self._records.clear()
        return taken


def decode_fed(pairs: Sequence[Sequence[str]]) -> list[tuple[str, MonitorRecord]]:
    """Read what `Feed.take` returned, also after it was JSON."""
    # Not loaded for a run that feeds no monitor, which starts sooner.
    from pytest_metamorphic_guard.watch.travel import decode_records

    return [(monitor, record) for monitor, text in pairs for record in decode_records(text)]


@dataclass(frozen=True, slots=True)
class FedMonitor:
    """A monitor as tests see it: it takes records; it concludes when the session ends."""

    id: str
    _feed: Feed

    def record(self, record: MonitorRecord) -> None:
        """Show the monitor one record of your own.

        Raises:
            TypeError: It is not what the contract calls a record.
        """
        self._feed.add(self.id, _check(record))


class FedMonitors(Mapping[str, FedMonitor]):
    """The session's monitors by their ids.

    Args:
        ids: The ids.
        feed: Takes the records.
    """

    def __init__(self, ids: Sequence[str], feed: Feed) -> None:
        self._monitors = {monitor: FedMonitor(monitor, feed) for monitor in ids}

    def __getitem__(self, monitor: str) -> FedMonitor:
        try:
            return self._monitors[monitor]
        except KeyError:
            known = ", ".join(self._monitors) or "none; pass --mg-monitor=NAME"
            raise KeyError(f"no monitor {monitor!r}; this session has: {known}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._monitors)

    def __len__(self) -> int:
        return len(self._monitors)


_CONTRACT = {
    "case_index": int,
    "role": str,
    "duration_ms": int | float,
    "success": bool,
    "result": Mapping,
}


def _check(record: object) -> MonitorRecord:
    """Return it as our record; another distribution's record has the contract's fields alone."""
    # Not loaded for a run that feeds no monitor, which starts sooner.
    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord

    for name, kind in _CONTRACT.items():
        value = getattr(record, name, None)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            found = type(value).__name__ if hasattr(record, name) else "nothing"
            raise TypeError(f"no MonitorRecord: {name} is {found}, in {record!r:.200}")
    if isinstance(record, MonitorRecord):
        return record
    names = (f.name for f in fields(MonitorRecord))
    return MonitorRecord(**{name: getattr(record, name) for name in names if hasattr(record, name)})
