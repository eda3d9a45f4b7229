"""The same outcomes and the same texts, however items are distributed."""

import re
import shutil

WAYS = ("load", "loadscope", "worksteal")


def test_every_distribution_gives_the_outcomes_and_texts_of_one_process(
    suite, read_failures, read_junit
):
    suite.write_top_k()
    suite.write(
        slips="def solve(xs, k):\n    assert len(xs) < 4, 'too long'\n    return xs[:k]\n",
    )
    given = [f"--mg-candidate={name}.py" for name in ("good", "wrong", "slips")]
    runs = {}
    for way in ("no", *WAYS):
        workers = () if way == "no" else ("-n2", f"--dist={way}")
        # A run that replays what an earlier one found sees it in its first case.
        shutil.rmtree(suite.path / ".hypothesis", ignore_errors=True)
        result = suite.run("-rA", "--junitxml=junit.xml", *given, "--mg-baseline=good.py", *workers)
        junit = read_junit(suite.path / "junit.xml")
        summary = {line for line in result.outlines if re.match(r"(PASSED|FAILED) ", line)}
        failures = read_failures(result)
        runs[way] = (result.ret, summary, failures, junit)

    code, summary, failures, junit = runs["no"]
    assert code == 1
    assert len(summary) == 12
    assert len(failures) == 5
    assert all("test_top_k.py::top_k::" in text for text in failures.values())
    for way in WAYS:
        assert runs[way][:3] == (code, summary, failures), way
        assert runs[way][3] == junit, way
    # The report of an item carries what it counted, once.
    case = junit.cases["test_top_k.top_k::reordered[wrong]"]
    assert case.properties["mg_status"] == "violated"
    assert int(case.properties["mg_cases"]) >= 1
    assert len(case.property_names) == len(set(case.property_names))
    assert "relation 'reordered' is violated by wrong.py" in case.text
    held = junit.cases["test_top_k.top_k::reordered[good]"]
    assert (held.properties["mg_status"], held.properties["mg_cases"]) == ("held", "100")
    assert (junit.tests, junit.failures) == (12, 5)


INPUTS = """
import pathlib
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

one = Task("one", inputs=st.tuples(st.integers()))
listed = Task("listed", inputs=lambda n, seed: [(seed + i,) for i in range(n)])

def note(name, x):
    with open(f"{name}.txt", "a") as file:
        file.write(f"{x}\\n")

@one.property
def first(output, x):
    note("first", x)

@one.relation
def second(x, rng):
    y = rng.random()
    note("second", (x, y))
    return (x,)

@listed.property
def third(output, x):
    note("third", x)
"""


def inputs_of(suite, *args):
    """Run the suite above and return the inputs that its items saw."""
    for path in suite.path.glob("*.txt"):
        path.unlink()
    result = suite.run("--mg-candidate=same.py", "--mg-n=20", *args)
    result.assert_outcomes(passed=3)
    seen = {p.name: p.read_text() for p in suite.path.glob("*.txt")}
    assert len(seen) == 3
    return result, seen


def test_one_seed_gives_the_same_inputs_in_one_process_and_in_workers(suite):
    suite.write(test_inputs=INPUTS, same="def solve(x):\n    return 0\n")

    _, alone = inputs_of(suite)
    _, again = inputs_of(suite, "-n2")
    _, other = inputs_of(suite, "--mg-seed=7")

    assert alone == again
    assert all(alone[name] != other[name] for name in alone)


def test_a_random_seed_is_drawn_once_printed_and_shared_with_the_workers(suite):
    suite.write(test_inputs=INPUTS, same="def solve(x):\n    return 0\n")

    result, drawn = inputs_of(suite, "--mg-seed=random", "-n2")

    (seed,) = re.findall(r"^metamorphic-guard: .*seed (\d+)", result.stdout.str(), re.MULTILINE)
    assert seed != "0"
    _, repeated = inputs_of(suite, f"--mg-seed={seed}")
    assert drawn == repeated


def test_a_worker_that_dies_costs_only_its_item(suite):
    suite.write_top_k()
    suite.write(
        test_dying="""
        import os
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.property
        def dies(output, x):
            os._exit(3)

        @task.property
        def lives(output, x): ...
        """,
        any="def solve(*args):\n    return []\n",
    )

    result = suite.spawn("-n2", "--mg-candidate=any.py", "test_dying.py")

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*worker 'gw*' crashed while running 'test_dying.py::task::dies'*"]
    )
