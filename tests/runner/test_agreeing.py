"""Agreement: the candidate does what the baseline does on the same input."""

import json

import pytest

from pytest_metamorphic_guard import Agreement, Implementation, Task, TaskError, run

OLD = """
import os

def solve(xs):
    if -1 in xs:
        raise ValueError("no negative numbers")
    if 99 in xs:
        os._exit(3)
    return sorted(xs)

def total(xs):
    return sum(xs) / 3

def ordered(xs):
    return sorted(xs)
"""
NEW = """
def solve(xs):
    if -1 in xs:
        raise ValueError("negative")
    return sorted(set(xs))

def total(xs):
    return sum(x / 3 for x in xs)

def ordered(xs):
    xs.sort()
    return xs
"""
TASKS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Agreement, Task, approx

lists = st.tuples(st.lists(st.integers(0, 9)))
drawn = Task("drawn", inputs=lists, agreement=True)

@drawn.property
def never_longer(output, xs):
    assert len(output) <= len(xs)

raised = Task("raised", inputs=[([1, -1],), ([1],)])
messages = Task("messages", inputs=[([1, -1],)], agreement=True, compare_messages=True)
near = Task("near", inputs=lists, function="total", equivalence=approx())
exact = Task("exact", inputs=[([1, 2, 3, 4],)], function="total")
exact.add(Agreement("to_the_last_digit"))
left = Task("left", inputs=lists, function="ordered", compare_arguments=True)
kept = Task("kept", inputs=lists, function="ordered")
raises = Task("raises", inputs=[([-1],)])
gone = Task("gone", inputs=[([1],), ([99],)])
"""


@pytest.fixture
def agreeing(project):
    project.write(old=OLD, new=NEW, test_it=TASKS)
    return project


def test_a_candidate_agrees_in_values_exceptions_and_on_request_more(agreeing, read_texts):
    result = agreeing.run("--mg-candidate=new.py", "--mg-baseline=old.py", "-rA")

    texts = read_texts(result)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED test_it.py::drawn::never_longer",
            "PASSED test_it.py::raised::agreement",
            "PASSED test_it.py::near::agreement",
            "PASSED test_it.py::kept::agreement",
            "FAILED test_it.py::drawn::agreement - *",
        ]
    )
    drawn = texts["drawn.agreement"]
    # Shrunk, and both sides with their names.
    assert "drawn: agreement is violated by new.py" in drawn
    assert "The candidate does what the baseline does" in drawn
    assert "source      xs = [0, 0]" in drawn
    assert "candidate   new.py\n            -> [0]\nbaseline    old.py\n" in drawn
    assert "            -> [0, 0]" in drawn
    assert "expected    the candidate returns what the baseline returns" in drawn
    assert "confirmed in a fresh process" in drawn
    assert "reproduce   pytest test_it.py::drawn::agreement" in drawn
    assert "examples=[([0, 0],)]" in drawn
    assert "-> ValueError: negative\n" in texts["messages.agreement"]
    assert "their messages differ" in texts["messages.agreement"]
    assert "exact: agreement 'to_the_last_digit' is violated" in texts["exact.to_the_last_digit"]
    assert "argument 1 is left as [-1, 0]" not in texts["left.agreement"]
    assert (
        "found       argument 1 is left as [0, 1], by the baseline as [1, 0]"
        in (texts["left.agreement"])
    )
    # A crash is no answer that anybody could agree with.
    assert "'agreement' decides nothing: the baseline gave no answer" in texts["gone.agreement"]
    # Exceptions alone are an agreement that may come from a wrong call.
    result.stdout.fnmatch_lines(["*every call of the baseline old.py failed, so 'agreement'*"])
    result.assert_outcomes(passed=5, failed=5, warnings=1)


def test_without_a_baseline_an_agreement_is_skipped_in_one_line_and_nothing_adopted(project):
    project.write(
        new=NEW,
        test_it="""
        from pytest_metamorphic_guard import Task

        t = Task("t", inputs=[([1],), ([2],)], agreement=True)

        @t.property
        def is_list(output):
            assert isinstance(output, list)
        """,
        test_empty="""
        from pytest_metamorphic_guard import Task

        empty = Task("empty", inputs=[([1],)])
        """,
    )
    result = project.run("--mg-candidate=new.py", "--mg-gate", "-rs", "test_it.py")
    result.assert_outcomes(passed=1, skipped=1, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "SKIPPED*no baseline: pass --mg-baseline=path.py*",
            "INCONCLUSIVE: t::agreement did not run*",
        ]
    )
    result.stdout.no_fnmatch_line("ADOPT*")

    result = project.run("--mg-candidate=new.py", "test_empty.py")
    result.stdout.fnmatch_lines(
        ["*no relations, properties or laws given; with --mg-baseline it has an agreement"]
    )


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "-n2"])
def test_a_gate_counts_an_agreement_like_every_other_entry(project, workers):
    project.write(
        old="def solve(x):\n    return x // 2\n",
        same="def solve(x):\n    return x >> 1\n",
        other="def solve(x):\n    return int(x / 2)\n",
        test_it="""
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import Task

        halving = Task("halving", inputs=st.tuples(st.integers(-(2**40), 2**40)))
        """,
    )
    gate = ("--mg-gate", "--mg-baseline=old.py", "--mg-report=report.json", *workers)

    result = project.run("--mg-candidate=same.py", *gate)
    assert result.ret == 0
    report = json.loads((project.path / "report.json").read_text())
    (row,) = report["gate"]["decisions"][0]["tasks"][0]["relations"]
    assert (row["relation"], row["kind"], row["ran"]) == ("agreement", "agreement", 100)

    result = project.run("--mg-candidate=other.py", *gate)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*halving::agreement*"])

    result = project.run(
        "--mg-candidate=other.py", "--mg-baseline=old.py", "--mg-replay=report.json", *workers
    )
    result.assert_outcomes(failed=1)


def test_a_program_compares_too(tmp_path):
    (tmp_path / "old.py").write_text(OLD)
    (tmp_path / "new.py").write_text(NEW)
    old, new = (Implementation.from_path(tmp_path / name) for name in ("old.py", "new.py"))
    task = Task("t", inputs=[([1, 1],), ([2],)])
    assert run(task, old, new).outcome == "reject"
    assert run(task, old, old).adopt
    with pytest.raises(TaskError, match="no relations, properties or laws given"):
        run(task, None, new)
    explicit = Task("t", inputs=[([1, 1],)], agreement=True)
    explicit.property(lambda output: True, name="anything")
    decided = run(explicit, None, new)
    assert decided.outcome == "inconclusive"
    assert "no baseline to agree with" in decided.reason


def test_wrong_words_are_refused_at_once():
    with pytest.raises(TaskError, match=r"agreement=3, expected True or False"):
        Task("t", inputs=[(1,)], agreement=3)
    with pytest.raises(TaskError, match=r"compare_arguments='yes', expected True or False"):
        Agreement(compare_arguments="yes")
