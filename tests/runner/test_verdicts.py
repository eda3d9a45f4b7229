"""When an item passes, fails or says nothing; how a violation is searched and seen again."""

import shlex

import pytest

SOLUTIONS = """
import pathlib

calls = 0


def echo(x):
    return x


def from_ten(x):
    return x if x < 10 else 0


def from_twenty(x):
    return x if x < 20 else 0


def raises_from_ten(x):
    if x >= 10:
        raise ValueError(x)
    return x


def once(x):
    global calls
    calls += 1
    return x if calls > 1 else None
"""


@pytest.fixture
def suite(project):
    project.write(solutions=SOLUTIONS)
    return project


def name(function):
    return f"solutions.py:{function}"


SAME = """
@t.property
def same(output, x):
    return output == x
"""


# --- nothing ran


NOTHING_RUNS = {
    "precondition of the relation": (
        "@t.relation(precondition=lambda x: False)\ndef empty(x):\n    return (x,)\n",
        {},
        "the precondition skipped",
    ),
    "precondition of the task": (
        SAME.replace("same", "empty"),
        {"precondition": "lambda x: x is None"},
        "the precondition skipped",
    ),
    "no follow-up": (
        "@t.relation\ndef empty(x):\n    return\n    yield\n",
        {},
        "the transformation, which yields no follow-up input, skipped",
    ),
    "assume": (
        "@t.relation\ndef empty(x):\n    assume(False)\n    return (x,)\n",
        {},
        "hypothesis.assume() skipped",
    ),
    "assume in a law": (
        "@t.law\ndef empty(solve, x):\n    assume(x is None)\n",
        {},
        "hypothesis.assume() skipped",
    ),
}


@pytest.mark.parametrize(
    "inputs", ["[(1,), (2,)]", "st.tuples(st.integers())"], ids=["listed", "drawn"]
)
@pytest.mark.parametrize("kind", NOTHING_RUNS)
@pytest.mark.parametrize("options", [(), ("--mg-measure",)], ids=["find", "measure"])
def test_an_item_that_ran_no_case_is_never_green(suite, read_texts, kind, inputs, options):
    body, words, said = NOTHING_RUNS[kind]
    suite.write_task(body, inputs=inputs, **words)
    result = suite.run(f"--mg-candidate={name('echo')}", "-W", "error", *options)
    result.assert_outcomes(failed=1)
    (text,) = read_texts(result).values()
    assert f"'empty': {said} " in text
    assert "draw inputs that meet it, so that the check means something" in text


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ("st.nothing()", ""),
        ("st.tuples(st.integers().filter(lambda x: False))", ""),
        ("st.integers()", "inputs yields a int, expected a tuple of arguments: wrap it, as in "),
        ("lambda n, seed: []", "gen_inputs(n, seed) is empty"),
        ("lambda n, seed: [[1]]", "gen_inputs(n, seed)[0] is a list, expected a tuple"),
        ("lambda n, seed: 1 // 0", "gen_inputs(n, seed) raised ZeroDivisionError: "),
        ("lambda n, seed: None", "gen_inputs(n, seed) raised TypeError: "),
    ],
)
def test_inputs_that_cannot_be_drawn_are_an_error_of_the_task(suite, read_texts, inputs, said):
    suite.write_task(SAME, inputs=inputs)
    result = suite.run(f"--mg-candidate={name('echo')}")
    result.assert_outcomes(failed=1)
    (text,) = read_texts(result).values()
    assert text.startswith("task 't' (")
    assert said in text
    assert "Traceback" not in text


def test_a_few_skipped_cases_are_no_error(suite):
    suite.write_task(
        """
        @t.relation(precondition=lambda x: x > 0)
        def positive(x):
            return (x,)

        @t.relation
        def assumed(x):
            assume(x > 0)
            return (x,)
        """,
        inputs="[(-1,), (0,), (1,), (2,)]",
    )
    suite.run(f"--mg-candidate={name('echo')}").assert_outcomes(passed=2)


