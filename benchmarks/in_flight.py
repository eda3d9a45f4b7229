"""What calls under way at once save: waiting on a service, and computing on two processors.

    python benchmarks/in_flight.py

Each row compares two runs of the same command but for ``--mg-parallel``, made one after the other,
as a ratio of their wall time, and says whether their reports differ in anything but durations.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly")
SLEEPER = """
import runpy
import time


class Sleeper:
    parallel = 16

    def __init__(self, config=None):
        self.functions = {}

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        if file_path not in self.functions:
            self.functions[file_path] = runpy.run_path(file_path)[func_name]
        time.sleep(0.2)
        result = self.functions[file_path](*args)
        return {"success": True, "result": result, "duration_ms": 200.0, "stdout": "", "stderr": ""}
"""
TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

task = Task("task", inputs=st.tuples(st.integers(0, 10**6)))
"""
RELATION = """
@task.relation(expect="non_decreasing")
def more_{number}(x): return (x + {number},)
"""
PLAIN = "def solve(x): return 2 * x\n"
BUSY = """
import time


def solve(x):
    until = time.process_time() + 0.005
    while time.process_time() < until:
        pass
    return 2 * x
"""


def run_once(folder: Path, parallel: int, *options: str) -> tuple[float, dict[str, object]]:
    """Return the seconds of a run, and its report without durations."""
    begun = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *QUIET),
            *("--mg-candidate=new.py", "--mg-measure", f"--mg-parallel={parallel}"),
            *("--mg-report=report.json", *options),
        ],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith("MG_")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    taken = time.perf_counter() - begun
    report = json.loads((folder / "report.json").read_text())
    del report["times"]
    return taken, report


def compare(what: str, files: dict[str, str], relations: int, parallel: int, *options: str) -> None:
    """Print one row."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checks = "".join(RELATION.format(number=number + 1) for number in range(relations))
        for file, text in {**files, "test_it.py": TASK + checks}.items():
            (folder / file).write_text(text)
        many, with_many = run_once(folder, parallel, *options)
        alone, with_one = run_once(folder, 1, *options)
    same = "equal reports" if with_many == with_one else "REPORTS DIFFER"
    ratio = alone / many
    print(f"{what:<44} {alone:7.1f} s {many:7.1f} s  {ratio:5.1f} times faster  {same}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100, help="inputs of the service (100)")
    inputs = parser.parse_args().inputs
    print(f"{'':<44} {'one':>9} {'many':>9}")
    compare(
        f"0.2 s a call, 5 relations, {inputs} inputs, 16 at once",
        {"engine.py": SLEEPER, "new.py": PLAIN},
        5,
        16,
        "--mg-executor=engine.py:Sleeper",
        f"--mg-n={inputs}",
    )
    # What is drawn, and what it takes to start, nobody does for two.
    for count in (1000, 4000):
        what = f"5 ms of computing, 1 relation, {count} inputs, 2"
        compare(what, {"new.py": BUSY}, 1, 2, f"--mg-n={count}")


if __name__ == "__main__":
    main()
