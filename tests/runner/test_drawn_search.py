"""A run without a gate: its inputs are drawn first, and run up to the first violation."""

import json
import shutil

import pytest

# Answers out of turn, in as many threads as it is called from.
ENGINE = """
import random
import runpy
import threading
import time
from pathlib import Path


class Engine:
    parallel = 8

    def __init__(self, config=None):
        self.lock = threading.Lock()
        self.now = self.highest = 0
        self.functions = {}

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        with self.lock:
            self.now += 1
            if self.now > self.highest:
                self.highest = self.now
                Path("highest.txt").write_text(str(self.highest))
            if file_path not in self.functions:
                self.functions[file_path] = runpy.run_path(file_path)[func_name]
        time.sleep(random.uniform(0.0, 0.004))
        payload = {"success": True, "result": self.functions[file_path](*args)}
        with self.lock:
            self.now -= 1
        return {"duration_ms": 1.0, "stdout": "", "stderr": "", **payload}
"""
CHECKS = """
from hypothesis import assume, settings

@t.relation
def same(x): return (x,)

@t.relation(precondition=lambda x: x % 2)
def odd(x): return (x,)

@t.property
def is_small(output, x): return output < 60

@t.relation(expect="non_decreasing")
def rising(x, rng):
    return (x + rng.randint(1, 9),)

@t.property
def half(output, x):
    assume(x % 2)
    assert output != 59

@settings(max_examples=20)
@t.property
def few(output, x): return output >= -1

@t.property(soft=True)
def soft(output, x): return output < 30

@t.law
def twice(solve, x): assert solve(x) == solve(x)
"""


def find(project, *options):
    """Return the report of a run, without times, and the texts of its failures."""
    shutil.rmtree(project.path / ".hypothesis", ignore_errors=True)
    result = project.spawn("--mg-report=report.json", *options)
    report = json.loads((project.path / "report.json").read_text())
    del report["times"]
    lines = result.outlines
    seen = [line for line in lines if line.startswith("seen ") or " shrunk in " in line]
    return report, sorted(seen), result


def test_what_is_found_is_the_same_for_any_number_of_calls_at_once(project):
    project.write(
        engine=ENGINE,
        old="def solve(x): return x",
        new="def solve(x): return x if x < 77 else 100 - x",
    )
    project.write_task(CHECKS, inputs="st.tuples(st.integers(0, 99))")
    options = ("--mg-candidate=new.py", "--mg-executor=engine.py:Engine")
    report, seen, result = find(project, *options, "--mg-parallel=1")
    result.assert_outcomes(passed=5, failed=3)
    cases = {item["relation"]: item["cases"] for item in report["items"]}
    # What a check skips after it saw an output is made up for.
    assert (cases["same"], cases["odd"], cases["few"]) == (100, 50, 20)
    assert int((project.path / "highest.txt").read_text()) == 1
    assert find(project, *options)[:2] == (report, seen)
    assert 4 < int((project.path / "highest.txt").read_text()) <= 16
    assert find(project, *options, "-n2")[:2] == (report, seen)


NOTING = """
def note(name, x):
    with open(name + ".txt", "a") as file:
        file.write(f"{x}\\n")

def note_drawn(x):
    note("drawn", x)
    return x
"""


def test_the_entries_of_a_task_look_at_the_same_inputs_which_are_drawn_once(project):
    project.write(new="def solve(x): return x", noting=NOTING)
    project.write_task(
        """
        from noting import note

        @t.property
        def first(output, x): note("first", x)

        @t.law
        def second(solve, x): note("second", x)
        """,
        inputs="st.tuples(st.integers().map(__import__('noting').note_drawn))",
    )
    project.run("--mg-candidate=new.py").assert_outcomes(passed=2)
    drawn, first, second = (
        (project.path / f"{name}.txt").read_text().split() for name in ("drawn", "first", "second")
    )
    assert first == second
    assert len(first) == 100
    assert set(first) <= set(drawn)
    assert len(drawn) < 2 * len(first)


INTERACTIVE = """
from hypothesis import event, target

@t.law
def targets(solve, x, data):
    y = data.draw(st.integers(0, 9))
    assert solve(x) == x and y < 10

@t.property
def climbs(output, x, data):
    target(float(output), label="output")

@t.relation
def noted(x, data):
    event("derived")
    return x, data
"""


@pytest.mark.parametrize("data", ["st.data()", "st.none()"])
def test_what_needs_hypothesis_beside_it_has_it(project, data):
    project.write(new="def solve(x, data=None): return x")
    body = INTERACTIVE if data == "st.data()" else INTERACTIVE.replace("data.draw", "(lambda _: 3)")
    project.write_task(body, inputs=f"st.tuples(st.integers(0, 99), {data})")
    options = ("--mg-candidate=new.py", "--hypothesis-show-statistics")
    result = project.spawn(*options, *(("-k", "targets") if data == "st.data()" else ()))
    result.assert_outcomes(passed=1 if data == "st.data()" else 3)
    if data == "st.none()":
        result.stdout.fnmatch_lines(["*Highest target score: 99*", "*derived*"])


PARALLEL = """
import threading

from hypothesis import assume, event

both = threading.Barrier(2)
bodies = []

@t.law(parallel=True)
def meets(solve, x, *, rng):
    bodies.append(x)
    if x in (0, 1) and bodies.count(x) == 1:
        both.wait(20)  # for each other, which bodies that run in order never do
    assert solve(solve(x) + rng.randint(0, 0)) == x
    assume(x % 10)
    assert x != 31

@t.law(parallel=True)
def skips(solve, x):
    if x == 7:
        pytest.skip("not seven")

@t.property
def bodies_ran_once(output, x):
    # Until one was violated, and with those that were under way then.
    assert len(set(bodies)) >= 31
"""


def test_a_law_that_may_runs_side_by_side_and_is_concluded_in_order(project):
    project.write(engine=ENGINE, new="def solve(x): return x")
    project.write_task(PARALLEL, inputs="[(x,) for x in range(40)]")
    options = ("--mg-candidate=new.py", "--mg-executor=engine.py:Engine", "-rs")
    for more in ((), ("--mg-measure",)):
        result = project.spawn(*options, *more)
        result.assert_outcomes(passed=1, failed=1, skipped=1)
        text = result.stdout.str()
        assert "law 'meets' is violated" in text
        assert "x = 31" in text
        assert "not seven" in text
        if not more:
            # Every tenth input is skipped and counts for nobody.
            assert "in case 28 of this run" in text
