"""What isolation and a baseline cost beside the bare tests that a user would write by hand.

    python benchmarks/plain_tests.py [--only entries|relation] [--pairs 5]

Prints, as the median of pairs that run one after the other, each time in another order:

* the four entries of examples/top_k, candidate and baseline isolated, 1,000 inputs, beside the same
  four checks as hypothesis tests of the candidate alone, in the process of pytest;
* one relation and 10,000 cases through ``local``, beside one such test.

Wall time is what users wait for; processor time, of pytest and its processes together, is what a
busy machine distorts least.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

EXAMPLE = Path(__file__).parents[1] / "examples" / "top_k"
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", "-p", "no:xdist")
HEAD = """
from good import solve
from hypothesis import given, settings, strategies as st

inputs = given(st.lists(st.integers()), st.integers(0, 20))
examples = settings(max_examples={cases}, deadline=None)
"""
REORDERED = """
@examples
@inputs
def test_reordered(xs, k):
    assert solve(xs[::-1], k) == solve(xs, k)
"""
OTHERS = """
@examples
@inputs
def test_larger_k(xs, k):
    smaller = solve(xs, k)
    assert solve(xs, k + 1)[: len(smaller)] == smaller

@examples
@inputs
def test_descending(xs, k):
    output = solve(xs, k)
    assert output == sorted(output, reverse=True)

@examples
@inputs
def test_merge(xs, k):
    mid = len(xs) // 2
    assert solve(solve(xs[:mid], k) + solve(xs[mid:], k), k) == solve(xs, k)
"""


class Cost(NamedTuple):
    """Seconds of wall time and of processor time."""

    wall: float
    cpu: float


def run_pytest(folder: Path, *arguments: str) -> Cost:
    """Return what one run of pytest costs; it must pass."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "HYPOTHESIS_STORAGE_DIRECTORY")
    kept = {k: v for k, v in os.environ.items() if k not in unwanted and not k.startswith("MG_")}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUIET, *arguments],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"pytest {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def compare(what: str, folder: Path, ours: tuple[str, ...], pairs: int) -> None:
    """Print one row: what ours cost, what plain tests cost, and the ratio."""
    runs = {"ours": ours, "plain": ("test_plain.py",)}
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(pairs + 1):
        for name in sorted(runs, reverse=bool(number % 2)):
            # What inputs cost depends on the seed, which is another one for each pair.
            cost = run_pytest(folder, *runs[name], f"--hypothesis-seed={number}")
            if number:  # the first pair leaves its bytecode
                costs[name].append(cost)
    walls = [own.wall / plain.wall for own, plain in zip(*costs.values(), strict=True)]
    cpus = [own.cpu / plain.cpu for own, plain in zip(*costs.values(), strict=True)]
    own, plain = (
        Cost(*(statistics.median(column) for column in zip(*found, strict=True)))
        for found in costs.values()
    )
    print(
        f"{what:<44}{own.wall:6.2f} s{plain.wall:6.2f} s{statistics.median(walls):7.2f}"
        f"{own.cpu:9.2f} s{plain.cpu:6.2f} s{statistics.median(cpus):7.2f}",
        flush=True,
    )


def compare_entries(folder: Path, pairs: int) -> None:
    """Print the rows of the four entries, without and with a gate."""
    (folder / "test_plain.py").write_text(HEAD.format(cases=1000) + REORDERED + OTHERS)
    ours = ("test_top_k.py", "--mg-candidate=good.py", "--mg-baseline=baseline.py", "--mg-n=1000")
    compare("four entries, both roles, 1,000 inputs", folder, ours, pairs)
    # A gate draws a sample for rates, searches beside it, asks again and feeds monitors.
    compare("the same, under a gate", folder, (*ours, "--mg-gate"), pairs)


def compare_relation(folder: Path, pairs: int) -> None:
    """Print the row of one relation."""
    (folder / "test_plain.py").write_text(HEAD.format(cases=10_000) + REORDERED)
    ours = ("test_top_k.py::top_k::reordered", "--mg-candidate=good.py", "--mg-n=10000")
    compare("one relation, the candidate, 10,000 inputs", folder, ours, pairs)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=("entries", "relation"))
    parser.add_argument("--pairs", type=int, default=5)
    given = parser.parse_args()
    print(f"{'':<44}{'wall':^24}{'processor time':^26}")
    print(f"{'':<44}{'ours':>8}{'plain':>8}{'ratio':>7}{'ours':>11}{'plain':>8}{'ratio':>7}")
    for name, print_rows in {"entries": compare_entries, "relation": compare_relation}.items():
        if given.only in {None, name}:
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch) / "top_k"
                shutil.copytree(EXAMPLE, folder)
                print_rows(folder, given.pairs)


if __name__ == "__main__":
    main()
