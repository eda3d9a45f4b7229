"""pytest-timeout's limit on items: it holds, and nothing is left behind."""

import time

import pytest

HANGING = """
import pytest
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

task = Task("task", inputs=st.tuples(st.integers(0, 9)), function="hang", timeout_s=300)
fine = Task("fine", inputs=[(1,)], function="fine")

@task.property
def first(output, x): ...

@fine.property
def after(output, x): ...
"""
IMPL = """
import time
def hang(x):
    while True:
        time.sleep(1)
def fine(x):
    return x
"""
# A limit of one second, the start of pytest, and a machine that does much else.
PATIENCE_S = 100


@pytest.fixture
def hanging(any_suite):
    any_suite.write(test_hanging=HANGING, impl=IMPL)
    return any_suite


def run_watched(suite, find_processes, *args):
    """Run in a process of its own; return the result and what was left of it."""
    place = suite.path / "temporary"
    place.mkdir()
    start = time.monotonic()
    result = suite.spawn("--mg-candidate=impl.py", *args, TMPDIR=str(place))
    assert time.monotonic() - start < PATIENCE_S
    deadline = time.monotonic() + PATIENCE_S
    while (left := find_processes(str(place))) and time.monotonic() < deadline:
        pass
    assert left == []
    assert [p.name for p in place.rglob("worker*")] == []
    return result


def test_the_signal_method_ends_a_hanging_candidate_with_one_line(hanging, find_processes):
    result = run_watched(hanging, find_processes, "--timeout=1", "--durations=0", "-vv")

    result.assert_outcomes(failed=1, passed=1)
    text = result.stdout.str()
    assert "Timeout (>1.0s) from pytest-timeout; the input was (0,)" in text
    assert "hypothesis" not in text.partition("FAILURES")[2].partition("durations")[0]
    # A call of five minutes, ended with the item; with room for a machine that does much else.
    (row,) = [r for r in result.outlines if "s call " in r and "::first" in r]
    assert 0.9 < float(row.split("s call")[0]) < 10


def test_a_relations_own_limit_is_closer_than_its_tasks_and_the_command_lines(
    suite, find_processes
):
    suite.write(
        test_hanging=HANGING.replace(
            "timeout_s=300", "timeout_s=300, marks=[pytest.mark.timeout(40)]"
        ).replace("@task.property", "@task.property\n@pytest.mark.timeout(1)"),
        impl=IMPL,
    )

    result = run_watched(suite, find_processes, "--timeout=50")

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*Timeout (>1.0s) from pytest-timeout*"])


def test_the_thread_method_ends_the_process_and_its_candidates(hanging, find_processes):
    result = run_watched(hanging, find_processes, "--timeout=1", "--timeout-method=thread")

    if hanging.workers:
        result.assert_outcomes(failed=1, passed=1)
        result.stdout.fnmatch_lines(["*crashed while running 'test_hanging.py::task::first'*"])
    else:
        assert "+ Timeout +" in result.stdout.str() + result.stderr.str()
        assert result.ret == 1


def test_a_limit_during_a_transformation_or_the_search_for_a_smaller_input_holds(suite):
    suite.write(
        test_slow="""
        import time
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=st.tuples(st.lists(st.integers(), min_size=5)))

        @task.relation
        def sleeps(xs):
            time.sleep(60)
            return (xs,)

        @task.property
        def slow_to_shrink(output, xs):
            if output > 0.05:
                time.sleep(0.3)
            assert output <= 0.05
        """,
        impl="""
        import time
        def solve(xs):
            if sum(xs) > 10:
                time.sleep(0.1)
                return 0.1
            return 0.0
        """,
    )

    result = suite.spawn("--mg-candidate=impl.py", "--timeout=2", "-v", "--mg-shrink=full")

    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    assert text.count("Timeout (>2.0s) from pytest-timeout") >= 2
    # What was found before the time was over is not lost.
    assert "Timeout (>2.0s) from pytest-timeout, while a smaller input was searched" in text
    assert "task: property 'slow_to_shrink' is violated by impl.py" in text
    assert "of this run; not run again" in text
    assert "INTERNALERROR" not in text
    assert "ItemTimeout" not in text


@pytest.mark.slow  # the limit comes again after five seconds
def test_a_limit_that_is_lost_in_a_finalizer_comes_again(suite):
    suite.write(
        impl=IMPL,
        test_lost="""
        import time
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)], function="fine")

        class Slow:
            def __del__(self):
                end = time.monotonic() + 3
                while time.monotonic() < end:
                    pass

        @task.property
        def endless(output, x):
            Slow()
            while True:
                pass
        """,
    )
    options = ("--timeout=1", "--mg-executor=inprocess", "-W", "ignore")

    result = suite.spawn("--mg-candidate=impl.py", *options)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Timeout (>1.0s) from pytest-timeout*"])


def test_a_limit_in_setup_or_teardown_is_pytest_timeouts_own_failure(suite):
    suite.write(
        conftest="""
        import time
        import pytest

        @pytest.fixture
        def slow_setup():
            time.sleep(60)

        @pytest.fixture
        def slow_teardown():
            yield
            time.sleep(60)
        """,
        test_slow="""
        import pytest
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.property(marks=[pytest.mark.usefixtures("slow_setup")])
        def first(output, x): ...

        @task.property(marks=[pytest.mark.usefixtures("slow_teardown")])
        def second(output, x): ...
        """,
        impl="def solve(x):\n    return x\n",
    )

    result = suite.run("--mg-candidate=impl.py", "--timeout=1")

    result.assert_outcomes(errors=2, passed=1)
    text = result.stdout.str()
    assert text.count("Failed: Timeout (>1.0s) from pytest-timeout") >= 2
    assert "ItemTimeout" not in text


def test_a_limit_holds_in_a_users_own_hypothesis_test_that_calls_the_candidate(any_suite):
    any_suite.write(
        test_own="""
        from hypothesis import given, settings, strategies as st

        @settings(deadline=None)
        @given(x=st.integers())
        def test_own(mg_candidate, x):
            mg_candidate(x)
        """,
        impl="def solve(x):\n    while True:\n        pass\n",
    )
    start = time.monotonic()

    result = any_suite.spawn("--mg-candidate=impl.py", "--mg-timeout-s=300", "--timeout=1")

    assert time.monotonic() - start < PATIENCE_S
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Timeout (>1.0s) from pytest-timeout*"])


def test_without_pytest_timeout_a_calls_own_limit_still_holds(suite):
    suite.write(test_hanging=HANGING, impl=IMPL)

    result = suite.spawn(
        "-pno:timeout", "--mg-candidate=impl.py", "--mg-timeout-s=0.3", "--mg-shrink=off"
    )

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*timed out after 0.3 s*"])
