"""How well the executor dask keeps the workers of a cluster busy, and what a call costs.

    python benchmarks/cluster.py                 # 400 calls of 20 ms
    python benchmarks/cluster.py --calls=2000    # as the documentation has it

The calls sleep, so that a few processors do for any number of workers. The ideal is their time
divided by the number of workers; a row also says how long they really slept, since a busy machine
wakes nobody in time. Costs are processor time of this process and all processes of the cluster.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import distributed
import psutil  # comes with Dask

from pytest_metamorphic_guard.contracts.executors import Call
from pytest_metamorphic_guard.loading import load_executor

CANDIDATE = """
import time


def sleep(x):
    begun = time.perf_counter()
    time.sleep(0.02)
    return time.perf_counter() - begun


def add(x):
    return x + 1
"""
SLEEP_S = 0.02


def add(x: int) -> int:
    return x + 1


def measure_cpu() -> float:
    """Return the seconds that this process and those of the cluster have computed so far."""
    total = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        # Candidates' processes that have ended are their workers' children.
        total += times.user + times.system + times.children_user + times.children_system
    return total


def start(workers: int) -> Any:
    library: Any = distributed
    return library.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        host="127.0.0.1",
        silence_logs=40,
    )


def run_many(cluster: Any, file: str, function: str, count: int) -> tuple[float, float, list[Any]]:
    """Return the seconds and processor seconds of calls on warm workers, and what they returned."""
    loaded = load_executor("dask", {"address": cluster.scheduler_address})
    executor: Any = loaded.executor
    executor.warm_up(file, function, 5.0, 0)
    calls = (Call(file, function, (number,), 5.0, 0) for number in range(count))
    cpu_s, begun = measure_cpu(), time.perf_counter()
    results = [payload["result"] for payload in executor.execute_many(calls)]
    wall_s, cpu_s = time.perf_counter() - begun, measure_cpu() - cpu_s
    executor.close()
    return wall_s, cpu_s, results


def run_bare(cluster: Any, count: int) -> tuple[float, float]:
    """The same with Dask alone: a task per call, and nothing isolated."""
    library: Any = distributed
    with library.Client(cluster, set_as_default=False) as client:
        client.submit(add, 0, pure=False).result()
        cpu_s, begun = measure_cpu(), time.perf_counter()
        client.gather(client.map(add, range(count), pure=False))
        return time.perf_counter() - begun, measure_cpu() - cpu_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=400, help="calls that sleep 20 ms (400)")
    count = parser.parse_args().calls
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "candidate.py"))
        Path(file).write_text(CANDIDATE)
        for workers in (1, 2, 4):
            with start(workers) as cluster:
                wall_s, _, slept = run_many(cluster, file, "sleep", count)
            ideal_s = count * SLEEP_S / workers
            real_s = sum(slept) / workers
            print(
                f"{workers} workers: {count} calls of 20 ms in {wall_s:.2f} s, "
                f"{ideal_s / wall_s:.3f} of ideal ({real_s / wall_s:.3f} of what they slept)"
            )
        with start(2) as cluster:
            wall_s, cpu_s, _ = run_many(cluster, file, "add", count)
            print(f"dask, isolated: {1e3 * wall_s / count:.2f} ms a call, ", end="")
            print(f"{1e3 * cpu_s / count:.2f} ms of processor time")
            wall_s, cpu_s = run_bare(cluster, count)
            print(f"bare Dask: {1e3 * wall_s / count:.2f} ms a call, ", end="")
            print(f"{1e3 * cpu_s / count:.2f} ms of processor time")


if __name__ == "__main__":
    main()
