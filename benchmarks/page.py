"""What the page of a large run weighs, and how long a browser takes to open it.

A candidate is run on 10,000 inputs; its violation is written 200 times, each with four calls whose
values are as long as a report has them. Prints the size of the page, the seconds to make it, and,
as medians, the seconds until the browser has loaded it and has painted it first.

Run: python benchmarks/page.py [--inputs 10000] [--violations 200] [--rounds 5]
It needs the extra test, and chromium on the path.
"""

import argparse
import copy
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from pytest_metamorphic_guard.report.html.writing import write_page

TASK = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[(x,) for x in range({inputs})])

@t.property
def right(output, x):
    assert output == x

@t.relation(expect=lambda one, two: two == one + 1)
def next_one(x):
    return (x + 1,)
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def make_report(folder: Path, inputs: int, violations: int) -> dict[str, Any]:
    """Return the report of a real run, with so many violations."""
    (folder / "test_it.py").write_text(TASK.format(inputs=inputs))
    (folder / "old.py").write_text("def solve(x):\n    return x\n")
    (folder / "new.py").write_text("def solve(x):\n    return x if x % 97 else -1\n")
    options = ("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-executor=inprocess")
    more = ("--mg-gate", f"--mg-n={inputs}", "--mg-monitor=latency", "--mg-report=report.json")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *more],
        cwd=folder,
        check=False,
        capture_output=True,
    )
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    first = report["violations"][0]
    report["violations"] = [_write_violation(first, number) for number in range(violations)]
    return report


def _write_violation(first: dict[str, Any], number: int) -> dict[str, Any]:
    one = copy.deepcopy(first)
    values = [number * 1000 + step for step in range(280)]
    call = {
        "which": "source",
        "arguments": f"x = {values}",
        "baseline": str(values),
        "candidate": str([*values[:140], -1, *values[140:]]),
    }
    one["shown"]["calls"] = [call] * 4
    return one


def measure(page: Path, rounds: int) -> tuple[float, float]:
    """Return the median seconds until a browser has painted and loaded the page."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    painted, loaded = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(rounds):
            tab = browser.new_page()
            tab.goto(page.as_uri())
            tab.wait_for_function(f"{PAINTED} !== undefined && {LOADED} > 0")
            painted.append(tab.evaluate(PAINTED) / 1000)
            loaded.append(tab.evaluate(LOADED) / 1000)
            tab.close()
        browser.close()
    return statistics.median(painted), statistics.median(loaded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--violations", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = make_report(folder, given.inputs, given.violations)
        begun = time.perf_counter()
        write_page(report, folder / "page.html")
        made = time.perf_counter() - begun
        size = (folder / "page.html").stat().st_size
        painted, loaded = measure(folder / "page.html", given.rounds)
    print(f"{given.inputs:,} inputs, {given.violations} violations")
    print(f"size           {size / 1e6:.2f} MB")
    print(f"made in        {made:.2f} s")
    print(f"first painted  {painted:.2f} s (median of {given.rounds})")
    print(f"loaded         {loaded:.2f} s")


if __name__ == "__main__":
    main()
