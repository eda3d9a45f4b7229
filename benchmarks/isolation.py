"""What a call costs on each level of isolation, beside a new interpreter and a pool of processes.

All ways are measured in turn, round by round, so that a change of the machine's mood meets all of
them; shown is the median over all calls. What hardening adds is measured call by call in turn, as a
baseline and a candidate are called. Run: python benchmarks/isolation.py [rounds]
"""

import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from pytest_metamorphic_guard.executors.local import LocalExecutor

SOURCE = """
{extra}
def solve(x):
    return x
"""
ONE_CALL = """
import pickle, sys
{extra}
solve = lambda x: x
pickle.dump(solve(pickle.load(sys.stdin.buffer)), sys.stdout.buffer)
"""
LEVELS = ("worker", "fork", "fresh", "spawn")
MEM_MB = 1024


def solve(x: object) -> object:
    return x


def make_local(
    folder: Path, extra: str, **config: object
) -> tuple[LocalExecutor, Callable[..., object]]:
    path = folder / ("plain.py" if not extra else "with_numpy.py")
    path.write_text(SOURCE.format(extra=extra))
    executor = LocalExecutor(config)

    def call(x: object) -> object:
        payload = executor.execute(str(path), "solve", (x,), 30.0, MEM_MB)
        assert payload["success"], payload["error"]
        return payload["result"]

    return executor, call


def call_new_interpreter(extra: str) -> Callable[[object], object]:
    code = ONE_CALL.format(extra=extra)

    def call(x: object) -> object:
        done = subprocess.run(
            [sys.executable, "-c", code], input=pickle.dumps(x), stdout=subprocess.PIPE, check=True
        )
        return pickle.loads(done.stdout)

    return call


def measure(
    ways: dict[str, tuple[Callable[..., object], int]], x: object, rounds: int
) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for call, _ in ways.values():
        call(x)
    for _ in range(rounds):
        for name, (call, count) in ways.items():
            for _ in range(count):
                start = time.perf_counter()
                call(x)
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}


def compare(title: str, x: object, extra: str, rounds: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pool = stack.enter_context(ProcessPoolExecutor(1))
        ways: dict[str, tuple[Callable[..., object], int]] = {
            "direct call": (solve, 400),
            "process pool (no limits)": (lambda value: pool.submit(solve, value).result(), 100),
            "new interpreter": (call_new_interpreter(extra), 2),
        }
        for level in LEVELS:
            executor, call = make_local(folder, extra, isolation=level)
            stack.callback(executor.close)
            ways[f"local: {level}"] = (call, {"worker": 400, "spawn": 2}.get(level, 40))
        found = measure(ways, x, rounds)
    print(f"\n{title}")
    print(f"{'':28}{'median':>12}{'/ interpreter':>16}{'/ pool':>10}{'above direct':>16}")
    base, direct = found["new interpreter"], found["direct call"]
    for name, micros in found.items():
        beside_pool = micros / found["process pool (no limits)"]
        print(
            f"{name:28}{micros:9.1f} us{f'1/{base / micros:,.0f}':>16}{beside_pool:10.2f}"
            f"{micros - direct:13.1f} us"
        )


def compare_hardening(title: str, x: object, extra: str, rounds: int) -> None:
    print(f"\nhardening, {title}")
    for level, count in (("worker", 800), ("fork", 80), ("fresh", 80)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            ways: dict[str, tuple[Callable[..., object], int]] = {}
            # Each twice: the second pair shows what a difference of nothing looks like.
            for number in (1, 2):
                for harden in ("auto", "off"):
                    executor, call = make_local(folder, extra, isolation=level, harden=harden)
                    stack.callback(executor.close)
                    ways[f"{harden} {number}"] = (call, 1)
            found = measure(ways, x, count * rounds // 10)
        cost = (found["auto 1"] + found["auto 2"]) / (found["off 1"] + found["off 2"]) - 1
        noise = found["off 1"] / found["off 2"] - 1
        print(f"{level:8} {cost:+.1%} per call (one unhardened beside another: {noise:+.1%})")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    array = np.linspace(0, 1, 10_000).reshape(100, 100)
    for title, x, extra in (
        ("20 integers", list(range(20)), ""),
        ("numpy array of 100x100, numpy imported", array, "import numpy"),
    ):
        compare(title, x, extra, rounds)
        compare_hardening(title, x, extra, rounds)


if __name__ == "__main__":
    main()
