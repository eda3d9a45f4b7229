"""What a case costs through an executor, and what the plugin costs a run that does not use it.

Prints, in one run and as ratios of medians:

* the cost of one case of a relation through ``local`` and through ``inprocess``, beside the same
  check as a plain hypothesis test;
* the cost of a run of plain tests with the plugin installed and unused, beside the same run with
  ``-p no:metamorphic_guard``, in interleaved pairs;
* the start: a run of one relation with one case, beside a run of one plain hypothesis test with one
  case, in interleaved pairs. Once from an installation with its bytecode, as pip leaves it; once
  from the same where none may be written (``PYTHONDONTWRITEBYTECODE=1``), as in most container
  images; and once from one that has none either, as ``pip install --no-compile`` leaves it.

Wall time is what users wait for; processor time, of pytest and its processes together, is what a
busy machine does not distort.

Run: python benchmarks/overhead.py [--cases 10000] [--rounds 3] [--tests 500] [--pairs 15]
     python benchmarks/overhead.py --only start
"""

import argparse
import compileall
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import pytest_metamorphic_guard

CANDIDATE = """
def solve(xs, k):
    return sorted(xs, reverse=True)[:k]
"""
RELATION = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

top_k = Task("top_k", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))

@top_k.relation
def reordered(xs, k):
    return xs[::-1], k
"""
PLAIN = """
from candidate import solve
from hypothesis import given, settings, strategies as st

@settings(max_examples={cases}, deadline=None)
@given(st.lists(st.integers()), st.integers(0, 20))
def test_reordered(xs, k):
    assert solve(xs[::-1], k) == solve(xs, k)
