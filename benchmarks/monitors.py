"""What it costs to show one record to a monitor, in this process and in the monitor's own.

    python benchmarks/monitors.py --records 20000

Targets: below 5 us per record in this process, below 20 us in a process of its own.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.hosting import host_monitor
from pytest_metamorphic_guard.watch.setting_up import load_monitors

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = (
    "latency",
    "success_rate",
    "trend",
    "fairness_gap",
    "resource_usage",
    "llm_cost",
    "flakiness",
    "output_drift",
    "errors",
)


class Counting:
    """The least that a stranger's monitor can do."""

    def __init__(self) -> None:
        self.n = 0

    def record(self, record: MonitorRecord) -> None:
        """Count."""
        del record
        self.n += 1

    def finalize(self) -> dict[str, Any]:
        """Return the count."""
        return {"id": "counting", "summary": {"n": self.n}, "alerts": []}


def make_records(count: int) -> list[MonitorRecord]:
    rng = random.Random(1)
    return [
        MonitorRecord(
            i // 2,
            role,
            rng.lognormvariate(0, 0.3),
            True,
            {
                "success": True,
                "result": [i, i + 1, i + 2],
                "duration_ms": 1.0,
                "stdout": "",
                "stderr": "",
                "resource_usage": {"cpu_ms": 1.25, "peak_memory_mb": 24.5},
            },
            "task::relation",
            group="ab"[i % 4 // 2],
            cpu_ns=1_250_000,
        )
        for i, role in enumerate(("baseline", "candidate") * (count // 2))
    ]


def measure(
    factory: Any, metadata: Mapping[str, Any], records: list[MonitorRecord]
) -> tuple[float, float, float]:
    """Return milliseconds to launch, microseconds per record, milliseconds to finalize."""
    begun = time.perf_counter()
    handle = host_monitor(factory, {}, metadata, PluginIdentity("monitor", "m"))
    handle.start(MonitorContext("task", len(records)))
    launched = time.perf_counter()
    for record in records:
        handle.record(record)
    recorded = time.perf_counter()
    handle.finalize()
    finished = time.perf_counter()
    handle.close()
    assert not handle.faults, handle.faults
    return (
        (launched - begun) * 1e3,
        (recorded - launched) / len(records) * 1e6,
        (finished - recorded) * 1e3,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    records = make_records(arguments.records)
    factories = {loaded.id: loaded.factory for loaded in load_monitors(NAMES)}
    factories["a stranger's"] = Counting
    print(
        f"{'best of ' + str(arguments.rounds):16} {'in this process':>28} {'its own process':>28}"
    )
    print(f"{'':16}" + f"{'launch':>10}{'record':>10}{'finalize':>9}" * 2)
    for name, factory in factories.items():
        cells = ""
        for metadata in ({}, {"sandbox": True}):
            rounds = [measure(factory, metadata, records) for _ in range(arguments.rounds)]
            launch, record, finalize = (min(column) for column in zip(*rounds, strict=True))
            cells += f"{launch:7.1f} ms{record:7.2f} us{finalize:6.0f} ms"
        print(f"{name:16}{cells}")


if __name__ == "__main__":
    main()
