"""Choosing items: by id, keyword, mark, last result, and by task."""

import pytest


@pytest.fixture
def two_candidates(any_suite):
    any_suite.write_top_k()
    any_suite.specifications = ("--mg-candidate=good.py", "--mg-candidate=wrong.py")
    return any_suite


def passed_and_failed(result):
    """Return the names of the items that passed, and of those that failed, from -rA's summary."""
    names = {"PASSED": set(), "FAILED": set()}
    for line in result.outlines:
        word, _, rest = line.partition(" ")
        if word in names and "::" in rest:
            names[word].add(rest.partition(" ")[0].partition("top_k::")[2])
    return names["PASSED"], names["FAILED"]


@pytest.mark.parametrize(
    ("selection", "passed", "failed"),
    [
        (["test_top_k.py::top_k::reordered"], {"reordered[good]"}, {"reordered[wrong]"}),
        (["test_top_k.py::top_k::reordered[wrong]"], set(), {"reordered[wrong]"}),
        (
            ["test_top_k.py::top_k::merge[good]", "test_top_k.py::top_k::bounded"],
            {"merge[good]", "bounded[good]", "bounded[wrong]"},
            set(),
        ),
        (["-k", "reordered and wrong"], set(), {"reordered[wrong]"}),
        (
            ["-k", "top_k and not good and not reordered and not larger_k"],
            {"bounded[wrong]", "merge[wrong]"},
            set(),
        ),
        (["-m", "mg and hypothesis", "-k", "bounded"], {"bounded[good]", "bounded[wrong]"}, set()),
    ],
)
def test_items_are_selected_by_id_keyword_and_mark(suite, selection, passed, failed):
    suite.write_top_k()

    result = suite.run("-rA", "--mg-candidate=good.py", "--mg-candidate=wrong.py", *selection)

    assert passed_and_failed(result) == (passed, failed)


def test_a_whole_task_is_selected_by_its_id(two_candidates):
    result = two_candidates.run("-rA", *two_candidates.specifications, "test_top_k.py::top_k")

    passed, failed = passed_and_failed(result)
    assert failed == {"reordered[wrong]"}
    assert len(passed) == 7


def test_an_id_that_names_no_item_is_an_error_of_usage(suite):
    suite.write_top_k()

    result = suite.run("--mg-candidate=good.py", "test_top_k.py::top_k::reorderd")

    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_users_marks_select_relations(suite):
    suite.write(
        test_marked="""
        import pytest
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.property(marks=[pytest.mark.slow])
        def first(output, x): ...

        @pytest.mark.slow
        @task.property
        def second(output, x): ...

        @task.property
        def third(output, x): ...
        """,
        impl="def solve(x): return x",
    )
    (suite.path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")

    items = suite.collect("--mg-candidate=impl.py", "-m", "slow", "--strict-markers")

    assert [item.name for item in items] == ["first", "second"]


def test_last_failed_failed_first_and_stepwise_remember_items(two_candidates):
    given = two_candidates.specifications
    first = two_candidates.run(*given, keep_cache=True)
    first.assert_outcomes(passed=7, failed=1)

    two_candidates.workers = ()
    last_failed = two_candidates.run("--lf", "-rA", *given, keep_cache=True)
    failed_first = two_candidates.run("--ff", "-v", *given, keep_cache=True)

    assert passed_and_failed(last_failed) == (set(), {"reordered[wrong]"})
    rows = [line for line in failed_first.outlines if line.startswith("test_top_k.py::")]
    assert rows[0].startswith("test_top_k.py::top_k::reordered[wrong]")
    failed_first.assert_outcomes(passed=7, failed=1)
    stepwise = two_candidates.run("--sw", *given, keep_cache=True)
    stepwise.assert_outcomes(passed=1, failed=1)
    # Mended: stepwise goes on where it stopped.
    two_candidates.write(wrong="def solve(xs, k):\n    return sorted(xs)[::-1][:k]\n")
    resumed = two_candidates.run("--sw", *given, keep_cache=True)
    assert resumed.ret == 0
    assert "skipped" not in resumed.stdout.str().splitlines()[-1]
    two_candidates.run("--lf", *given, keep_cache=True).stdout.fnmatch_lines(["*8 passed*"])


def test_maxfail_ends_the_run(two_candidates):
    result = two_candidates.run("-x", *two_candidates.specifications)

    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
    assert result.ret != 0


def test_mg_task_runs_one_task_of_several(suite):
    suite.write_top_k()
    suite.write(
        test_other="""
        from pytest_metamorphic_guard import Task

        other = Task("other", inputs=[(1,)])

        @other.property
        def anything(output, x): ...

        def test_plain(): ...
        """
    )

    result = suite.run("--mg-candidate=good.py", "--mg-task=top_k")

    # Tests that are no items of ours are not ours to leave out.
    result.assert_outcomes(passed=5)


def test_an_unknown_task_is_an_error_that_names_the_known_ones(any_suite):
    any_suite.write_top_k()

    result = any_suite.spawn("--mg-candidate=good.py", "--mg-task=top_n")

    text = result.stdout.str() + result.stderr.str()
    assert "--mg-task: no task 'top_n'; installed: top_k. Did you mean 'top_k'?" in text
    # pytest-xdist knows no errors of usage that only its workers can see.
    wanted = pytest.ExitCode.TESTS_FAILED if any_suite.workers else pytest.ExitCode.USAGE_ERROR
    assert result.ret == wanted
    assert "Traceback" not in text


def test_an_unknown_task_does_not_hide_why_a_test_file_could_not_be_collected(any_suite):
    any_suite.write(test_broken="import nothing_of_this_name\n")

    result = any_suite.spawn("--mg-task=top_k")

    text = result.stdout.str() + result.stderr.str()
    assert "No module named 'nothing_of_this_name'" in text
    assert "--mg-task" not in text
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)


def test_parametrized_tests_and_classes_beside_a_task_are_untouched(suite):
    suite.write_top_k()
    suite.write(
        test_beside="""
        import unittest
        import pytest

        @pytest.mark.parametrize("n", [1, 2])
        def test_number(n, tmp_path):
            assert n

        class TestClass:
            @pytest.mark.parametrize("mg_implementation", ["own"])
            def test_method(self, mg_implementation):
                assert mg_implementation == "own"

        class OldTest(unittest.TestCase):
            def test_old(self):
                self.assertTrue(True)
        """
    )

    result = suite.run(
        "--mg-candidate=good.py", "--mg-candidate=wrong.py", "--ignore=test_top_k.py"
    )

    result.assert_outcomes(passed=4)
