"""A task of which no inputs can be drawn is said to be wrong by its items, and ends no run."""

import pytest

STRATEGIES = {
    "nothing": "st.nothing()",
    "raises": "st.tuples(st.integers().map(lambda n: n // 0))",
    "refuses": "st.tuples(st.integers().filter(lambda n: False))",
    "generator": "lambda n, seed: 1 // 0",
}


@pytest.mark.parametrize("workers", [(), pytest.param(("-n1",), marks=pytest.mark.slow)])
def test_inputs_that_cannot_be_drawn_end_the_item_and_not_the_run(project, workers):
    tasks = "".join(
        f"{name} = Task({name!r}, inputs={inputs})\n" for name, inputs in STRATEGIES.items()
    )
    project.write(
        new="def solve(n):\n    return n\n",
        test_it="from hypothesis import strategies as st\n"
        f"from pytest_metamorphic_guard import Task\n{tasks}",
    )
    options = ("--mg-candidate=new.py", "--mg-baseline=new.py", "--mg-executor=inprocess")

    ran = project.spawn(*options, "--mg-gate", "--mg-strength", "-Wignore", *workers)

    text = ran.stdout.str() + ran.stderr.str()
    assert "INTERNALERROR" not in text
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["INCONCLUSIVE: *"])
    for name in ("nothing", "raises", "refuses"):
        ran.stdout.fnmatch_lines([f"{name}: no inputs can be drawn: *"])
    ran.stdout.fnmatch_lines(["generator: * raised ZeroDivisionError: *"])
