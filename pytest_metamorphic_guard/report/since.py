"""What changed between two reports: violations, rates and monitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import Interval  # noqa: TC001 - of a record
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.earlier import Earlier, PastMonitor, PastSample

__all__ = ["Change", "MonitorChange", "RateChange", "Since", "find_changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry whose violation came, went or stayed.

    Attributes:
        entry: What was checked.
        input: The violated input, of the later run where it has one.
        note: What more is to be said; may be empty.
    """

    entry: str
    input: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """On how many inputs an entry held for the candidate, then and now.

    Attributes:
        entry: What was checked.
        passed_before: Inputs on which it held then, of ``ran_before``.
        passed: Inputs on which it holds now, of ``ran``.
        pairs: Both on the same inputs, the earlier run as the baseline; None for other inputs.
        interval: Of the difference at 95 %, from the pairs.
    """

    entry: str
    passed_before: int
    ran_before: int
    passed: int
    ran: int
    pairs: PairedCounts | None = None
    interval: Interval | None = None

    @property
    def changed(self) -> bool:
        """Whether another share of the inputs holds, or it holds on others."""
        if self.pairs is not None:
            return bool(self.pairs.regressions or self.pairs.improvements)
        return self.passed_before * self.ran != self.passed * self.ran_before


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorChange:
    """What a monitor said then and now; an empty status stands for a run without it."""

    monitor: str
    before: str
    now: str
    line_before: str
    line: str
    new: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether its status or its alerts are others."""
        return self.before != self.now or bool(self.new or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What changed since an earlier report.

    Attributes:
        file: Name of its file.
        started_at: When its run began.
        before: What it decided; None for nothing.
        now: What is decided now.
        new: What is violated now and was not.
        gone: What was violated and holds now.
        unchanged: What is violated in both.
        unknown: What was violated, and did not run to its end now.
        rates: The rates that both have, in the order of their names.
        monitors: The monitors of either.
    """

    file: str
    started_at: str
    before: str | None
    now: str | None
    new: tuple[Change, ...]
    gone: tuple[Change, ...]
    unchanged: tuple[Change, ...]
    unknown: tuple[Change, ...]
    rates: tuple[RateChange, ...]
    monitors: tuple[MonitorChange, ...]


def find_changes(file: str, then: Earlier, now: Earlier) -> Since:
    """Return what changed from one run to a later one.

    Args:
        file: Name of the earlier report.
        then: The earlier run.
        now: The later one.
    """
    before, after = then.violations, now.violations
    return Since(
        file=file,
        started_at=then.started_at,
        before=then.outcome,
        now=now.outcome,
        new=tuple(
            Change(
                entry=name,
                input=after[name],
                note="" if name in then.held else "was not checked then",
            )
            for name in sorted(after.keys() - before.keys())
        ),
        gone=tuple(
            Change(entry=name, input=before[name]) for name in sorted(before.keys() & now.held)
        ),
        unchanged=tuple(
            Change(
                entry=name,
                input=after[name],
                note="" if before[name] == after[name] else f"was {before[name]}",
            )
            for name in sorted(before.keys() & after.keys())
        ),
        unknown=tuple(
            Change(entry=name, input=before[name])
            for name in sorted(before.keys() - after.keys() - now.held)
        ),
        rates=tuple(
            _compare_rates(name, then, now) for name in sorted(then.rates.keys() & now.rates.keys())
        ),
        monitors=tuple(
            _compare_monitors(name, then.monitors.get(name), now.monitors.get(name))
            for name in sorted(then.monitors.keys() | now.monitors.keys())
        ),
    )


def _compare_rates(name: str, then: Earlier, now: Earlier) -> RateChange:
    pairs = _pair(then.samples.get(name), now.samples.get(name))
    return RateChange(
        entry=name,
        passed_before=then.rates[name][0],
        ran_before=then.rates[name][1],
        passed=now.rates[name][0],
        ran=now.rates[name][1],
        pairs=pairs,
        interval=None if pairs is None else tango_interval(pairs),
    )


def _pair(before: PastSample | None, after: PastSample | None) -> PairedCounts | None:
    """Count inputs by how they came out in both runs; None where these had other inputs."""
    if before is None or after is None or before.sha256 != after.sha256:
        return None
    both = [f"{one}{two}" for one, two in zip(before.held, after.held, strict=False)]
    counts = PairedCounts(
        both_pass=both.count("11"),
        regressions=both.count("10"),
        improvements=both.count("01"),
        both_fail=both.count("00"),
    )
    return counts if counts.total else None


def _compare_monitors(
    name: str, before: PastMonitor | None, after: PastMonitor | None
) -> MonitorChange:
    then = {} if before is None else dict(before.alerts)
    now = {} if after is None else dict(after.alerts)
    return MonitorChange(
        monitor=name,
        before=before.status if before else "",
        now=after.status if after else "",
        line_before=before.line if before else "",
        line=after.line if after else "",
        new=tuple(now[kind] for kind in sorted(now.keys() - then.keys())),
        gone=tuple(then[kind] for kind in sorted(then.keys() - now.keys())),
    )
