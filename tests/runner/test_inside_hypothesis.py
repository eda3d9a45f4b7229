"""What a check may call of hypothesis, it may call in every kind of run."""

import pytest

HEAD = "from hypothesis import event, note, target\n\n"
CHECKS = """
@t.law
def noted(f, x):
    event("small" if x < 10 else "large")
    note("seen")
    target(float(x))
    target(1.0, label="another")
    assert f(x) == x

@t.relation(expect="equal")
def derived(x):
    target(float(x))
    event("derived")
    return (x,)

@t.property
def seen(output, x):
    event("seen")
    assert output == x
"""
BOTH = ("--mg-candidate=new.py", "--mg-baseline=old.py")


DRAWN, LISTED = "st.tuples(st.integers(0, 99))", "[(1,), (20,), (30,)]"


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        (DRAWN, BOTH),
        (DRAWN, (*BOTH, "--mg-gate")),
        (LISTED, BOTH[:1]),
        (LISTED, (*BOTH, "--mg-measure")),
    ],
)
def test_a_check_notes_events_and_targets_in_every_kind_of_run(project, inputs, options):
    project.write_task(HEAD + CHECKS, inputs=inputs)
    project.write(new="def solve(x):\n    return x\n", old="def solve(x):\n    return x\n")

    gate = "--mg-gate" in options
    project.run(*options).assert_outcomes(passed=4 if gate else 3)


def test_what_is_violated_where_events_are_noted_is_measured_and_shrunk(project):
    project.write_task(HEAD + CHECKS, inputs="st.tuples(st.integers(0, 99))")
    project.write(new="def solve(x):\n    return x if x < 15 else -1\n")

    result = project.run("--mg-candidate=new.py", "--mg-measure", "--mg-n=40", "-k", "noted")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*input       x = 15"])


def test_what_draws_while_it_runs_cannot_be_measured_and_says_so(project):
    project.write_task(
        """
        @t.law
        def drawn(f, x, data):
            y = data.draw(st.integers(0, 3))
            assert f(y) == y
        """,
        inputs="st.tuples(st.integers(0, 99), st.data())",
    )
    project.write(new="def solve(x):\n    return x\n")

    project.run("--mg-candidate=new.py").assert_outcomes(passed=1)
    result = project.run("--mg-candidate=new.py", "--mg-measure")
    result.assert_outcomes(failed=1)
    assert "make what it draws an input of its own" in " ".join(result.stdout.str().split())