"""
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", "-p", "no:xdist")


class Cost(NamedTuple):
    """Seconds of wall time and of processor time."""

    wall: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def run_pytest(folder: Path, *arguments: str, **variables: str) -> Cost:
    """Return what one run of pytest costs; it must pass."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUIET, *arguments],
        cwd=folder,
        env={**inherited, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "none"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"pytest {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu)


def measure_cases(folder: Path, cases: int, rounds: int) -> None:
    """Print the cost of one case: that of a long run, less that of a run of ten cases."""
    (folder / "candidate.py").write_text(CANDIDATE)
    (folder / "test_relation.py").write_text(RELATION)

    def run_plain(count: int) -> Cost:
        (folder / "test_plain.py").write_text(PLAIN.format(cases=count))
        return run_pytest(folder, "test_plain.py")

    def run_relation(executor: str) -> Callable[[int], Cost]:
        options = ("--mg-candidate=candidate.py", f"--mg-executor={executor}")
        # Where isolation is missing, the executor says so, once.
        return lambda count: run_pytest(
            folder, "test_relation.py", *options, f"--mg-n={count}", "-Wignore"
        )

    ways = {
        "plain hypothesis test": run_plain,
        "relation, inprocess": run_relation("inprocess"),
        "relation, local": run_relation("local"),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            costs[name].append(way(cases) - way(10))
    print(f"one case, of {cases}; medians of {rounds} rounds\n")
    print(f"{'':24}{'wall':>10}{'ratio':>8}{'cpu':>12}{'ratio':>8}")
    base = find_median(costs["plain hypothesis test"])
    for name, found in costs.items():
        wall, cpu = find_median(found)
        print(
            f"{name:24}{wall / cases * 1e6:7.0f} us{wall / base.wall:8.2f}"
            f"{cpu / cases * 1e6:9.0f} us{cpu / base.cpu:8.2f}"
        )


def measure_unused(folder: Path, tests: int, pairs: int) -> None:
    """Print the ratio of runs of plain tests with and without the plugin."""
    lines = [f"def test_{number}():\n    assert {number} >= 0\n" for number in range(tests)]
    (folder / "test_many.py").write_text("\n".join(lines))
    with_plugin: list[Cost] = []
    without: list[Cost] = []
    for number in range(pairs):
        # Whichever comes first in a pair, caches and clocks treat both alike on the whole.
        for unused in (True, False) if number % 2 else (False, True):
            options = () if unused else ("-p", "no:metamorphic_guard")
            cost = run_pytest(folder, "test_many.py", *options)
            (with_plugin if unused else without).append(cost)
    walls = [a.wall / b.wall for a, b in zip(with_plugin, without, strict=True)]
    cpus = [a.cpu / b.cpu for a, b in zip(with_plugin, without, strict=True)]
    base = find_median(without)
    print(f"\na run of {tests} plain tests, installed and unused; {pairs} interleaved pairs\n")
    print(f"{'':24}{'wall':>10}{'cpu':>12}")
    print(f"{'without the plugin':24}{base.wall * 1e3:7.0f} ms{base.cpu * 1e3:9.0f} ms")
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    print(f"{'median ratio with it':24}{wall:10.3f}{cpu:12.3f}")


def measure_start(folder: Path, pairs: int) -> None:
    """Print what the start of one relation costs more than that of one plain test."""
    (folder / "candidate.py").write_text(CANDIDATE)
    (folder / "test_relation.py").write_text(RELATION)
    (folder / "test_plain.py").write_text(PLAIN.format(cases=1))
    # By that name hypothesis knows what is no code of the project.
    bare, compiled = (folder / name / "site-packages" for name in ("bare", "compiled"))
    install(bare)
    install(compiled)
    compileall.compile_dir(compiled, quiet=1)
    ways = {
        "with bytecode": {"PYTHONPATH": str(compiled)},
        "none may be written": {"PYTHONPATH": str(compiled), "PYTHONDONTWRITEBYTECODE": "1"},
        "none is there either": {"PYTHONPATH": str(bare), "PYTHONDONTWRITEBYTECODE": "1"},
    }
    print(f"\none relation and one case, less one plain test; medians of {pairs} pairs\n")
    print(f"{'':24}{'plain test':^20}{'relation':^20}{'more':^20}")
    print(f"{'':24}" + f"{'wall':>8}{'cpu':>8}    " * 3)
    for name, variables in ways.items():
        run_pytest(folder, "test_plain.py", **variables)  # bytecode of the tests and of libraries
        plain: list[Cost] = []
        relation: list[Cost] = []
        for _ in range(pairs):
            plain.append(run_pytest(folder, "test_plain.py", **variables))
            options = ("--mg-candidate=candidate.py", "--mg-n=1", "-Wignore")
            relation.append(run_pytest(folder, "test_relation.py", *options, **variables))
        more = [there - here for here, there in zip(plain, relation, strict=True)]
        costs = [find_median(column) for column in (plain, relation, more)]
        print(f"{name:24}" + "".join(f"{c.wall:6.2f} s{c.cpu:6.2f} s    " for c in costs))


def install(folder: Path) -> None:
    """Put this distribution into a folder, as its wheel would lie there, without bytecode."""
    package = Path(pytest_metamorphic_guard.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, folder / package.name, ignore=ignored)
    shutil.copy(package.parent / "metamorphic_guard.py", folder)
    here = distribution("pytest-metamorphic-guard")
    about = folder / f"pytest_metamorphic_guard-{here.version}.dist-info"
    about.mkdir()
    for name in ("METADATA", "entry_points.txt"):
        (about / name).write_text(here.read_text(name) or "")
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    (about / "RECORD").write_text("".join(f"{name},,\n" for name in files))


def find_median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the overhead of the plugin as ratios.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tests", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--only", choices=("cases", "unused", "start"))
    given = parser.parse_args()
    parts: dict[str, Callable[[Path], None]] = {
        "cases": lambda folder: measure_cases(folder, given.cases, given.rounds),
        "unused": lambda folder: measure_unused(folder, given.tests, given.pairs),
        "start": lambda folder: measure_start(folder, given.pairs),
    }
    for name, measure in parts.items():
        if given.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder))


if __name__ == "__main__":
    main()
