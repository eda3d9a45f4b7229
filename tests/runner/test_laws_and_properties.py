"""What laws, properties and expectations may do, and how their answers count."""

import pytest


@pytest.fixture
def echo(project):
    project.write(echo="def solve(x):\n    return x\n")
    return project


BOTH = pytest.mark.parametrize(
    "inputs", ["[(1,), (2,), (3,)]", "st.tuples(st.integers(1, 3))"], ids=["listed", "drawn"]
)


@BOTH
def test_a_law_gets_fixtures_by_keyword_and_beyond_the_inputs(echo, inputs):
    echo.write_task(
        """
        @pytest.fixture(scope="module")
        def limit():
            return 5

        @pytest.fixture(scope="session")
        def other():
            return 7

        @t.law
        def keyword(solve, x, *, limit, other):
            assert solve(x) < limit < other

        @t.law
        def beyond(solve, x, limit, other):
            assert solve(x) < limit < other

        @t.law
        def both(solve, x, other, *, limit):
            assert solve(x) < limit < other
        """,
        inputs=inputs,
    )
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=3)
    echo.write(echo_two="from echo import solve\n")
    result = echo.run("--mg-candidate=echo.py", "--mg-candidate=echo_two.py")
    result.assert_outcomes(passed=6)


def test_a_fixture_of_one_test_serves_a_law_on_listed_inputs(echo):
    echo.write_task(
        """
        @t.law
        def with_folder(solve, x, tmp_path):
            assert tmp_path.is_dir()
            assert solve(x) == x
        """
    )
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=1)


