"""A run whose calls are made together says what it says where each is made by itself."""

import json
import shutil
import textwrap

import hypothesis
import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor

TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task
total = Task("total", inputs=st.tuples(st.lists(st.integers(0, 99), max_size=6)))

@total.relation
def reordered(xs):
    return (xs[::-1],)

@total.property
def is_positive(output, xs):
    assert output >= 0
"""
RIGHT = "def solve(xs): return sum(xs)\n"
# Wrong for a few inputs only, and in a way that depends on the order.
WRONG = "def solve(xs): return sum(xs) + (xs[0] if len(xs) == 5 and xs[0] > 90 else 0)\n"
RAISES = """
def solve(xs):
    if len(xs) == 5 and xs[0] > 90:
        raise ValueError("too much")
    return sum(xs)
"""
ENDS = """
import os
def solve(xs):
    if len(xs) == 5 and xs[0] > 90:
        os._exit(1)
    return sum(xs)
"""


@pytest.fixture(autouse=True)
def own_database(pytester):
    """What a run finds is known to none of another test."""
    hypothesis.configuration.set_hypothesis_home_dir(pytester.path / ".hypothesis")
    yield
    hypothesis.configuration.set_hypothesis_home_dir(None)


@pytest.fixture
def spied(monkeypatch):
    """How many calls were made together."""
    counts = []
    begin_all = LocalExecutor.begin_all

    def begin(self, file_path, func_name, given, *limits):
        counts.append(len(given))
        return begin_all(self, file_path, func_name, given, *limits)

    monkeypatch.setattr(LocalExecutor, "begin_all", begin)
    return counts


def run(pytester, *options):
    report = pytester.path / "report.json"
    pytester.runpytest_inprocess(
        "--mg-candidate=candidate.py",
        "--mg-baseline=right.py",
        "--mg-n=300",
        # For how long a smaller input is looked for depends on the machine.
        "--mg-shrink=off",
        f"--mg-report={report}",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        *options,
    )
    found = json.loads(report.read_text())
    del found["times"]
    return found


@pytest.mark.parametrize(
    ("source", "options"),
    [(WRONG, []), (RAISES, ["--mg-gate"]), (ENDS, ["--mg-gate"])],
    ids=["wrong", "raises", "ends"],
)
def test_it_is_the_same_as_one_by_one(pytester, spied, source, options, monkeypatch):
    pytester.makepyfile(test_total=TASK, right=RIGHT, candidate=source)

    together = run(pytester, *options)
    counts = [*spied]
    monkeypatch.delattr(LocalExecutor, "begin_all")
    shutil.rmtree(pytester.path / ".hypothesis", ignore_errors=True)
    alone = run(pytester, *options)

    assert max(counts, default=0) > 1, counts
    assert together == alone
    assert "violated" in str(together)


def test_calls_go_together_again_after_one_that_took_long(pytester, spied):
    pytester.makepyfile(
        test_total=TASK,
        right=RIGHT,
        candidate="""
        import time
        calls = 0
        def solve(xs):
            global calls
            calls += 1
            if calls == 150:
                time.sleep(0.11)
            return sum(xs)
        """,
    )

    run(pytester)

    assert sum(spied) > 600, spied  # of 1,800 calls, and 50 before it


def test_large_inputs_are_not_made_long_before_their_turn(pytester, spied):
    pytester.makepyfile(
        candidate="def solve(number, text): return number\n",
        test_total="""
        from pytest_metamorphic_guard import Task

        made, most = [], 0
        small = [(number, "") for number in range(100)]
        large = [(number, "x" * 40_000) for number in range(100)]
        total = Task("total", inputs=small + large)

        def check(before, after, source, followup):
            if source[1]:
                made.remove(source[0])
            return before == after

        @total.relation(expect=check)
        def same(number, text):
            global most
            if text:
                made.append(number)
                most = max(most, len(made))
            return number, text

        def test_most():
            print("MADE", most)
        """,
    )

    done = pytester.runpytest_inprocess(
        "--mg-candidate=candidate.py", "--mg-n=200", "-s", "-p", "no:randomly"
    )

    assert max(spied, default=0) > 1
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["*MADE [123]"])


@pytest.mark.parametrize(
    "engine",
    [
        """
        class Witness(LocalExecutor):
            def execute(self, *call):
                seen.append(call)
                return super().execute(*call)
        """,
        """
        class Witness:
            def __init__(self, config=None):
                self.inner = LocalExecutor(config)

            def __getattr__(self, name):
                return getattr(self.inner, name)

            def execute(self, *call):
                seen.append(call)
                return self.inner.execute(*call)
        """,
    ],
    ids=["derived from ours", "before ours"],
)
@pytest.mark.parametrize("parallel", [1, 2])
def test_an_executor_built_on_ours_sees_every_call(pytester, engine, parallel):
    head = "from pytest_metamorphic_guard.executors.local import LocalExecutor\nseen = []\n"
    law = "\n@total.law\ndef law(solve, xs):\n    assert solve(xs) == solve(xs[::-1])\n"
    pytester.makepyfile(
        candidate=RIGHT,
        engine=head + textwrap.dedent(engine),
        test_total=TASK + law,
        conftest="""
        import json, sys

        def pytest_sessionfinish():
            modules = [m for m in sys.modules.values() if hasattr(m, "Witness")]
            with open("count.json", "w") as file:
                json.dump([len(module.seen) for module in modules], file)
        """,
    )

    done = pytester.runpytest_inprocess(
        "--mg-candidate=candidate.py",
        "--mg-executor=engine.py:Witness",
        f"--mg-parallel={parallel}",
        "--mg-n=300",
        "-p",
        "no:randomly",
    )

    done.assert_outcomes(passed=3)
    # Of the property all calls are those of the relation.
    assert json.loads((pytester.path / "count.json").read_text()) == [300 * (2 + 2)]


def test_inputs_that_take_long_to_make_are_not_made_while_calls_are_under_way(pytester, spied):
    pytester.makepyfile(
        candidate="def solve(number): return number\n",
        test_total="""
        import time
        from pytest_metamorphic_guard import Task

        total = Task("total", inputs=[(number,) for number in range(120)])

        @total.relation
        def same(number):
            time.sleep(0.02)
            return (number,)
        """,
    )

    done = pytester.runpytest_inprocess("--mg-candidate=candidate.py", "--mg-n=120")

    done.assert_outcomes(passed=1)
    # Of 140 calls after the first hundred: they go together all the same.
    assert sum(spied) > 100, spied
