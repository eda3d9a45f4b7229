"""The seed of a gate follows from the contents of what it judges, so nobody knows the inputs."""

from __future__ import annotations

import json
import shutil

import pytest

from pytest_metamorphic_guard.api import EvaluationConfig, Implementation
from pytest_metamorphic_guard.api import run as evaluate
from pytest_metamorphic_guard.tasks import Task

TESTS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

t = Task("t", inputs=st.tuples(st.integers()))

@t.property
def right(output, x):
    assert output == x
"""
# Answers what its author saw with the seed 0, and nothing else.
MEMORY = "ANSWERS = {answers!r}\n\ndef solve(x):\n    return x if x in ANSWERS else -1\n"
GATE = ("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate", "--mg-n=30")


@pytest.fixture
def gated(project):
    project.write(
        test_it=TESTS, old="def solve(x):\n    return x\n", new="def solve(x):\n    return x + 0\n"
    )

    def run(*args):
        path = project.path / "report.json"
        path.unlink(missing_ok=True)
        result = project.spawn(*GATE, f"--mg-report={path}", *args)
        return result, json.loads(path.read_text())

    project.gate = run
    return project


def find_seed(project, *args):
    return project.gate(*args)[1]["seed"]


def test_a_candidate_that_memorised_the_inputs_of_another_seed_is_rejected(gated):
    gated.write(
        new="""
        def solve(x):
            with open("seen.txt", "a") as file:
                print(x, file=file)
            return x
        """
    )
    gated.spawn(*GATE, "--mg-seed=0", "--mg-executor=inprocess")
    answers = {int(text) for text in (gated.path / "seen.txt").read_text().split()}
    gated.write(new=MEMORY.format(answers=answers))
    # What is tried beside the sample may find it out; the sample that it knows does not.
    (known,) = gated.gate("--mg-seed=0")[1]["gate"]["decisions"][0]["tasks"]
    assert known["passed"] == known["ran"] > 0

    report = gated.gate()[1]

    assert report["gate"]["outcome"] == "reject"
    (fresh,) = report["gate"]["decisions"][0]["tasks"]
    assert fresh["passed"] < fresh["ran"]


def test_the_same_files_give_the_same_seed_and_the_run_says_where_it_comes_from(gated):
    result, report = gated.gate()

    assert report["seed_source"] == "contents"
    said = f"seed {report['seed']} from the contents of the implementations"
    assert result.stdout.str().count(said) == 2  # above the tests, and below them
    assert [find_seed(gated), find_seed(gated, "-n2")] == [report["seed"]] * 2


def test_a_given_seed_wins_and_without_a_gate_it_is_zero(gated):
    result, report = gated.gate("--mg-seed=7")
    assert (report["seed"], report["seed_source"]) == (7, "given")
    assert "contents" not in result.stdout.str()

    result = gated.spawn("--mg-candidate=new.py", "--mg-baseline=old.py")
    result.stdout.fnmatch_lines(["metamorphic-guard: *, seed 0"])


def test_the_command_to_reproduce_a_violation_pins_the_seed(gated):
    gated.write(new="def solve(x):\n    return -1\n")

    result, report = gated.gate()

    result.stdout.fnmatch_lines([f"*--mg-seed={report['seed']}*"])
    result, report = gated.gate("--mg-seed=0")
    result.stdout.fnmatch_lines(["*--mg-seed=0*"])


def test_every_content_counts_and_no_name_place_or_order_does(gated):
    gated.write(third="def solve(x):\n    return 0 + x\n")
    folder = gated.path / "elsewhere"
    folder.mkdir()
    shutil.copy(gated.path / "third.py", folder / "other.py")
    alone = find_seed(gated)
    both = {
        find_seed(gated, *(f"--mg-candidate={name}" for name in names))
        for names in (["third.py"], ["elsewhere/other.py"])
    }
    turned = gated.path / "turned.json"
    gated.spawn("--mg-candidate=third.py", *GATE, f"--mg-report={turned}")
    gated.write(old="def solve(x):\n    return +x\n")
    changed = find_seed(gated)

    assert both == {json.loads(turned.read_text())["seed"]}
    assert len({alone, changed, *both}) == 3


@pytest.mark.parametrize(
    ("source", "name", "before", "after"),
    [
        ("from answers import A", "answers.py", "A = 1", "A = 2"),
        ("import data.answers", "data/answers.py", "A = 1", "A = 2"),
        ("open(__file__[:-6] + 'answers.json')", "answers.json", "{}", "[]"),
        ("import first", "second.py", "A = 1", "A = 2"),
    ],
)
def test_answers_in_a_file_that_the_candidate_names_count_too(
    tmp_path, source, name, before, after
):
    (tmp_path / "data").mkdir()
    (tmp_path / "first.py").write_text("import second")
    (tmp_path / "unnamed.py").write_text("x = 1")
    (tmp_path / "new.py").write_text(f"{source}\n\ndef solve(x):\n    return x\n")
    seeds = []
    for text in (before, after, before):
        (tmp_path / name).write_text(text)
        seeds.append(make_seed(tmp_path / "new.py"))
    (tmp_path / "unnamed.py").write_text("x = 2")
    seeds.append(make_seed(tmp_path / "new.py"))

    assert seeds[0] == seeds[2] == seeds[3] != seeds[1]


def make_seed(path):
    task = Task("t", inputs=[(1,)])
    task.property(name="any")(lambda output, x: True)
    config = EvaluationConfig(n=1)
    return evaluate(task, None, Implementation.from_path(path), config).report["seed"]