def test_a_fixture_of_one_test_serves_a_law_on_drawn_inputs_once_hypothesis_is_told(echo):
    echo.write_task(
        """
        from hypothesis import HealthCheck, settings

        @t.law
        @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
        def told(solve, x, tmp_path):
            assert tmp_path.is_dir()

        @t.law
        def untold(solve, x, tmp_path):
            assert tmp_path.is_dir()
        """,
        inputs="st.tuples(st.integers())",
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*unction-scoped fixture 'tmp_path'*"])


def test_a_fixture_that_does_not_exist_is_named(echo):
    echo.write_task(
        """
        @t.law
        def lost(solve, x, *, missing_fixture):
            assert solve(x) == x
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'missing_fixture' not found*"])


@BOTH
def test_everything_that_ends_a_law_early_violates_it(echo, read_texts, inputs):
    echo.write_task(
        """
        import sys

        @t.law
        def asserts(solve, x):
            assert solve(x) < 2

        @t.law
        def raises(solve, x):
            if solve(x) > 1:
                raise ValueError("too big")

        @t.law
        def fails(solve, x):
            if solve(x) > 1:
                pytest.fail("too big")

        @t.law
        def expects_an_error(solve, x):
            with pytest.raises(CallFailed):
                solve(x)

        @t.law
        def exits(solve, x):
            if solve(x) > 1:
                sys.exit(3)

        @t.law
        def calls_wrongly(solve, x):
            solve(x, x)
        """,
        inputs=inputs,
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(failed=6)
    texts = read_texts(result)
    for name, text in texts.items():
        assert f"t: law '{name}' is violated by echo.py" in text
        # Of an exception that was not raised, pytest 8 names the class with its module.
        shown = text.replace("pytest_metamorphic_guard.runner.call_errors.CallFailed", "")
        assert "pytest_metamorphic_guard" not in shown
        assert f"@t.example({1 if name in ('expects_an_error', 'calls_wrongly') else 2})" in text
    assert "E       assert 2 < 2" in texts["asserts"]
    assert "E           ValueError: too big" in texts["raises"]
    assert "E           Failed: too big" in texts["fails"]
    assert "E           SystemExit: 3" in texts["exits"]
    # Too long for one line, so the outcome stands below the call.
    call = "candidate   solve(1, 1)\n              -> TypeError: solve() takes 1 "
    assert call in texts["calls_wrongly"]


@BOTH
def test_a_law_may_expect_a_call_to_fail_and_read_why(project, inputs):
    project.write(partial="def solve(x):\n    raise KeyError(x)\n")
    project.write_task(
        """
        @t.law
        def refused(solve, x):
            with pytest.raises(CallFailed, match=f"KeyError: {x}") as caught:
                solve(x)
            assert caught.value.error_type == "exception"
            assert caught.value.outcome.duration_ms >= 0
            assert "partial.py" in str(caught.value)
            assert repr(solve) == "<candidate partial.py>"
        """,
        inputs=inputs,
    )
    project.run("--mg-candidate=partial.py").assert_outcomes(passed=1)


def test_a_law_that_returns_its_comparison_is_refused(echo, read_texts):
    echo.write_task(
        """
        @t.law
        def returned(solve, x):
            return solve(x) == x
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(failed=1)
    assert read_texts(result)["returned"] == (
        f"task 't' ({echo.path}/test_it.py:8): law 'returned' returned a bool, expected asserts "
        "and None"
    )


def test_answers_of_an_expectation_count_as_they_are_meant(echo, read_texts):
    echo.write_task(
        """
        def same(x):
            return (x,)

        def asserts(a, b):
            assert a + 1 == b

        def silent(a, b):
            pass

        def raises(a, b):
            raise KeyError("k")

        for name, expect in {
            "true": lambda a, b: True,
            "false": lambda a, b: False,
            "np_true": lambda a, b: np.bool_(True),
            "np_false": lambda a, b: np.bool_(False),
            "np_zero_dim": lambda a, b: np.array(True),
            "np_many": lambda a, b: np.array([True, False]),
            "text": lambda a, b: "yes",
            "number": lambda a, b: 1,
            "asserts": asserts,
            "silent": silent,
            "raises": raises,
            "four": lambda a, b, given, made: given == made == (a,),
            "default": lambda a, b, tolerance=0: abs(a - b) <= tolerance,
            "variadic": lambda *outputs: len(outputs) == 2,
        }.items():
            t.relation(name=name, expect=expect)(same)
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=7, failed=7)
    texts = read_texts(result)
    where = f"task 't' ({echo.path}/test_it.py:8): expect of "
    tail = "expected True, False, or an assert"
    assert texts["np_many"] == (
        f"{where}'np_many' returned an array of truth values (reduce it with .all() or .any()), "
        f"{tail}"
    )
    assert texts["text"] == f"{where}'text' returned a str, {tail}"
    assert texts["number"] == f"{where}'number' returned a int, {tail}"
    for name in ("false", "np_false"):
        assert "expected    expect(source_output, followup_output) is true" in texts[name]
    assert "expected    asserts(source_output, followup_output) is true" in texts["asserts"]
    assert "found       assert (1 + 1) == 1" in texts["asserts"]
    assert "found       KeyError: 'k'" in texts["raises"]


def test_answers_of_a_property_count_as_they_are_meant(echo, read_texts):
    echo.write_task(
        """
        @t.property
        def output_only(output):
            return output < 3

        @t.property
        def with_inputs(output, x):
            assert output < 3, f"{x} is too big"

        @t.property
        def variadic(*values):
            return len(values) == 2

        @t.property
        def raises(output):
            output["key"]

        @t.property
        def text(output):
            return "yes"

        @t.property
        def numpy(output):
            return np.float64(output) > 0
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=2, failed=4)
    texts = read_texts(result)
    assert "expected    property 'output_only' holds" in texts["output_only"]
    assert "found       3 is too big" in texts["with_inputs"]
    assert "found       TypeError: 'int' object is not subscriptable" in texts["raises"]
    assert texts["text"].endswith(
        "property 'text' returned a str, expected True, False, or an assert"
    )


def test_a_property_that_does_not_fit_drawn_inputs_is_an_error_not_a_violation(echo, read_texts):
    echo.write_task(
        """
        @t.property
        def too_many(output, x, y):
            return True
        """,
        inputs="st.integers().map(lambda x: (x,))",
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(failed=1)
    assert read_texts(result)["too_many"] == (
        f"task 't' ({echo.path}/test_it.py:8): property 'too_many' does not fit (output, *inputs): "
        "missing a required argument: 'y'"
    )


def test_a_soft_property_is_reported_and_fails_nothing(echo):
    echo.write_task(
        """
        @t.property(soft=True)
        def small(output):
            return output < 2

        @t.relation(expect="properties_hold")
        def larger(x):
            return (x + 1,)

        @t.property(soft=True)
        def returns(output):
            raise KeyError("no")
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=3, warnings=2)
    result.stdout.fnmatch_lines(
        [
            "*soft property 'small' does not hold in 2 of 3 cases, first for (2,)",
            "*soft property 'returns' does not hold in 3 of 3 cases, first for (1,)",
        ]
    )


def test_a_call_that_fails_violates_a_soft_property_too(project):
    project.write(broken="def solve(x):\n    raise ValueError\n")
    project.write_task(
        """
        @t.property(soft=True)
        def small(output):
            return output < 2
        """
    )
    project.run("--mg-candidate=broken.py").assert_outcomes(failed=1)


def test_properties_hold_asks_every_hard_property_of_the_follow_up(echo, read_texts):
    echo.write_task(
        """
        @t.property
        def small(output):
            "Small enough"
            assert output < 10

        @t.relation(expect="properties_hold")
        def ten_more(x):
            return (x + 10,)
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=1, failed=1)
    text = read_texts(result)["ten_more"]
    assert "expected    Small enough" in text
    assert "found       assert 11 < 10" in text


def test_an_equivalence_of_the_task_counts_for_every_relation(echo, read_texts):
    echo.write_task(
        """
        @t.relation
        def close(x):
            return (x + 0.01,)

        @t.relation(expect="not_equal")
        def far(x):
            return (x + 0.01,)

        @t.relation(expect=approx(rel=0, abs=1e-6))
        def closer(x):
            return (x + 0.01,)
        """,
        equivalence="approx(rel=0, abs=0.1)",
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(passed=1, failed=2)
    texts = read_texts(result)
    assert "expected    not: outputs are equal within rel=0, abs=0.1" in texts["far"]
    assert "expected    outputs are equal within rel=0, abs=1e-06" in texts["closer"]


LAW_WITH_RNG = """
    @t.law
    def any_order(solve, xs{star}, rng):
        "A law that takes randomness gets the same for both roles, and again."
        order = rng.sample(xs, len(xs))
        print("order", order)
        assert solve(order) == solve(xs)
    """


@pytest.mark.parametrize("star", ["", ", *"], ids=["positional", "keyword-only"])
@pytest.mark.parametrize("inputs", ["[(list(range(9)),)]", "st.tuples(st.just(list(range(9))))"])
def test_a_law_that_asks_for_randomness_gets_a_seeded_generator(project, inputs, star):
    project.write_task(LAW_WITH_RNG.format(star=star), inputs=inputs)
    project.write(new="def solve(xs):\n    return sorted(xs)\n")
    outputs = [
        project.run("-s", "--mg-candidate=new.py", "--mg-baseline=new.py", f"--mg-seed={seed}")
        for seed in (1, 1, 2)
    ]
    orders = []
    for result in outputs:
        result.assert_outcomes(passed=1)
        shown = [line.partition("order ")[2] for line in result.outlines if "order [" in line]
        assert len(set(shown)) == 1  # both roles
        orders.append(shown[0])
    assert orders[0] == orders[1] != orders[2]


def test_a_law_can_compare_by_the_equivalence_of_its_task(project):
    project.write_task(
        """
        @t.law
        def close(solve, x):
            assert t.equivalence(solve(x), x)
        """,
        inputs="[(1.0,), (2.0,)]",
        equivalence="approx(rel=1e-6)",
    )
    project.write(
        near="def solve(x):\n    return x + 1e-9\n", far="def solve(x):\n    return x + 1\n"
    )
    project.run("--mg-candidate=near.py").assert_outcomes(passed=1)
    project.run("--mg-candidate=far.py").assert_outcomes(failed=1)


def test_a_law_that_calls_nothing_shows_nothing_to_a_gate(project, read_texts):
    project.write_task(
        """
        @t.law
        def idle(solve, x):
            assert x

        @t.law
        def seldom(solve, x):
            if x == 3:
                solve(x)
        """,
        inputs="[(1,), (2,), (3,)]",
    )
    project.write(new="def solve(x):\n    return x\n")
    result = project.run("--mg-candidate=new.py", "--mg-gate")
    texts = read_texts(result)
    assert "law 'idle' shows nothing: it called solve(...) in no case" in texts["idle"]
    assert "seldom" not in texts
    assert "ADOPT" not in result.stdout.str()
