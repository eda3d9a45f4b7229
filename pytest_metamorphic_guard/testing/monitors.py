"""What the author of a monitor runs in a test: does it keep the contract in every situation?"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.loading import read_metadata
from pytest_metamorphic_guard.values.records import Opaque
from pytest_metamorphic_guard.watch.hosting import Limits, MonitorResult, host_monitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MonitorCheckReport", "MonitorContractError", "check_monitor"]

_ROLES = ("baseline", "candidate")


class MonitorContractError(MetamorphicGuardError, AssertionError):
    """A monitor that breaks its contract.

    Args:
        monitor: Its name.
        faults: One sentence per breach.
    """

    def __init__(self, monitor: str, faults: Sequence[str]) -> None:
        super().__init__(monitor, tuple(faults))
        self.monitor = monitor
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = "".join(f"\n- {fault}" for fault in self.faults)
        return f"{self.monitor} breaks the monitor contract in {len(self.faults)} ways:{lines}"


@dataclass(frozen=True, slots=True)
class MonitorCheckReport:
    """What the check of a monitor found.

    Attributes:
        monitor: Its name.
        faults: One sentence per breach of the contract.
        advice: What the contract allows and a user will miss.
    """

    monitor: str
    faults: tuple[str, ...]
    advice: tuple[str, ...]

    def assert_contract(self) -> None:
        """Raise if the contract is broken.

        Raises:
            MonitorContractError: It names every fault.
        """
        if self.faults:
            raise MonitorContractError(self.monitor, self.faults)

    def __str__(self) -> str:
        kept = f"{self.monitor} keeps its contract"
        broken = f"{self.monitor} breaks its contract in {len(self.faults)} ways"
        return "\n".join(
            [
                broken if self.faults else kept,
                *(f"- {fault}" for fault in self.faults),
                *(f"- advice: {advice}" for advice in self.advice),
            ]
        )


def check_monitor(
    factory: Any, *, limits: Limits | None = None, **options: Any
) -> MonitorCheckReport:
    """Run a monitor through every situation that a session can bring about.

    It is shown no records, a candidate alone, both roles, failures, follow-ups and repetitions, and
    payloads of other executors; where it asks for a process of its own, it runs there too.

    Args:
        factory: The monitor's class, or a factory.
        limits: Bounds on its time; those of a session unless given.
        options: Its options.
    """
    checked = _Checked(factory, options, limits or Limits())
    faults = tuple(dict.fromkeys(checked.find_faults()))
    return MonitorCheckReport(checked.name, faults, tuple(dict.fromkeys(checked.advice)))


class _Checked:
    def __init__(self, factory: Any, options: dict[str, Any], limits: Limits) -> None:
        self._factory = factory
        self._options = options
        self._limits = limits
        self.name = str(getattr(factory, "__qualname__", type(factory).__qualname__))
        self.advice: list[str] = []

    def find_faults(self) -> Iterator[str]:
        results = {}
        for situation, records in _make_situations().items():
            results[situation], faults = self._run(records)
            yield from (f"{situation}: {fault}" for fault in faults)
        both = _make_situations()["both roles"]
        again, faults = self._run(both)
        if not faults and again != results["both roles"]:
            yield "the same records gave another result the second time"
        if not any(faults):
            yield from self._find_side_effects(results["no records"])
        if self._wants_process():
            there, faults = self._run(both, sandbox=True)
            yield from (f"in a process of its own: {fault}" for fault in faults)
            if not faults and there != results["both roles"]:
                yield "in a process of its own it gave another result"
        self._advise(results)

    def _run(
        self, records: Sequence[MonitorRecord], *, sandbox: bool = False
    ) -> tuple[MonitorResult, list[str]]:
        handle = host_monitor(
            self._factory,
            self._options,
            {"sandbox": sandbox},
            PluginIdentity("monitor", self.name),
            limits=self._limits,
        )
        try:
            handle.start(MonitorContext("task", len(records)))
            for record in records:
                handle.record(record)
            result = handle.finalize()
        finally:
            handle.close()
        return result, [fault.did for fault in handle.faults]

    def _find_side_effects(self, empty: MonitorResult) -> Iterator[str]:
        """Call it directly: a handle would keep it from changing what others see."""
        records = _make_situations()["both roles"]
        before = copy.deepcopy([record.result for record in records])
        monitor = self._factory(**self._options)
        start = getattr(monitor, "start", None)
        if start is not None:
            start(MonitorContext("task", len(records)))
        for record in records:
            monitor.record(record)
        if [record.result for record in records] != before:
            yield "record() changed the payload, which other monitors are shown too"
        untouched, faults = self._run([])
        if not faults and untouched != empty:
            yield "an instance shares state with another one: without records its result differs"

    def _wants_process(self) -> bool:
        module = getattr(self._factory, "__module__", None)
        metadata = read_metadata(self._factory, module) if module else {}
        return bool(metadata.get("sandbox"))

    def _advise(self, results: dict[str, MonitorResult]) -> None:
        for result in results.values():
            for alert in result.alerts:
                name = f"an alert of type {alert.type!r}"
                if "severity" not in alert.fields:
                    self.advice.append(f"{name} has no 'severity': it counts as an error")
                if not isinstance(alert.fields.get("message"), str):
                    self.advice.append(f"{name} has no 'message': users see its fields instead")
        if results["a candidate alone"].alerts:
            self.advice.append("it alerts on a candidate without a baseline")


def _make_situations() -> dict[str, list[MonitorRecord]]:
    both = [_make_record(i, role) for i in range(40) for role in _ROLES]
    return {
        "no records": [],
        "a candidate alone": [record for record in both if record.role == "candidate"],
        "both roles": both,
        "failures": [
            _make_record(i, role, success=False, error_type="timeout")
            for i in range(10)
            for role in _ROLES
        ],
        "follow-ups and repetitions": [
            _make_record(i, role, kind=kind, repeat=repeat)
            for i in range(5)
            for kind in ("source", "followup")
            for repeat in (0, 1)
            for role in _ROLES
        ],
        "payloads of other executors": [
            _make_record(i, role, payload=payload)
            for i, payload in enumerate(_ODD_PAYLOADS)
            for role in _ROLES
        ],
    }


_ODD_PAYLOADS: tuple[dict[str, Any], ...] = (
    {"success": True},
    {"success": True, "result": None},
    {"success": True, "result": Opaque("shop.Cart", "<Cart>")},
    {"success": True, "result": float("nan"), "resource_usage": None, "tokens_total": "many"},
    {"success": True, "result": [{}], "cost_usd": float("inf"), "duration_ms": None},
)


def _make_record(
    case_index: int, role: str, *, payload: dict[str, Any] | None = None, **fields: Any
) -> MonitorRecord:
    success = fields.pop("success", True)
    complete = {
        "success": success,
        "result": {"value": case_index},
        "error": "" if success else "too late",
        "stdout": "",
        "stderr": "",
        "duration_ms": 1.0 + case_index / 10,
        "resource_usage": {"cpu_ms": 0.5, "peak_memory_mb": 12.0},
    }
    return MonitorRecord(
        case_index,
        role,
        1.0 + case_index / 10,
        success,
        complete if payload is None else dict(payload),
        "task::relation",
        group="ab"[case_index % 2],
        cpu_ns=500_000,
        **fields,
    )
