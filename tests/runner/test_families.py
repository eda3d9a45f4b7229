"""Families of relations, and transformations that see what the source call returned."""

import json
import re
import shlex

import pytest

from pytest_metamorphic_guard import (
    Implementation,
    MetamorphicRelation,
    Task,
    TaskError,
    run,
    scaled,
)

CODE = """
def solve(xs):
    return min(sum(xs), 100)

def strip(text):
    return text.strip().removesuffix(".")

def first(xs):
    return xs[:1]
"""
TASKS = """
from pytest_metamorphic_guard import *

total = Task("total", inputs=[([1, 2],), ([20, 30],)])

@total.example([3, 4])
@total.relation(parameters={"c": [2, 7]}, expect=scaled)
def scales(xs, c):
    \"\"\"Inputs times {c} have a total times {c}.\"\"\"
    return ([c * x for x in xs],)

@total.relation(parameters={"c": [1, 2], "d": ["a", "b"]}, expect=lambda s, f, c: f >= s * c)
def pairs(xs, c, d, rng):
    return ([c * x for x in rng.sample(xs, len(xs))],)

@total.relation(parameters={"c": [1, 60]}, expect=lambda c: shifted(c), items="all")
def grows(xs, c):
    return ([*xs, c],)

clean = Task("clean", inputs=[(" a ",), ("b..",)], function="strip")

@clean.relation(expect="equal")
def again(text, output):
    \"\"\"What was cleaned stays as it is.\"\"\"
    return (output,)

@clean.relation(sees_output=True, precondition=lambda text: "b" not in text)
def again_as_well(text, *, output):
    yield (output,)
    yield (f"{output} ",)

heads = Task("heads", inputs=[([1, 2],), ([],)], function="first")

@heads.relation
def starts_with_it(xs, output):
    return ([output[0], *xs],)
"""


def test_a_family_has_an_item_per_value_with_the_constant_in_all_it_says(project, read_texts):
    project.write(code=CODE, test_it=TASKS)
    result = project.run("--mg-candidate=code.py", "-rA")
    texts = read_texts(result)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED test_it.py::total::scales[[]2[]]",
            "FAILED test_it.py::total::scales[[]7[]]*",
            "PASSED test_it.py::total::pairs[[]1-a[]]",
            "PASSED test_it.py::total::pairs[[]2-b[]]",
            "FAILED test_it.py::total::grows*",
            "PASSED test_it.py::clean::again_as_well",
        ]
    )
    seven = texts["total.scales[7]"]
    assert "total: relation 'scales[7]' is violated by code.py" in seven
    assert "Inputs times 7 have a total times 7" in seven
    assert "follow-up   xs = [140, 210]" in seven
    assert "expected    the follow-up output is 7 times the source output" in seven
    assert "that is 350" in seven
    assert "reproduce   pytest 'test_it.py::total::scales[7]' --mg-candidate=code.py" in seven
    grows = texts["total.grows"]
    assert "found       for c = 60: not as expected" in grows
    assert "the follow-up output is the source output plus 60" in grows

    again = texts["clean.again"]
    assert "What was cleaned stays as it is" in again
    assert "follow-up   text = 'b.'" in again
    starts = texts["heads.starts_with_it"]
    assert "from this output transform raised IndexError" in starts
    result.assert_outcomes(passed=6, failed=4)


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "-n2"])
def test_a_gate_counts_each_member_and_one_candidate_serves_several_tasks(project, workers):
    project.write(
        code=CODE,
        other=CODE.replace("100", "50"),
        test_it=TASKS.replace("[20, 30]", "[2, 3]").replace('"b..",', '"b",'),
    )
    result = project.run(
        "--mg-candidate=total,clean=other.py",
        "--mg-baseline=total,clean=code.py",
        "--mg-gate",
        "--mg-report=report.json",
        *workers,
        "-rs",
    )
    # The third task is collected, and has no candidate.
    result.stdout.fnmatch_lines(["SKIPPED*no candidate*"])
    report = json.loads((project.path / "report.json").read_text())
    (decided,) = report["gate"]["decisions"]
    rows = {
        f"{task['task']}::{row['relation']}": row["ran"]
        for task in decided["tasks"]
        for row in task["relations"]
    }
    assert rows == {
        "total::scales[2]": 2,
        "total::scales[7]": 2,
        "total::pairs[1-a]": 2,
        "total::pairs[1-b]": 2,
        "total::pairs[2-a]": 2,
        "total::pairs[2-b]": 2,
        "total::grows": 2,
        "clean::again": 2,
        "clean::again_as_well": 1,
    }


