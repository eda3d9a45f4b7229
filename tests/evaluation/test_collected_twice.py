"""A sample and a measurement belong to a node: entries with several items, tasks with one name."""

import json

import pytest

# Errs on what is above 40; the other file's task of the same name never comes there.
NEW = "def solve(x):\n    return -1 if x > 40 else x\n"
OLD = "def solve(x):\n    return x\n"
TASK = """
import pytest
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range({start}, {stop})])

@t.property
def right(output, x):
    assert output == x
"""
PARAMETRIZED = """
@pytest.mark.parametrize("factor", [1, 2])
@t.law
def scaled(solve, x, factor):
    assert solve(x) * factor == x * factor

@pytest.fixture(scope="module", params=["a", "b"])
def letter(request):
    return request.param

@t.law
def lettered(solve, x, *, letter):
    assert letter in "ab" and solve(x) == {letter}
"""
REPEAT = """
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("step")
    metafunc.parametrize("step", range(2), indirect=True, ids=["1-2", "2-2"], scope="function")

import pytest

@pytest.fixture
def step(request):
    return request.param
"""


@pytest.fixture
def write(gate):
    (gate.path / "test_it.py").unlink()

    def write_files(*, new=OLD, **files):
        for name, text in {"old": OLD, "new": new, **files}.items():
            (gate.path / f"{name}.py").write_text(text)

    return write_files


def read_tasks(run):
    return {
        task["task"]: [row["relation"] for row in task["relations"]]
        for task in run.decisions[0]["tasks"]
    }


