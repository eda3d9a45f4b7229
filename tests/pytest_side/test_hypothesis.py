"""What users of hypothesis rely on: profiles, seeds, settings, examples and its database."""

import re

import pytest

COUNTING = """
from hypothesis import HealthCheck, example, given, seed, settings, strategies as st
from pytest_metamorphic_guard import Task

task = Task("task", inputs=st.tuples(st.integers()))

def note(name, x):
    with open(f"{name}.txt", "a") as file:
        file.write(f"{x}\\n")
"""
SAME = "def solve(x):\n    return x\n"


@pytest.fixture
def read_inputs(suite):
    """Return the inputs that an item noted since the last time."""

    def read(name):
        path = suite.path / f"{name}.txt"
        inputs = [int(line) for line in path.read_text().split()]
        path.unlink()
        return inputs

    return read


def test_settings_examples_and_seeds_count_above_and_below_the_declaration(suite, read_inputs):
    suite.write(
        test_decorated=COUNTING
        + """
@settings(max_examples=7)
@task.property
def settings_above(output, x):
    note("settings_above", x)

@task.property
@settings(max_examples=7)
def settings_below(output, x):
    note("settings_below", x)

@example(123456789)
@task.property
@example(x=987654321)
def examples(output, x):
    note("examples", x)

@task.example(1111)
@task.relation
@task.example(2222)
@example(3333)
def own_examples(x):
    note("own_examples", x)
    return (x,)

@seed(5)
@task.property
def seed_above(output, x):
    note("seed_above", x)

@task.property
@seed(5)
def seed_below(output, x):
    note("seed_below", x)
""",
        impl=SAME,
    )

    suite.run("--mg-candidate=impl.py").assert_outcomes(passed=6)
    first = {name: read_inputs(name) for name in ("seed_above", "seed_below")}
    assert len(read_inputs("settings_above")) == 7
    assert len(read_inputs("settings_below")) == 7
    assert read_inputs("examples")[:2] == [123456789, 987654321]
    assert set(read_inputs("own_examples")[:3]) == {1111, 2222, 3333}
    # A user's own seed wins over the run's.
    suite.run(
        "--mg-candidate=impl.py", "--mg-seed=99", "-k", "seed_above or seed_below"
    ).assert_outcomes(passed=2)
    assert read_inputs("seed_above") == first["seed_above"]
    assert read_inputs("seed_below") == first["seed_below"]


def test_a_profile_of_the_users_conftest_and_one_of_the_command_line_count(suite, read_inputs):
    suite.write(
        conftest="""
        from hypothesis import settings
        settings.register_profile("few", max_examples=4)
        settings.register_profile("more", max_examples=9, print_blob=True)
        settings.load_profile("few")
        """,
        test_counted=COUNTING
        + """
@task.property
def counted(output, x):
    note("counted", x)

@given(x=st.integers())
def test_plain(x):
    note("plain", x)
""",
        impl=SAME,
    )

    suite.spawn("--mg-candidate=impl.py").assert_outcomes(passed=2)
    assert len(read_inputs("counted")) == len(read_inputs("plain")) == 4
    suite.spawn("--mg-candidate=impl.py", "--hypothesis-profile=more").assert_outcomes(passed=2)
    assert len(read_inputs("counted")) == len(read_inputs("plain")) == 9
    suite.spawn("--mg-candidate=impl.py", "--mg-n=3").assert_outcomes(passed=2)
    assert len(read_inputs("counted")) == 3


def test_the_seed_of_hypothesis_wins_and_repeats(suite, read_inputs):
    suite.write(
        test_counted=COUNTING
        + """
@task.property
def counted(output, x):
    note("counted", x)
""",
        impl=SAME,
    )

    def run(*args):
        suite.spawn("--mg-candidate=impl.py", *args).assert_outcomes(passed=1)
        return read_inputs("counted")

    assert run("--hypothesis-seed=3") == run("--hypothesis-seed=3", "--mg-seed=8")
    assert run("--hypothesis-seed=3") != run("--hypothesis-seed=4")


def test_a_violation_is_replayed_from_the_database_and_after_the_fix_forgotten(suite, read_inputs):
    suite.write(
        test_found=COUNTING
        + """
@task.property
def small(output, x):
    note("small", x)
    assert output < 1000
""",
        impl=SAME,
    )

    suite.spawn("--mg-candidate=impl.py").assert_outcomes(failed=1)
    found = read_inputs("small")
    assert 1000 in found
    again = suite.spawn("--mg-candidate=impl.py", "--mg-seed=77")
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*in case 1 of this run; confirmed in a fresh process*"])
    assert read_inputs("small")[0] == 1000
    suite.write(impl="def solve(x):\n    return 0\n")
    suite.spawn("--mg-candidate=impl.py").assert_outcomes(passed=1)


def test_items_of_one_shape_have_databases_of_their_own(suite, read_inputs):
    suite.write(
        test_factory=COUNTING
        + """
def declare(name, limit):
    def check(output, x):
        note(name, x)
        assert abs(output) < limit
    check.__name__ = name
    return task.property(check)

declare("first", 1000)
declare("second", 10**9)
""",
        impl=SAME,
    )

    suite.spawn("--mg-candidate=impl.py", "-k", "first").assert_outcomes(failed=1)
    read_inputs("first")
    suite.spawn("--mg-candidate=impl.py", "-k", "second").parseoutcomes()

    assert read_inputs("second")[0] not in (1000, -1000)