def test_a_name_that_is_no_task_is_refused_also_among_several(project):
    project.write(code=CODE, test_it=TASKS)
    result = project.run("--mg-candidate=total,claen=code.py")
    assert result.ret != 0
    result.stderr.fnmatch_lines(["*no task 'claen'. Did you mean 'clean'?*"])


def test_relations_are_shared_by_tasks_and_run_from_a_program(tmp_path):
    (tmp_path / "code.py").write_text(CODE)
    shared = [
        MetamorphicRelation(
            "scales", lambda xs, c: ([c * x for x in xs],), scaled, parameters={"c": [2, 90]}
        )
    ]
    tasks = [Task(name, inputs=[([1, 2],)], relations=shared) for name in ("a", "b")]
    code = Implementation.from_path(tmp_path / "code.py")
    for task in tasks:
        report = run(task, None, code).report
        assert [item["node_id"] for item in report["items"]] == [
            f"{task.name}::scales[2]",
            f"{task.name}::scales[90]",
        ]
        (violation,) = report["violations"]
        assert violation["node_id"] == f"{task.name}::scales[90]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"parameters": [2]}, "parameters must map names to lists of values"),
        ({"parameters": {"c": []}}, "expected a list of values"),
        ({"parameters": {"rng": [1]}}, "expected the name of a parameter"),
        ({"parameters": {"c": [1]}, "items": "one"}, "items='one', expected 'each' or 'all'"),
        ({"parameters": {"c": [1]}, "expect": lambda c: 3}, "expect is a int"),
        ({"sees_output": True}, r"transform takes \(xs, c\), no output"),
    ],
)
def test_a_family_that_cannot_work_is_refused(words, said):
    def transform(xs, c):
        return (xs,)

    with pytest.raises(TaskError, match=said):
        MetamorphicRelation("r", transform, **words)


def test_a_constant_that_the_transformation_does_not_take_is_refused_by_the_task():
    relation = MetamorphicRelation("r", lambda xs: (xs,), parameters={"d": [1]})
    with pytest.raises(TaskError, match="relation 'r' takes"):
        Task("t", inputs=[([1],)], relations=[relation])


def test_nothing_is_made_of_an_exception_that_is_an_answer(project):
    project.write_task(
        """
        t.add(idempotent())
        """,
        inputs="[(x,) for x in range(-3, 4)]",
        raises="(ValueError,)",
    )
    project.write(new="def solve(x):\n    return x if x >= 0 else int('a')\n")
    result = project.run("--mg-candidate=new.py", "--mg-report=report.json")

    result.assert_outcomes(passed=1)


def test_a_member_of_a_family_is_run_again_alone_by_every_way(project):
    project.write(code=CODE, test_it=TASKS)
    given = ("--mg-candidate=code.py", "-p", "cacheprovider", "-k", "total")
    project.run(*given, "--mg-report=r.json")
    violations = json.loads((project.path / "r.json").read_text())["violations"]
    member = next(one for one in violations if one["relation"] == "scales")
    assert member["node_id"] == "test_it.py::total::scales[7]"

    failed = ["test_it.py::total::grows", member["node_id"]]
    told = shlex.split(member["shown"]["command"])
    for ways, expected in (
        ([*given, "--lf"], failed),
        ([*given, "--mg-replay=r.json"], failed),
        ([member["node_id"], "--mg-candidate=code.py"], failed[1:]),
        ([member["node_id"], "--mg-candidate=code.py", "--mg-replay=r.json"], failed[1:]),
        (told[1:], failed[1:]),
    ):
        result = project.run(*ways, "-rA")
        result.assert_outcomes(
            failed=len(expected), deselected=result.parseoutcomes().get("deselected", 0)
        )
        assert sorted(re.findall(r"^FAILED (\S+)", result.stdout.str(), re.MULTILINE)) == expected
