"""What a run keeps in memory: with inputs of 8 MB, and with very many small ones.

    python benchmarks/memory.py [--only arrays|numbers]

Prints the peak of the resident memory of the process that draws, judges and reports (not of the
processes of the implementations), for few inputs and for many. What a run keeps of an input shows
in the difference.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", "-p", "no:xdist")
# What the process itself says when all is over.
TELLING = """
import resource

def pytest_unconfigure():
    with open("peak", "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""
ARRAYS = """
import numpy as np
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

seeds = st.integers(0, 2**32)
arrays = seeds.map(lambda seed: (np.random.default_rng(seed).random(1_000_000),))
task = Task("task", inputs=arrays)

@task.relation
def reversed_(xs): return (xs[::-1],)
"""
NUMBERS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

task = Task("task", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))

@task.relation
def reordered(xs, k): return (xs[::-1], k)

@task.property
def short(output, xs, k): return len(output) <= k
"""
SUM = "def solve(xs):\n    return round(float(xs.sum()), 3)\n"
# Never twice the same, so that every input is a violation.
WRONG = "import time\n\ndef solve(xs):\n    return time.perf_counter_ns()\n"
LARGEST = "def solve(xs, k):\n    return sorted(xs, reverse=True)[:k]\n"


def measure_peak(files: dict[str, str], *options: str) -> float:
    """Return the peak in MiB of a run of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in {**files, "conftest.py": TELLING}.items():
            (folder / file).write_text(text)
        command = [sys.executable, "-m", "pytest", *QUIET, "--mg-candidate=new.py", *options]
        environment = {key: text for key, text in os.environ.items() if not key.startswith("MG_")}
        subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
        return int((folder / "peak").read_text()) / 1024


def compare(what: str, files: dict[str, str], counts: tuple[int, int], *options: str) -> None:
    """Print one row: the peaks for few inputs and for many."""
    few, many = (measure_peak(files, f"--mg-n={count}", *options) for count in counts)
    title = f"{what}, {counts[0]:,} and {counts[1]:,} inputs"
    print(f"{title:<64}{few:6.0f} MiB{many:6.0f} MiB", flush=True)


def compare_arrays() -> None:
    """Print the rows of inputs of 8 MB, each beside its run with few inputs."""
    ways = {
        "a search": (),
        "a gate": ("--mg-gate", "--mg-baseline=old.py"),
        "four calls at once": ("--mg-parallel=4",),
    }
    holds = {"test_it.py": ARRAYS, "new.py": SUM, "old.py": SUM}
    for way, options in ways.items():
        compare(f"8 MB, {way}", holds, (10, 200), *options)
    violated = {**holds, "new.py": WRONG}
    compare("8 MB, all violated", violated, (10, 200), *ways["a gate"], "--mg-shrink=off")


def compare_numbers() -> None:
    """Print the rows of small inputs."""
    files = {"test_it.py": NUMBERS, "new.py": LARGEST, "old.py": LARGEST}
    # Isolated calls would take longer, and leave the same.
    direct = "--mg-executor=inprocess"
    compare("small, a search", files, (1_000, 100_000), direct)
    gate = ("--mg-gate", "--mg-baseline=old.py")
    compare("small, a gate", files, (1_000, 100_000), direct, *gate)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=("arrays", "numbers"))
    only = parser.parse_args().only
    for name, print_rows in {"arrays": compare_arrays, "numbers": compare_numbers}.items():
        if only in {None, name}:
            print_rows()


if __name__ == "__main__":
    main()
