"""Examples, marks, names and the declarative form, as pytest sees them."""

import pytest

ECHO = "def solve(*inputs):\n    return inputs[0] if len(inputs) == 1 else inputs\n"


@pytest.fixture
def echo(project):
    project.write(echo=ECHO)
    return project


def test_examples_run_first_from_the_upper_line_down_above_and_below_the_decorator(echo):
    echo.write_task(
        """
        seen = []

        @t.example(1)
        @t.example(2)
        @t.relation
        @t.example(3)
        @t.example(4)
        def note(x):
            seen.append(x)
            return (x,)

        def test_order():
            assert seen[:5] == [1, 2, 3, 4, 0]
        """,
        inputs="st.tuples(st.integers(5) | st.just(0))",
        examples="[(0,)]",
    )
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=2)


def test_examples_run_first_before_a_list_of_inputs_and_for_several_sources(echo):
    echo.write_task(
        """
        seen = []

        @t.example((7,), (8,))
        @t.relation(sources=2, expect=lambda outs, out: out == sum(outs))
        def added(a, b):
            seen.append((a, b))
            return (a[0] + b[0],)

        def test_order():
            assert seen == [((7,), (8,)), ((1,), (2,)), ((2,), (3,)), ((3,), (1,))]
        """
    )
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=2)


def test_hypothesis_own_example_and_settings_count(echo):
    echo.write_task(
        """
        from hypothesis import example, settings
        seen = []

        @t.relation
        @settings(max_examples=7)
        @example(123)
        def note(x):
            seen.append(x)
            return (x,)

        def test_order():
            assert seen[0] == 123
            assert len(seen) == 8
        """,
        inputs="st.tuples(st.integers())",
    )
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=2)


def test_marks_on_a_relation_and_on_a_task_count(echo):
    echo.write_task(
        """
        @t.relation(marks=[pytest.mark.xfail(strict=True, reason="known")])
        def expected_to_fail(x):
            return (x + 1,)

        @pytest.mark.xfail(strict=True)
        @t.relation
        def expected_too(x):
            return (x + 1,)

        @t.relation
        @pytest.mark.skip(reason="not now")
        def skipped(x):
            return (x + 1,)

        @pytest.mark.slow
        @t.law
        def slow(solve, x):
            assert solve(x) == x
        """,
        marks="[pytest.mark.nightly]",
    )
    (echo.path / "pytest.ini").write_text("[pytest]\nmarkers =\n  slow\n  nightly\n")
    echo.run("--mg-candidate=echo.py").assert_outcomes(passed=1, xfailed=2, skipped=1)
    echo.run("--mg-candidate=echo.py", "-m", "slow").assert_outcomes(passed=1, deselected=3)
    echo.run("--mg-candidate=echo.py", "-m", "not nightly").assert_outcomes(deselected=4)


def test_an_expected_failure_that_does_not_happen_is_reported(echo):
    echo.write_task(
        """
        @t.relation(marks=[pytest.mark.xfail(strict=True, reason="known")])
        def holds(x):
            return (x,)
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*known*"])


def test_two_tasks_of_one_name_in_a_module_are_refused_with_both_lines(echo):
    echo.write_task(
        """
        @t.relation
        def same(x):
            return (x,)

        other = Task("t", inputs=[(1,)])

        @other.relation
        def same_too(x):
            return (x,)
        """
    )
    result = echo.run("--mg-candidate=echo.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*two tasks are named 't', at *test_it.py:6 and *test_it.py:12*"])


def test_two_names_for_one_task_collect_it_once(echo):
    echo.write_task(
        """
        alias = t

        @t.relation
        def same(x):
            return (x,)
        """
    )
    result = echo.run("--mg-candidate=echo.py", "-v")
    lines = [line for line in result.outlines if "::same" in line]
    assert len(lines) == 1
    result.assert_outcomes(passed=1)


def test_a_task_imported_into_two_modules_runs_in_both(echo):
    echo.write(
        shared="""
        from pytest_metamorphic_guard import Task

        shared = Task("shared", inputs=[(1,)])

        @shared.relation
        def same(x):
            return (x,)
        """,
        test_one="from shared import shared",
        test_two="from shared import shared",
    )
    (echo.path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    result = echo.run("--mg-candidate=echo.py", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["test_one.py::shared::same PASSED*", "test_two.py::shared::same PASSED*"]
    )


def test_a_declaration_with_a_fault_fails_its_module_with_the_line_and_nothing_else(echo):
    echo.write_task(
        """
        @t.relation
        def too_many(x, y):
            return (x,)
        """
    )
    echo.write(test_other="def test_fine():\n    pass\n")
    result = echo.run("--mg-candidate=echo.py", "--continue-on-collection-errors")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*TaskError: task 't' (*test_it.py:8): relation 'too_many' takes (x, y), expected the 1*"]
    )


def test_a_spec_written_for_metamorphic_guard_needs_only_its_import(echo):
    echo.write(
        test_spec="""
        from pytest_metamorphic_guard import (
            Implementation, MetamorphicRelation, Metric, Property, TaskSpec,
        )

        def gen_inputs(n, seed):
            return [([seed, index, 3], 2) for index in range(n)]

        def reverse(xs, k):
            return xs[::-1], k

        def shuffle(xs, k, rng=None):
            xs = list(xs)
            rng.shuffle(xs)
            return xs, k

        spec = TaskSpec(
            "top",
            gen_inputs,
            [
                Property(lambda out, xs, k: len(out) <= k, "no more than k", "hard"),
                Property(check=lambda out, xs, k: False, description="never true", mode="soft"),
            ],
            [
                MetamorphicRelation("reverse", reverse, "equal", False, "order", "any order"),
                MetamorphicRelation(name="shuffle", transform=shuffle, accepts_rng=True),
                MetamorphicRelation("grows", lambda xs, k: (xs, k + 1), expect="not_equal"),
                MetamorphicRelation("more", lambda xs, k: (xs, 1), expect="properties_hold"),
            ],
            lambda a, b: a == b,
            str,
            str,
            lambda args: len(args[0]),
            [Metric("size", lambda out, args: len(out), "mean", True)],
        )
        """,
        top="def solve(xs, k):\n    return sorted(xs, reverse=True)[:k]\n",
    )
    result = echo.run("--mg-candidate=top.py", "-v", "--mg-n=5")
    result.assert_outcomes(passed=6, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "test_spec.py::top::reverse PASSED*",
            "test_spec.py::top::shuffle PASSED*",
            "test_spec.py::top::grows PASSED*",
            "test_spec.py::top::more PASSED*",
            "test_spec.py::top::no_more_than_k PASSED*",
            "test_spec.py::top::never_true PASSED*",
            "*soft property 'never_true' does not hold in 5 of 5 cases*",
        ]
    )


def test_decorated_functions_stay_what_they_were(echo):
    echo.write_task(
        """
        @t.relation
        def more(x):
            return (x + 1,)

        @t.property
        def small(output):
            return output < 10

        @t.law
        def same(solve, x):
            assert solve(x) == x

        def test_functions():
            assert more(1) == (2,)
            assert small(1)
            same(lambda x: x, 3)
            assert repr(t) == "<Task 't': more, small, same>"
            assert not hasattr(more, "pytestmark")
        """
    )
    echo.run("--mg-candidate=echo.py", "-k", "test_functions").assert_outcomes(
        passed=1, deselected=3
    )