def test_a_precondition_refuses_a_case_before_the_candidate_is_called(suite):
    suite.write_task(
        """
        @t.law(precondition=lambda x: x < 10)
        def small_only(solve, x):
            assert solve(x) == x
        """,
        inputs="[(9,), (10,)]",
    )
    suite.run(f"--mg-candidate={name('raises_from_ten')}").assert_outcomes(passed=1)


# --- baseline and candidate


@pytest.mark.parametrize(
    ("candidate", "baseline", "fail_on", "outcome"),
    [
        ("from_ten", "echo", "violation", "failed"),
        ("from_ten", "echo", "regression", "failed"),
        ("from_ten", "from_ten", "violation", "failed"),
        ("from_ten", "from_ten", "regression", "passed"),
        ("from_ten", "from_twenty", "regression", "failed"),
        ("from_twenty", "from_ten", "regression", "passed"),
        ("echo", "from_ten", "violation", "passed"),
        ("raises_from_ten", "from_ten", "regression", "passed"),
        ("raises_from_ten", "echo", "regression", "failed"),
    ],
)
def test_only_what_counts_fails_an_item(suite, candidate, baseline, fail_on, outcome):
    suite.write_task(SAME, inputs="[(n,) for n in range(25)]")
    result = suite.run(
        f"--mg-candidate={name(candidate)}",
        f"--mg-baseline={name(baseline)}",
        f"--mg-fail-on={fail_on}",
    )
    assert result.parseoutcomes()[outcome] == 1


def test_a_shared_violation_that_is_accepted_is_said(suite):
    suite.write_task(SAME, inputs="[(n,) for n in range(25)]")
    result = suite.run(
        f"--mg-candidate={name('from_ten')}",
        f"--mg-baseline={name('from_ten')}",
        "--mg-fail-on=regression",
    )
    result.stdout.fnmatch_lines(
        ["*'same' is violated in 15 of 25 cases by candidate and baseline alike: no regression"]
    )


def test_without_a_baseline_every_violation_counts(suite):
    suite.write_task(SAME, inputs="[(n,) for n in range(25)]")
    result = suite.run(f"--mg-candidate={name('from_ten')}", "--mg-fail-on=regression")
    result.assert_outcomes(failed=1)


# --- searching


def test_a_violation_is_shrunk_to_its_smallest_input(suite, read_texts):
    suite.write_task(SAME, inputs="st.tuples(st.integers())")
    (text,) = read_texts(suite.run(f"--mg-candidate={name('from_ten')}")).values()
    assert "source      x = 10\n" in text
    (text,) = read_texts(
        suite.run(f"--mg-candidate={name('from_ten')}", "--mg-shrink=full")
    ).values()
    assert "source      x = 10\n" in text


def test_without_shrinking_the_first_violation_is_reported(suite, read_texts):
    suite.write_task(SAME, inputs="st.tuples(st.integers(1000, 10**9))")
    (text,) = read_texts(
        suite.run(f"--mg-candidate={name('from_ten')}", "--mg-shrink=off")
    ).values()
    assert "shrunk" not in text
    assert "in case 1 of this run" in text


def test_a_list_of_inputs_is_searched_for_a_smaller_one(suite, read_texts):
    suite.write_task(SAME, inputs="[(1234567,), (5,), (11,), (12345,)]")
    (text,) = read_texts(suite.run(f"--mg-candidate={name('from_ten')}")).values()
    assert "source      x = 11\n" in text
    assert "in case 1 of this run; confirmed in a fresh process\n            shrunk in " in text
    (text,) = read_texts(
        suite.run(f"--mg-candidate={name('from_ten')}", "--mg-shrink=off")
    ).values()
    assert "source      x = 1234567\n" in text


