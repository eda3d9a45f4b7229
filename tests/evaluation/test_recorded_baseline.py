"""The answers of a baseline, kept and compared with when the baseline itself is gone."""

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import EvaluationConfig, Implementation, Task, run

TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

t = Task("t", inputs={"a": st.integers(0, 50), "b": st.integers(0, 50)})
"""
# Its parameters stand in another order than the candidate's.
OLD = "def solve(b, a):\n    if a % 7 == 0: raise ValueError(a)\n    return (a - b, {b: a})\n"
NEW = "def solve(a, b):\n    if a % 7 == 0: raise ValueError(a)\n    return (a - b, {b: a})\n"
BAD = NEW.replace("a - b", "a - b + (a > 30)")
COMMON = ("--mg-gate", "--mg-executor=inprocess", "--mg-n=40")


# Four runs, each with processes of its own.
@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_recorded_baseline_is_compared_with_when_the_old_one_is_gone(project, workers):
    project.write(old=OLD, new=NEW, bad=BAD)
    (project.path / "test_it.py").write_text(TASK)
    keep = ("--mg-record-baseline=answers.jsonl", "--mg-candidate=new.py", "--mg-baseline=old.py")

    project.spawn(*COMMON, *keep, *workers).stdout.fnmatch_lines(["ADOPT: *", "answers of *new*"])
    (project.path / "old.py").unlink()
    kept = "--mg-baseline=recorded:answers.jsonl"
    held = project.spawn(*COMMON, kept, "--mg-candidate=new.py", *workers)
    violated = project.spawn(*COMMON, kept, "--mg-candidate=bad.py", *workers)
    wider = project.spawn(*COMMON, kept, "--mg-candidate=new.py", "--mg-n=60", *workers)

    held.stdout.fnmatch_lines(["ADOPT: 0 regressions in 40 inputs*"])
    violated.stdout.fnmatch_lines(["REJECT: *"])
    wider.stdout.fnmatch_lines(["*no answer is recorded for solve(*"])
    wider.stdout.fnmatch_lines(["INCONCLUSIVE: *"])


def test_answers_that_changed_are_shown_and_stay_unless_asked(project):
    project.write(old="def solve(n):\n    return n\n", new="def solve(n):\n    return n\n")
    project.write_task("")
    keep = ("--mg-record-baseline=kept.jsonl", "--mg-candidate=new.py", "--mg-baseline=old.py")
    options = ("--mg-executor=inprocess", *keep)
    project.spawn(*options)
    before = (project.path / "kept.jsonl").read_text()
    project.write(old="def solve(n):\n    return 9 if n == 2 else n\n")

    shown = project.spawn(*options)
    same = (project.path / "kept.jsonl").read_text() == before
    changed = project.spawn(*options, "--mg-update-answers")

    shown.stdout.fnmatch_lines(
        ["answers of the baseline in *: 0 new, 1 differ and stay*", "  was solve(2) -> 2, is 9"]
    )
    assert same
    changed.stdout.fnmatch_lines(["answers of the baseline in *: 0 new, 1 changed"])
    assert "solve(2) -> 9" in (project.path / "kept.jsonl").read_text()
    missing = project.spawn("--mg-candidate=new.py", "--mg-baseline=recorded:no.jsonl")
    missing.stderr.fnmatch_lines(["*there is no file *no.jsonl; --mg-record-baseline writes one"])


def test_a_program_keeps_answers_and_compares_with_them(tmp_path):
    for name, change in (("old", ""), ("new", ""), ("bad", " + (a > 30)")):
        (tmp_path / f"{name}.py").write_text(f"def solve(a, b):\n    return a - b{change}\n")
    inputs = {"a": st.integers(0, 50), "b": st.integers(0, 50)}
    task = Task("t", inputs=inputs)
    new, bad = (Implementation.from_path(tmp_path / f"{name}.py") for name in ("new", "bad"))
    kept = tmp_path / "answers.jsonl"
    config = EvaluationConfig(n=30, executor="inprocess", record_baseline=kept)

    first = run(task, Implementation.from_path(tmp_path / "old.py"), new, config)
    (tmp_path / "old.py").unlink()
    old = Implementation.from_specification(f"recorded:{kept}")
    later = [
        run(task, old, one, EvaluationConfig(n=30, executor="inprocess")) for one in (new, bad)
    ]

    assert (first.outcome, len(first.recorded)) == ("adopt", 1)
    assert first.recorded[0].startswith(f"answers of the baseline in {kept}: ")
    assert [result.outcome for result in later] == ["adopt", "reject"]
    assert {result.report["seed"] for result in later} == {first.report["seed"]}


BOX = """
class Box:
    def __init__(self, n):
        self.items = [1] * n

    def pop(self):
        if not self.items:
            raise IndexError("empty")
        return self.items.pop()

    def add(self, x, times):
        self.items += [x] * times
        return len(self.items)

