"""What a gate costs: against the distribution metamorphic-guard, and with two workers.

    python benchmarks/gate.py

The other tool is installed from PyPI into a scratch environment. Both check the part of
examples/top_k that both can express: two relations and one property, on both roles, isolated. It
starts a process per call, so it runs few inputs, and the cost of one more input is measured between
two runs. CPU time is that of all processes of a run, user and system. A run of few inputs is mostly
the start of pytest and hypothesis, so there are two: what nothing built on these undercuts is shown
beside each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly")
EXAMPLE = Path(__file__).parents[1] / "examples" / "top_k"
OTHER = """
import sys
from metamorphic_guard import api

def gen_inputs(n, seed):
    import random
    chance = random.Random(seed)
    return [
        ([chance.randrange(-1000, 1000) for _ in range(chance.randrange(20))], chance.randrange(20))
        for _ in range(n)
    ]

task = api.TaskSpec(
    name="top_k",
    gen_inputs=gen_inputs,
    properties=[api.Property(lambda out, xs, k: out == sorted(out, reverse=True), "descending")],
    relations=[
        api.MetamorphicRelation("reordered", lambda xs, k: (xs[::-1], k)),
        api.MetamorphicRelation("larger_k", lambda xs, k: (xs, k + 1), expect="properties_hold"),
    ],
    equivalence=lambda a, b: a == b,
)
result = api.run(
    task=task,
    baseline=api.Implementation(path=sys.argv[1]),
    candidate=api.Implementation(path=sys.argv[2]),
    config=api.EvaluationConfig(n=int(sys.argv[3]), seed=1),
)
print(result.adopt, result.reason)
"""
OURS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task, is_prefix

numbers = st.lists(st.integers(-1000, 999), max_size=19)
top_k = Task("top_k", inputs=st.tuples(numbers, st.integers(0, 19)))
"""
# What nothing built on pytest and hypothesis undercuts: the same inputs, and nothing is run.
FLOOR = """
from hypothesis import given, settings, strategies as st

@settings(max_examples={inputs}, database=None, deadline=None)
@given(st.lists(st.integers(-1000, 999), max_size=19), st.integers(0, 19))
def test_nothing(xs, k):
    pass
"""
CHECKS = """
@top_k.property
def descending(output, xs, k):
    return output == sorted(output, reverse=True)

@top_k.relation
def reordered(xs, k):
    return xs[::-1], k

@top_k.relation(expect=is_prefix)
def larger_k(xs, k):
    return xs, k + 1
"""
# As many relations as there is work for two, each as long as the others.
EVEN = OURS + "".join(
    f"\n@top_k.relation\ndef reordered_{number}(xs, k):\n    return xs[::-1], k\n"
    for number in range(8)
)
SLOW = {
    "sleeping": "import time\n\ndef solve(xs, k):\n    time.sleep(0.005)\n",
    "computing": (
        "import time\n\ndef solve(xs, k):\n    end = time.thread_time() + 0.005\n"
        "    while time.thread_time() < end:\n        pass\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        wall_s: Seconds on the clock.
        cpu_s: Seconds of CPU of all its processes.
        peak_mb: MiB of the largest of its processes.
        output: What it printed.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str

    def __str__(self) -> str:
        return f"{self.wall_s:7.2f} s wall  {self.cpu_s:7.2f} s CPU  {self.peak_mb:5.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, nargs="+", default=(400, 4000), help="for ours")
    parser.add_argument("--few", type=int, nargs=2, default=(2, 12), help="for the other tool")
    parser.add_argument("--slow-inputs", type=int, default=400, help="for calls of 5 ms")
    parser.add_argument("--skip-other", action="store_true", help="only -n2 against -n0")
    options = parser.parse_args()
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        if not options.skip_other:
            compare_with_other(Path(scratch), options.inputs, *options.few)
        for kind in SLOW:
            compare_workers(Path(scratch), kind, options.slow_inputs)


def compare_with_other(scratch: Path, sizes: Sequence[int], fewer: int, more: int) -> None:
    """Print the ratios of CPU time for one task, both roles, isolated."""
    python = install_other(scratch)
    script = scratch / "other.py"
    script.write_text(OTHER)
    costs = {}
    for number in (fewer, fewer, more):  # the first leaves its bytecode
        arguments = [EXAMPLE / "baseline.py", EXAMPLE / "good.py", number]
        costs[number] = measure([python, script, *arguments], scratch)
        print(f"metamorphic-guard, n={number:<3}:  {costs[number]}")
    per_input = (costs[more].cpu_s - costs[fewer].cpu_s) / (more - fewer)
    print(f"  {per_input:.3f} s CPU for one more input")
    test = scratch / "test_top_k.py"
    test.write_text(OURS + CHECKS)
    run_gate(test, "--mg-n=2")  # leaves its bytecode
    for inputs in sizes:
        ours = run_gate(test, f"--mg-n={inputs}")
        print(f"ours, n={inputs}:              {ours}")
        print(f"all of examples/top_k:    {run_gate(EXAMPLE / test.name, f'--mg-n={inputs}')}")
        least = measure_drawing(scratch, inputs)
        print(f"drawing alone:            {least}")
        other = costs[fewer].cpu_s + per_input * (inputs - fewer)
        print(f"  metamorphic-guard, scaled to n={inputs}: {other:.1f} s CPU")
        print(f"  CPU time ratio: {other / ours.cpu_s:.0f} ({other / least.cpu_s:.0f} to drawing)")
    start = run_gate(test, "--mg-n=10")
    marginal = (ours.cpu_s - start.cpu_s) / (inputs - 10)
    print(f"  of one more input, without what both need to start: {per_input / marginal:.0f}")


def measure_drawing(scratch: Path, inputs: int) -> Cost:
    """Return what it costs to draw so many inputs, and to do nothing with them."""
    (scratch / "test_nothing.py").write_text(FLOOR.format(inputs=inputs))
    command = [sys.executable, "-m", "pytest", scratch / "test_nothing.py", *QUIET]
    measure(command, scratch)
    return measure(command, scratch)


def compare_workers(scratch: Path, kind: str, inputs: int) -> None:
    """Print how much faster two workers are, and whether they report the same."""
    new = scratch / f"{kind}.py"
    test = scratch / "test_even.py"
    test.write_text(EVEN)
    new.write_text(SLOW[kind] + "    return sorted(xs, reverse=True)[:k]\n")
    costs, texts = [], []
    for workers in ("-n0", "-n2"):
        report = scratch / "report.json"
        arguments = (workers, f"--mg-n={inputs}", f"--mg-report={report}")
        costs.append(run_gate(test, *arguments, candidate=new))
        document = json.loads(report.read_text())
        del document["times"]
        texts.append(json.dumps(document, sort_keys=True))
        print(f"{kind} 5 ms a call, n={inputs}, {workers}: {costs[-1]}")
    same = "identical" if texts[0] == texts[1] else "DIFFERENT"
    print(f"  -n2 is {costs[0].wall_s / costs[1].wall_s:.2f} times as fast; reports are {same}")


def run_gate(test: Path, *arguments: str, candidate: Path = EXAMPLE / "good.py") -> Cost:
    """Run ours on a test file."""
    command = [sys.executable, "-m", "pytest", test, *QUIET, "--mg-gate"]
    command += [f"--mg-candidate={candidate}"]
    command += [f"--mg-baseline={EXAMPLE / 'baseline.py'}", *arguments]
    cost = measure(command, test.parent)
    assert "ADOPT" in cost.output, cost.output
    return cost


def install_other(scratch: Path) -> Path:
    """Install the other distribution into an environment of its own."""
    folder = scratch / "environment"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "metamorphic-guard"]
    subprocess.run(install, check=True, cwd=scratch)
    return python


def measure(command: list[object], folder: Path) -> Cost:
    """Run a command and return what it and all its children took."""
    # Where this project is found by its path, the other one would be hidden by it; and where Python
    # keeps no bytecode, pytest rewrites every module of its plugins in every run.
    unwanted = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    environment["PYTHONPYCACHEPREFIX"] = tempfile.gettempdir() + "/mg-benchmark-bytecode"
    with tempfile.TemporaryFile("w+") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Of the children that it waited for, too.
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{text[-3000:]}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


if __name__ == "__main__":
    main()
