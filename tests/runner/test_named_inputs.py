"""Inputs with names reach the parameters of these names, in whichever order a function has them."""

import pytest

TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

t = Task("t", inputs={"minuend": st.integers(0, 9), "subtrahend": st.integers(10, 19)})

@t.property
def difference(output, minuend, subtrahend):
    assert output == minuend - subtrahend

@t.relation
def shifted(minuend, subtrahend):
    return (minuend + 1, subtrahend + 1)

@t.law
def named(solve, minuend, subtrahend):
    assert solve(subtrahend=subtrahend, minuend=minuend) == minuend - subtrahend
"""
PLAIN = "def solve(minuend, subtrahend):\n    return minuend - subtrahend\n"
SWAPPED = "def solve(subtrahend, minuend):\n    return minuend - subtrahend\n"
SHAPES = {
    "swapped": SWAPPED,
    "plain": PLAIN,
    "defaults": "def solve(subtrahend, minuend, by=1):\n    return (minuend - subtrahend) * by\n",
    "positional only": "def solve(subtrahend, minuend, /):\n    return minuend - subtrahend\n",
    "by keyword": "def solve(minuend, *, by=1, subtrahend): return (minuend - subtrahend) * by\n",
    "asynchronous": f"async {SWAPPED}",
    "decorated": "import functools\n@functools.lru_cache\n" + SWAPPED,
    "alias": SWAPPED.replace("solve", "inner") + "solve = inner\n",
    "lambda": "solve = lambda subtrahend, minuend: minuend - subtrahend\n",
    "in a branch": "if True:\n    def solve(subtrahend, minuend): return minuend - subtrahend\n",
    "defined again": PLAIN + SWAPPED,
}
REFUSED = {
    "other names": (
        "def solve(a, b):\n    return a - b\n",
        "solve: it has no parameter minuend, subtrahend; it needs a, b, which",
    ),
    "one more": (
        "def solve(minuend, subtrahend, base):\n    return minuend - subtrahend\n",
        "solve: it needs base, which the inputs do not name",
    ),
    "one between": (
        "def solve(minuend, scale=1, subtrahend=0):\n    return minuend - subtrahend\n",
        "solve: it has scale before what the inputs name",
    ),
    "imported": (
        "from operator import sub as solve\n",
        "solve: its parameters cannot be read, so the inputs minuend, subtrahend cannot be matched",
    ),
}


@pytest.mark.parametrize(
    ("shape", "executor"), [*((shape, "inprocess") for shape in SHAPES), ("swapped", "local")]
)
def test_names_are_matched_for_each_implementation_on_its_own(project, shape, executor):
    project.write(new=SHAPES[shape], old=PLAIN)
    (project.path / "test_it.py").write_text(TASK)
    roles = ("--mg-candidate=new.py", "--mg-baseline=old.py", f"--mg-executor={executor}")

    project.run(*roles).assert_outcomes(passed=3)
    project.run(*roles, "--mg-gate", "--mg-monitor=output_drift").stdout.fnmatch_lines(["ADOPT: *"])


@pytest.mark.parametrize("why", REFUSED)
def test_names_that_do_not_fit_are_refused_with_those_that_it_has(project, why):
    source, fault = REFUSED[why]
    project.write(new=source)
    (project.path / "test_it.py").write_text(TASK.split("@t.law", maxsplit=1)[0])

    result = project.run("--mg-candidate=new.py", "--mg-gate", "--mg-executor=inprocess")

    result.assert_outcomes(failed=3)  # two items, and the gate
    assert f"'new.py': {fault}" in " ".join(result.stdout.str().split())
    result.stdout.fnmatch_lines(["INCONCLUSIVE: *"])


def test_what_is_refused_says_what_the_implementation_has(project):
    project.write(new=REFUSED["other names"][0])
    (project.path / "test_it.py").write_text(TASK.split("@t.relation", maxsplit=1)[0])

    result = project.run("--mg-candidate=new.py", "--mg-executor=inprocess")

    said = "its parameters are (a, b), the inputs are minuend, subtrahend"
    assert said in " ".join(result.stdout.str().split())


def test_a_violation_is_found_and_shown_in_the_order_of_the_task(project):
    project.write(new=SWAPPED.replace("return", "return 1 +"))
    (project.path / "test_it.py").write_text(TASK.split("@t.relation", maxsplit=1)[0])

    result = project.run("--mg-candidate=new.py", "--mg-executor=inprocess")

    result.stdout.fnmatch_lines(
        ["source *minuend = 0, subtrahend = 10", "*-> -9", "*confirmed in a fresh process"]
    )


def test_a_function_that_takes_anything_gets_the_order_of_the_task(project):
    project.write(new="def solve(*numbers):\n    return numbers[0] - numbers[1]\n")
    (project.path / "test_it.py").write_text(TASK.split("@t.law", maxsplit=1)[0])

    project.run("--mg-candidate=new.py", "--mg-executor=inprocess").assert_outcomes(passed=2)