def subtract(a, *, b, unit):
    if b == 3:
        raise KeyError(b)
    return a - b
"""
CALLS = """
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import Call, Task

    numbers = st.integers(0, 9)
    add = st.tuples(st.just("add"), numbers.map(lambda n: Call(times=2, x=n)))
    steps = st.lists(st.tuples(st.just("pop"), st.tuples()) | add, min_size=1, max_size=4)
    boxes = Task("boxes", inputs={"n": st.integers(0, 2)}, operations=steps, function="Box")
    named = st.builds(lambda a, b: Call(a, unit=1, b=b), numbers, numbers)
    differences = Task("differences", inputs=named, function="subtract")
"""


def test_operations_and_arguments_by_name_are_recorded_too(project):
    bad = BOX.replace("items.pop()", "items.pop(0)").replace("a - b", "a - b + (a == 9)")
    project.write(test_it=CALLS, old=BOX, new=BOX.replace("empty", "no more"), bad=bad)
    keep = ("--mg-record-baseline=kept.jsonl", "--mg-candidate=new.py", "--mg-baseline=old.py")
    first = project.run(*COMMON, *keep)
    (project.path / "old.py").unlink()
    kept = (*COMMON, "--mg-baseline=recorded:kept.jsonl")

    held = project.run(*kept, "--mg-candidate=new.py")
    violated = project.run(*kept, "--mg-candidate=bad.py")
    further = project.run(*kept, "--mg-candidate=new.py", "--mg-n=80")

    assert "left out" not in first.stdout.str()
    held.stdout.fnmatch_lines(["ADOPT: *"])
    violated.assert_outcomes(failed=3)  # both agreements, and the gate
    violated.stdout.fnmatch_lines(["REJECT: *"])
    further.stdout.fnmatch_lines(["*no answer is recorded for Box(n=*", "INCONCLUSIVE: *"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_what_two_baselines_answer_in_two_ways_is_nobody_s_answer(project, workers):
    """Both tasks call their function `solve`, which is all that a file of answers says."""
    project.write(
        one="def solve(n):\n    return n\n",
        two="def solve(n):\n    return -n\n",
        test_it="from pytest_metamorphic_guard import Task\n"
        "a, b = (Task(name, inputs=[(0,), (1,), (2,)]) for name in 'ab')\n",
    )
    baselines = ("--mg-baseline=a=one.py", "--mg-baseline=b=two.py")
    keep = ("--mg-record-baseline=kept.jsonl", "--mg-candidate=one.py", *baselines)
    recorded = project.spawn("--mg-executor=inprocess", "--mg-measure", *keep, *workers)
    wrong = project.spawn("--mg-candidate=one.py", "--mg-baseline=recorded:kept.jsonl", "--mg-gate")

    recorded.stdout.fnmatch_lines(["left out: 2 calls that two baselines answer in two ways: *"])
    assert wrong.ret != 0
    wrong.stdout.fnmatch_lines(["INCONCLUSIVE: *"])
