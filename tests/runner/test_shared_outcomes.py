"""What entries of a task share is kept as long as one of them may ask for it."""

import json

import pytest

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.known_outcomes import RunOutcomes

ENTRIES = """
@t.relation
def reordered(xs):
    return (xs[::-1],)

@t.property
def is_positive(output, xs):
    assert output >= 0
"""
COUNTING = """
import gc, json

counts = []

def count():
    return sum(type(one).__name__ == "Returned" for one in gc.get_objects())

def pytest_runtest_logfinish(nodeid):
    counts.append(count())

def pytest_sessionfinish():
    counts.append(count())
    with open("counts.json", "w") as file:
        json.dump(counts, file)
"""
N = 60
KEY = ("t", b"digest")


@pytest.fixture
def task():
    task = Task("t", inputs=[(1,), (2,)])
    for name in ("one", "other"):
        task.property(lambda output: output > 0, name=name)
    return task


def test_entries_of_a_task_share_and_roles_do_not(task):
    outcomes = RunOutcomes()
    outcomes.expect((task, entry) for entry in task.entries)

    shared = outcomes.get("candidate", "new.py", task)
    shared.add(KEY, "one", Returned(value=1))

    assert outcomes.get("candidate", "new.py", task).find(KEY, "other").value == 1
    assert outcomes.get("baseline", "new.py", task).find(KEY, "other") is None


def test_who_is_alone_keeps_nothing(task):
    outcomes = RunOutcomes()
    outcomes.expect([(task, task.entries[0]), (task, task.entries[0])])

    assert outcomes.get("candidate", "new.py", task) is None


def test_nothing_is_found_once_it_is_forgotten(task):
    outcomes = RunOutcomes()
    shared = outcomes.get("candidate", "new.py", task)
    shared.add(KEY, "one", Returned(value=1))

    outcomes.forget()

    assert shared.find(KEY, "other") is None


@pytest.mark.parametrize(("chosen", "kept"), [("", N), ("reordered", 0)], ids=["both", "one"])
def test_a_run_keeps_outcomes_until_its_last_item(project, chosen, kept):
    project.write(conftest=COUNTING, new="def solve(xs):\n    return sum(map(abs, xs))\n")
    project.write_task(ENTRIES, inputs="st.tuples(st.lists(st.integers()))")

    done = project.spawn("--mg-candidate=new.py", f"--mg-n={N}", "-k", chosen, "-p", "no:randomly")

    assert done.ret == 0, done.stdout.str()
    first, *_, last = json.loads((project.path / "counts.json").read_text())
    # Many inputs are the same.
    assert first > kept / 2 if kept else first < 5
    assert last < 5


def test_answers_that_do_nothing_are_found_among_calls_that_may_cost_something(project):
    project.write(
        new="def solve(xs):\n    return sum(map(abs, xs))\n",
        engine="""
        class Costly:
            def __init__(self, config=None):
                pass

            def execute(self, file_path, func_name, args, timeout_s, mem_mb):
                result = sum(map(abs, args[0]))
                return {"success": True, "result": result, "duration_ms": 1.0}
        """,
    )
    project.write_task(
        "@t.property\ndef is_positive(output):\n    return output >= 0\n",
        inputs="st.tuples(st.lists(st.integers()))",
    )

    done = project.spawn(
        "--mg-candidate=new.py",
        "--mg-baseline=new.py",
        "--mg-executor=engine.py:Costly",
        "--mg-gate",
        "--mg-n=100",
    )

    done.stdout.fnmatch_lines(["*would also accept: *"])