def test_a_failure_blob_is_printed_on_request_and_reproduces(suite, read_inputs):
    source = (
        COUNTING
        + """
@settings(print_blob=True)
@task.property
def small(output, x):
    note("small", x)
    assert output < 1000
"""
    )
    suite.write(test_blob=source, impl=SAME)

    result = suite.spawn("--mg-candidate=impl.py")

    result.assert_outcomes(failed=1)
    (blob,) = set(re.findall(r"@reproduce_failure\(.*\)", result.stdout.str()))
    for above, below in ((blob, ""), ("", blob)):
        suite.write(
            test_blob=source.replace("@settings(print_blob=True)", above)
            .replace("@task.property", f"@task.property\n{below}")
            .replace("import HealthCheck", "import reproduce_failure, HealthCheck")
        )
        (suite.path / "small.txt").unlink()
        suite.spawn("--mg-candidate=impl.py", "-x").assert_outcomes(failed=1)
        assert set(read_inputs("small")) == {1000}
        (suite.path / "small.txt").touch()


def test_statistics_are_shown_and_no_patch_or_call_of_a_generated_function(any_suite):
    any_suite.write_top_k()

    result = any_suite.spawn("--mg-candidate=wrong.py", "--hypothesis-show-statistics")

    result.assert_outcomes(failed=1, passed=3)
    # In workers too every item has its statistics.
    result.stdout.fnmatch_lines(["*test_top_k.py::top_k::merge:*", "* passing*"])
    text = result.stdout.str()
    assert "git apply" not in text
    assert "Falsifying" not in text
    assert "mg_case" not in text
    assert "hypothesis/core.py" not in text
    assert not list(any_suite.path.glob(".hypothesis/patches/*"))


def test_in_continuous_integration_runs_repeat_and_no_deadline_disturbs(suite, read_inputs):
    suite.write(
        test_slow=COUNTING
        + """
@settings(max_examples=3)
@task.property
def slow(output, x):
    import time
    time.sleep(0.3)
    note("slow", x)

@task.property
def fails(output, x):
    assert output < 1000
""",
        impl=SAME,
    )

    seen = []
    for _ in range(2):
        result = suite.spawn("--mg-candidate=impl.py", CI="1")
        result.assert_outcomes(passed=1, failed=1)
        seen.append(read_inputs("slow"))

    assert seen[0] == seen[1]
    assert "git apply" not in result.stdout.str()
    assert not list(suite.path.glob(".hypothesis/examples/*"))


def test_slow_calls_do_not_break_the_default_deadline(suite):
    suite.write_top_k()
    suite.write(good="import time\ndef solve(xs, k):\n    time.sleep(0.3)\n    return []\n")

    result = suite.run("--mg-candidate=good.py", "-k", "bounded", "--mg-n=3")

    result.assert_outcomes(passed=1)


def test_assume_and_preconditions_skip_cases_and_too_many_skips_fail(suite):
    suite.write(
        test_skipping=COUNTING
        + """
from hypothesis import assume

@task.property
def assumes(output, x):
    assume(x % 2)

@task.property(precondition=lambda x: x > 0)
def positive(output, x):
    assert output > 0

@task.property(precondition=lambda x: x == 123456789)
def hardly_ever(output, x): ...

@task.law
def assumes_in_a_law(solve, x):
    assume(False)
""",
        impl=SAME,
    )

    result = suite.run("--mg-candidate=impl.py")

    result.assert_outcomes(passed=2, failed=2)
    text = result.stdout.str()
    assert "'hardly_ever': the precondition skipped" in text
    assert "assumes_in_a_law" in text
    assert "Unsatisfiable" not in text


def test_a_health_check_of_hypothesis_is_said_in_the_users_words(suite):
    suite.write(
        test_health=COUNTING
        + """
@task.law
def touches(solve, x, tmp_path):
    solve(x)

@task.law
def may_touch(solve, x, *, tmp_path_factory, request):
    solve(x)

@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@task.law
def allowed(solve, x, *, tmp_path):
    solve(x)
""",
        impl=SAME,
    )

    result = suite.run("--mg-candidate=impl.py", "-rA")

    text = result.stdout.str()
    assert "PASSED test_health.py::task::allowed" in text
    assert "FAILED test_health.py::task::touches" in text
    assert "unction-scoped fixture 'tmp_path'" in text


def test_pytests_own_outcomes_inside_a_law_mean_what_they_mean(any_suite):
    any_suite.write(
        test_outcomes=COUNTING
        + """
import pytest
from pytest_metamorphic_guard import CallFailed

@task.law
def skips(solve, x):
    pytest.skip("not now")

@task.law
def fails(solve, x):
    if solve(x) > 100:
        pytest.fail("too large")

@task.law
def must_raise(solve, x):
    with pytest.raises(CallFailed):
        solve(x)

@task.law
def expected(solve, x):
    pytest.xfail("known")

@task.property
def fails_too(output, x):
    if output > 100:
        pytest.fail("too large as well")
""",
        impl=SAME,
    )

    result = any_suite.run("--mg-candidate=impl.py", "-rs")

    result.assert_outcomes(skipped=1, failed=3, xfailed=1)
    text = result.stdout.str()
    assert "task: law 'fails' is violated by impl.py" in text
    assert "x = 101" in text
    assert "too large" in text
    assert "DID NOT RAISE" in text
    assert "task: law 'must_raise' is violated by impl.py" in text
    assert "task: property 'fails_too' is violated by impl.py" in text
    assert "Falsifying" not in text


def test_a_check_that_is_random_is_named(suite):
    suite.write(
        test_random=COUNTING
        + """
import itertools
counter = itertools.count()

@task.property
def fickle(output, x):
    assert next(counter) != 5
""",
        impl=SAME,
    )

    result = suite.run("--mg-candidate=impl.py")

    result.assert_outcomes(failed=1)
    text = " ".join(result.stdout.str().split())
    # Not the candidate's fault, which answers the same in every process.
    assert "NOT seen again for the same outputs: the check or transformation is random" in text
    assert "Flaky" not in text
