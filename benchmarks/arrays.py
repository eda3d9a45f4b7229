"""What a case costs where inputs and outputs are arrays: small linear systems, solved by numpy.

Prints, in one run and as ratios of medians, what two relations on systems of three to six unknowns
cost, candidate and baseline, beside the same checks as plain hypothesis tests in process. A case is
one system that one relation checks: four calls where there are two roles. The cost is that of a
long run, less that of a run of ten cases; processor time is that of pytest and its processes.

With a checkout of another commit (git worktree add OLD COMMIT) the same relations run with it as
well, in turns with ours, and the last lines say what part of its processor time a case costs here.

Run: python benchmarks/arrays.py [--cases 500] [--rounds 5] [--against OLD]
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SOURCE = """
import numpy as np

def solve(a, b):
    return np.linalg.solve(a, b)
"""
SYSTEMS = """
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

def draw_arrays(unknowns):
    numbers = st.floats(-1, 1)
    # A large diagonal, so that every system has a solution.
    matrices = arrays(float, (unknowns, unknowns), elements=numbers)
    solvable = matrices.map(lambda a: a + 8 * np.eye(unknowns))
    return st.tuples(solvable, arrays(float, unknowns, elements=numbers))

systems = st.integers(3, 6).flatmap(draw_arrays)
"""
RELATIONS = """
from pytest_metamorphic_guard import Task, approx

linear = Task("linear", inputs=systems, equivalence=approx())

@linear.relation(expect=lambda old, new: np.allclose(2 * old, new))
def doubled(a, b):
    return a, 2 * b

@linear.relation
def reordered(a, b):
    return a[::-1], b[::-1]
"""
PLAIN = """
import baseline
import candidate
from hypothesis import given, settings

@settings(max_examples={cases}, deadline=None)
@given(systems)
def test_doubled(system):
    a, b = system
    for side in baseline, candidate:
        assert np.allclose(2 * side.solve(a, b), side.solve(a, 2 * b))

@settings(max_examples={cases}, deadline=None)
@given(systems)
def test_reordered(system):
    a, b = system
    for side in baseline, candidate:
        assert np.allclose(side.solve(a, b), side.solve(a[::-1], b[::-1]))
"""
DRAWING = """
from hypothesis import given, settings

@settings(max_examples={cases}, deadline=None)
@given(systems)
def test_nothing(system):
    pass

@settings(max_examples={cases}, deadline=None)
@given(systems)
def test_nothing_again(system):
    pass
"""
RELATION_COUNT = 2
KINDS = {
    "inprocess": ("--mg-executor=inprocess",),
    "local": ("--mg-executor=local",),
    "local, gate": ("--mg-executor=local", "--mg-gate"),
}
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", "-p", "no:xdist")


class Cost(NamedTuple):
    """Seconds of wall time and of processor time."""

    wall: float
    cpu: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def run_pytest(folder: Path, *arguments: str, package: Path | None = None) -> Cost:
    """Return what one run of pytest costs, with the package from a folder; it must pass."""
    variables = {} if package is None else {"PYTHONPATH": str(package)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUIET, *arguments],
        cwd=folder,
        env={**os.environ, **variables, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"pytest {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu)


def make_ways(folder: Path, other: Path | None) -> dict[str, Callable[[int], Cost]]:
    """Write the files, and return what runs a number of cases of each way."""
    for name in ("baseline", "candidate"):
        (folder / f"{name}.py").write_text(SOURCE)
    (folder / "test_relations.py").write_text(SYSTEMS + RELATIONS)

    def run_plain(test: str, text: str) -> Callable[[int], Cost]:
        def run(count: int) -> Cost:
            (folder / test).write_text(SYSTEMS + text.format(cases=count))
            return run_pytest(folder, test)

        return run

    def run_relations(kind: str, package: Path | None = None) -> Callable[[int], Cost]:
        sides = ("--mg-candidate=candidate.py", "--mg-baseline=baseline.py")
        options = ("test_relations.py", *sides, *KINDS[kind], "-Wignore")
        return lambda count: run_pytest(folder, *options, f"--mg-n={count}", package=package)

    ways = {
        "plain hypothesis tests": run_plain("test_plain.py", PLAIN),
        "drawing alone": run_plain("test_drawing.py", DRAWING),
    }
    for kind in KINDS:
        ways[f"relations, {kind}"] = run_relations(kind)
        if other is not None:
            ways[f"before, {kind}"] = run_relations(kind, other)
    return ways


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what cases with arrays cost, as ratios.")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, help="a checkout of another commit")
    given = parser.parse_args()
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ways = make_ways(Path(folder), given.against and given.against.resolve())
        for way in ways.values():
            way(10)  # leaves its bytecode
        for _ in range(given.rounds):
            for name, way in ways.items():
                costs.setdefault(name, []).append(way(given.cases) - way(10))
    cases = (given.cases - 10) * RELATION_COUNT
    print(f"one case, of {given.cases} a relation; medians of {given.rounds} rounds\n")
    print(f"{'':24}{'wall':>10}{'ratio':>8}{'cpu':>12}{'ratio':>8}")
    base = find_median(costs["plain hypothesis tests"])
    for name, found in costs.items():
        wall, cpu = find_median(found)
        print(
            f"{name:24}{wall / cases * 1e6:7.0f} us{wall / base.wall:8.2f}"
            f"{cpu / cases * 1e6:9.0f} us{cpu / base.cpu:8.2f}"
        )

    for kind in KINDS if given.against else ():
        now, before = (find_median(costs[f"{way}, {kind}"]) for way in ("relations", "before"))
        print(f"{kind}: {now.cpu / before.cpu:.2f} of the processor time before")


def find_median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


if __name__ == "__main__":
    main()
