"""What one call of a program costs through the executor ``command``, beside bare pipes.

Run ``python benchmarks/command_cost.py``. Both sides exchange the same lines with the same awk
program; the bare side has no limits, no confinement and no checks.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.command import CommandExecutor

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(__file__).parents[1] / "examples/check_a_program/protocol/sum.awk"
WORDS = ["mawk", "-W", "interactive"] if shutil.which("mawk") else ["awk"]


def measure(call: Callable[[int], object], number: int) -> tuple[float, float]:
    """Return the median wall time and the mean CPU time of the host, per call in microseconds."""
    for warm in range(20):
        call(warm)
    took, cpu = [], time.process_time()
    for index in range(number):
        begun = time.perf_counter()
        call(index)
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1e6, (time.process_time() - cpu) / number * 1e6


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--starts", type=int, default=50)
    given = parser.parse_args()
    command = f"command: {' '.join(WORDS)} -f {PROGRAM}"

    words = [*WORDS, "-f", str(PROGRAM)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:
        stdin, stdout = bare.stdin, bare.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(index: int) -> object:
            request = {"id": index, "function": "solve", "args": [[index, 2.5]]}
            stdin.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
            stdin.flush()
            return json.loads(stdout.readline())["result"]

        print(
            "warm, bare pipes:     {:8.0f} us, host CPU {:6.0f} us".format(
                *measure(ask, given.calls)
            )
        )
        stdin.close()
    executor = CommandExecutor()
    asked = measure(lambda i: executor.execute(command, "solve", ([i, 2.5],), 5, 512), given.calls)
    print("warm, executor:       {:8.0f} us, host CPU {:6.0f} us".format(*asked))
    executor.close()

    started = measure(lambda _: subprocess.run(["true"], check=True), given.starts)
    print("once, subprocess.run: {:8.0f} us, host CPU {:6.0f} us".format(*started))
    config = {"mode": "once", "output": "text"}
    once = CommandExecutor(config)
    called = measure(lambda _: once.execute("command: true", "solve", (), 5, 512), given.starts)
    print("once, executor:       {:8.0f} us, host CPU {:6.0f} us".format(*called))
    once.close()


if __name__ == "__main__":
    main()