def test_a_wrong_result_does_not_shrink_into_a_crash(suite, read_texts):
    suite.write(
        two_bugs="""
        def solve(xs):
            if not xs:
                raise IndexError("empty")
            return 0 if len(xs) > 3 else sum(xs)
        """
    )
    suite.write_task(
        """
        @t.property
        def total(output, xs):
            return output == sum(xs)
        """,
        inputs="st.tuples(st.lists(st.integers(1, 9), min_size=4) | st.just([]))",
        examples="[([9, 9, 9, 9, 9],)]",
    )
    (text,) = read_texts(suite.run("--mg-candidate=two_bugs.py")).values()
    assert "found       total is false" in text
    assert "IndexError" not in text


def test_the_number_of_cases_is_the_options_or_the_profiles(suite):
    body = """
        seen = []

        @t.property
        def noted(output, x):
            seen.append(x)

        def test_count():
            print("cases:", len(seen))
    """
    for inputs, options, count in (
        ("st.tuples(st.integers())", (), 100),
        ("st.tuples(st.integers())", ("--mg-n=17",), 17),
        ("[(n,) for n in range(30)]", (), 30),
        ("[(n,) for n in range(30)]", ("--mg-n=7",), 7),
        ("[(n,) for n in range(30)]", ("--mg-n=70",), 30),
        ("lambda n, seed: [(i,) for i in range(n)]", (), 100),
        ("lambda n, seed: [(i,) for i in range(n)]", ("--mg-n=12",), 12),
    ):
        suite.write_task(body, inputs=inputs)
        result = suite.run(f"--mg-candidate={name('echo')}", "-s", *options)
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines([f"*cases: {count}"])


def test_generated_inputs_get_the_seed(suite, read_texts):
    suite.write_task(SAME, inputs="lambda n, seed: [(seed + 100,)]")
    (text,) = read_texts(suite.run(f"--mg-candidate={name('from_ten')}", "--mg-seed=7")).values()
    assert "source      x = 107\n" in text
    assert "--mg-seed=7" in text


# --- seeing it again


@pytest.mark.parametrize("options", [(), ("--mg-seed=3", "--mg-n=40", "--mg-shrink=off")])
def test_the_command_finds_the_same_violation_in_a_new_process(suite, read_texts, options):
    suite.write_task(SAME, inputs="st.tuples(st.integers())")
    result = suite.run(f"--mg-candidate={name('from_ten')}", *options)
    (text,) = read_texts(result).values()
    command = text.partition("reproduce   ")[2].partition("@t.example(")[0]
    again = suite.spawn(*shlex.split(command)[1:])
    again.assert_outcomes(failed=1)
    (shown,) = read_texts(again).values()
    source = next(line for line in text.splitlines() if line.startswith("source "))
    if "--mg-shrink=off" not in options:
        assert source in shown


def test_a_violation_of_the_first_call_only_is_not_called_confirmed(suite, read_texts):
    suite.write_task(SAME, inputs="[(1,), (2,)]")
    (text,) = read_texts(suite.run(f"--mg-candidate={name('once')}")).values()
    assert "confirmed in a fresh process" in text  # a fresh process has a first call again


def test_a_random_check_is_blamed_for_its_own_changes_of_mind(suite, read_texts):
    suite.write_task(
        """
        answers = [False]

        @t.property
        def moody(output, x):
            return answers.pop() if answers else True
        """
    )
    (text,) = read_texts(suite.run(f"--mg-candidate={name('echo')}")).values()
    assert "confirmed in a fresh process" not in text
    assert "NOT seen again" in text


def test_known_failures_are_replayed_from_the_database_first(suite, read_texts):
    suite.write_task(SAME, inputs="st.tuples(st.integers())")
    suite.run(f"--mg-candidate={name('from_ten')}").assert_outcomes(failed=1)
    (text,) = read_texts(suite.run(f"--mg-candidate={name('from_ten')}")).values()
    assert "in case 1 of this run" in text