@pytest.mark.parametrize("step", [(), ("--mg-early-stop",)], ids=["whole", "in-step"])
def test_one_task_in_two_files_is_two_tasks_of_the_run(write, gate, workers, step):
    shared = TASK.format(start=0, stop=30)
    write(shared=shared, test_a="from shared import t", test_b="from shared import t")

    run = gate.run(*step, workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert read_tasks(run) == {"t (test_a.py)": ["right"], "t (test_b.py)": ["right"]}
    assert "INTERNALERROR" not in run.text + run.errors


def test_two_different_tasks_of_one_name_have_samples_of_their_own(write, gate, workers):
    write(new=NEW, test_a=TASK.format(start=0, stop=30), test_b=TASK.format(start=30, stop=60))

    run = gate.run(workers=workers)
    measured = gate.run("--mg-measure", workers=workers, gate=False)

    assert run.outcome == "reject"
    assert run.reason == ("t (test_b.py): 19 regressions in 30 inputs, 1 of them confirmed (right)")
    tasks = {task["task"]: task["outcome"] for task in run.decisions[0]["tasks"]}
    assert tasks == {"t (test_a.py)": "adopt", "t (test_b.py)": "reject"}
    outcomes = {item["node_id"]: item["outcome"] for item in measured.report["items"]}
    assert outcomes == {"test_a.py::t::right": "passed", "test_b.py::t::right": "failed"}
    assert "t (test_a.py): 1 of 1 hold for new.py" in measured.lines

    # The replay runs what was violated where it was violated.
    (gate.path / "kept.json").write_text(json.dumps(measured.report))
    again = gate.run("--mg-replay=kept.json", gate=False, workers=workers)
    assert [item["node_id"] for item in again.report["items"]] == ["test_b.py::t::right"]


@pytest.mark.parametrize("step", [(), ("--mg-early-stop",)], ids=["whole", "in-step"])
def test_the_items_of_a_parametrized_law_are_entries_of_their_own(write, gate, workers, step):
    law = TASK.format(start=0, stop=20) + PARAMETRIZED.format(letter="x")
    write(test_it=law)

    run = gate.run(*step, workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert read_tasks(run) == {
        "t": ["lettered[a]", "lettered[b]", "right", "scaled[1]", "scaled[2]"]
    }


def test_a_law_that_fails_for_one_parameter_rejects_by_its_name_and_is_replayed_there(write, gate):
    law = TASK.format(start=0, stop=20).split("@t.property")[0] + PARAMETRIZED.format(
        letter='x if letter == "a" else solve(x)'
    ).replace(
        "scaled(solve, x, factor):", "scaled(solve, x, factor):\n    solve(x)\n    solve = abs"
    )
    write(new="def solve(x):\n    return -1 if x == 3 else x\n", test_it=law)
    run = gate.run()
    (gate.path / "kept.json").write_text(json.dumps(run.report))

    again = gate.run("--mg-replay=kept.json", gate=False)

    assert run.outcome == "reject"
    assert run.reason == "1 confirmed regression in 20 inputs (lettered[a])"
    failed = {item["node_id"] for item in run.report["items"] if item["outcome"] == "failed"}
    assert failed == {"test_it.py::t::lettered[a]"}
    assert {item["node_id"] for item in again.report["items"]} == failed


@pytest.mark.parametrize("step", [(), ("--mg-early-stop",)], ids=["whole", "in-step"])
def test_items_that_a_plugin_repeats_are_measured_one_by_one(write, gate, workers, step):
    write(conftest=REPEAT, test_it=TASK.format(start=0, stop=20))

    run = gate.run(*step, "--mg-monitor=success_rate", workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert read_tasks(run) == {"t": ["right[1-2]", "right[2-2]"]}
    assert run.decisions[0]["tasks"][0]["ran"] == 20


def test_with_several_candidates_the_parameters_are_told_from_them(write, gate):
    write(test_it=TASK.format(start=0, stop=20) + PARAMETRIZED.format(letter="x"), other=OLD)

    run = gate.run("--mg-candidate=other.py")

    assert run.outcome == "adopt"
    assert [d["candidate"] for d in run.decisions] == ["new.py", "other.py"]
    for decision in run.decisions:
        assert [row["relation"] for row in decision["tasks"][0]["relations"]] == [
            "lettered[a]",
            "lettered[b]",
            "right",
            "scaled[1]",
            "scaled[2]",
        ]


def test_a_rule_of_the_policy_holds_for_every_item_of_its_entry(write, gate):
    write(
        new="def solve(x):\n    return -1 if x == 3 else x\n",
        test_it=TASK.format(start=0, stop=20).split("@t.property")[0]
        + PARAMETRIZED.format(letter="x").split("@pytest.fixture")[0],
    )
    (gate.path / "policy.toml").write_text("[tasks.t.relations.scaled]\nmin_pass_rate = 0.5\n")

    assert gate.run("--mg-policy=policy.toml", baseline=None).outcome == "adopt"
    assert gate.run(baseline=None).outcome == "reject"


def test_an_item_of_an_entry_that_was_skipped_is_missed(write, gate, workers):
    write(
        test_it=TASK.format(start=0, stop=20)
        + "@pytest.mark.parametrize('factor', [1, pytest.param(2, marks=pytest.mark.skip)])\n"
        "@t.law\ndef scaled(solve, x, factor):\n    assert solve(x) == x\n"
    )

    run = gate.run(workers=workers)

    assert run.outcome == "inconclusive"
    assert run.reason == "test_it.py::t::scaled[2] was skipped, so nothing is known about it"


def test_monitors_tell_the_items_apart(write, gate, workers):
    write(
        test_it=TASK.format(start=0, stop=5).split("@t.property")[0]
        + PARAMETRIZED.format(letter="x").split("@pytest.fixture")[0],
        tape="class Tape:\n"
        "    def __init__(self, config=None):\n        self.seen = {}\n"
        "    def record(self, record):\n"
        "        self.seen[record.relation] = self.seen.get(record.relation, 0) + 1\n"
        "    def finalize(self):\n"
        "        return {'id': 'tape', 'summary': self.seen, 'alerts': []}\n",
    )
    roles = ("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-executor=inprocess")
    done = gate.project.spawn(*roles, *workers, "--mg-monitor=tape:Tape", "--mg-report=r.json")

    assert done.ret == 0
    monitor = json.loads((gate.path / "r.json").read_text())["monitors"][0]
    assert monitor["summary"] == {"t::scaled[1]": 10, "t::scaled[2]": 10}
