"""Names of tasks and entries are free: they need not be Python's."""

import pytest

NAMES = ["scaled by 0.5", "scaled-by", "lambda", "2nd", "größer", "a b/d", "x=1"]

SUITE = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

t = Task("{task}", inputs={inputs})

@t.relation(name="{name}")
def f(x):
    return (x,)

@t.property(name="{name} p")
def g(output, x):
    return True

@t.law(name="{name} l")
def h(solve, x):
    assert solve(x) == x
"""


@pytest.fixture
def write(project):
    project.write(new="def solve(x):\n    return x\n", wrong="def solve(x):\n    return x + 1\n")

    def write(name="f", task="t", inputs="st.tuples(st.integers())"):
        project.write(test_it=SUITE.format(task=task, name=name, inputs=inputs))

    return write


@pytest.mark.parametrize("inputs", ["st.tuples(st.integers())", "[(1,)]"])
@pytest.mark.parametrize("name", NAMES)
def test_an_entry_may_have_any_name(project, write, name, inputs):
    write(name=name, inputs=inputs)
    result = project.run("--mg-candidate=new.py", "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([f"test_it.py::t::{name} PASSED*"])


def test_an_entry_with_spaces_is_reproduced_by_the_command_that_is_printed(project, write):
    write(name="scaled by 0.5")
    result = project.run("--mg-candidate=wrong.py", "--mg-gate")
    result.stdout.fnmatch_lines(["*pytest 'test_it.py::t::scaled by 0.5 l'*"])
    again = project.run("test_it.py::t::scaled by 0.5 l", "--mg-candidate=wrong.py")
    again.assert_outcomes(failed=1)


@pytest.mark.parametrize("task", ["2sum", "two words", "top-k", "größer", "a.b"])
def test_a_task_of_any_name_is_given_a_candidate_of_its_own(project, write, task):
    write(task=task)
    project.run(f"--mg-candidate={task}=new.py").assert_outcomes(passed=3)


def test_a_mistyped_path_after_the_name_of_a_task_is_a_wrong_option(project, write):
    write(task="2sum")
    result = project.run("--mg-candidate=2sum=old.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --mg-candidate=2sum=old.py: there is no file 'old.py' *"])
