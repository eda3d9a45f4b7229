"""mg_candidate and mg_baseline in tests that users write themselves."""

import pytest

OWN = """
import pytest
from hypothesis import given, settings, strategies as st
from pytest_metamorphic_guard import CallFailed

@given(x=st.integers())
def test_function(mg_candidate, mg_baseline, x):
    assert mg_candidate(x) == mg_baseline(x)

class TestMethods:
    @settings(max_examples=20)
    @given(st.integers())
    def test_method(self, mg_candidate, x):
        assert mg_candidate(x) >= x

    def test_plain(self, mg_candidate, tmp_path):
        assert mg_candidate(3) in (3, 4)

@pytest.mark.parametrize("n", [1, 2])
def test_parametrized(n, mg_candidate):
    with pytest.raises(CallFailed, match="TypeError") as caught:
        mg_candidate()
    assert caught.value.error_type == "exception"
"""


@pytest.fixture
def own(any_suite):
    any_suite.write(
        test_own=OWN,
        same="def solve(x):\n    return x\n",
        more="def solve(x):\n    return x + 1\n",
    )
    return any_suite


def test_tests_call_candidate_and_baseline_as_functions(own):
    result = own.spawn("--mg-candidate=same.py", "--mg-baseline=same.py")

    result.assert_outcomes(passed=5)


def test_several_candidates_give_a_test_each_also_under_given_and_in_classes(own):
    result = own.spawn(
        "--mg-candidate=same.py", "--mg-candidate=more.py", "--mg-baseline=same.py", "-rA"
    )

    text = result.stdout.str()
    result.assert_outcomes(passed=9, failed=1)
    assert "FAILED test_own.py::test_function[more]" in text
    assert "PASSED test_own.py::TestMethods::test_method[same]" in text
    assert "PASSED test_own.py::TestMethods::test_method[more]" in text
    assert "PASSED test_own.py::test_parametrized[more-1]" in text.replace("[1-more]", "[more-1]")
    assert "different executors" not in text
    assert "x=0" in text


def test_several_candidates_have_databases_of_their_own(suite):
    suite.write(
        test_own="""
        from hypothesis import given, strategies as st

        class TestOwn:
            @given(st.integers())
            def test_small(self, mg_candidate, x):
                with open(f"seen-{mg_candidate(0)}.txt", "a") as file:
                    file.write(f"{x} ")
                assert mg_candidate(0) == 0 or x < 1000
        """,
        zero="def solve(x):\n    return 0\n",
        one="def solve(x):\n    return 1\n",
    )
    given = ("--mg-candidate=zero.py", "--mg-candidate=one.py")

    suite.spawn(*given).assert_outcomes(passed=1, failed=1)
    for path in suite.path.glob("seen-*"):
        path.unlink()
    suite.spawn(*given).assert_outcomes(passed=1, failed=1)

    assert (suite.path / "seen-1.txt").read_text().split()[0] == "1000"
    assert (suite.path / "seen-0.txt").read_text().split()[0] != "1000"


def test_without_the_implementation_such_tests_are_skipped_with_what_to_pass(own):
    result = own.run("--mg-candidate=same.py", "-rs")

    result.assert_outcomes(passed=4, skipped=1)
    result.stdout.fnmatch_lines(["*no baseline: pass --mg-baseline=path.py*"])
    nothing = own.run("-rs")
    nothing.assert_outcomes(skipped=5)
    nothing.stdout.fnmatch_lines(["*no candidate: pass --mg-candidate=path.py*"])


def test_a_crash_in_such_a_test_is_a_call_failed_without_frames_of_ours(suite):
    suite.write(
        test_own="""
        def test_crash(mg_candidate):
            mg_candidate(1)

        def test_after(mg_candidate):
            assert mg_candidate(0) == "fine"
        """,
        impl="import os\ndef solve(x):\n    if x:\n        os._exit(5)\n    return 'fine'\n",
    )

    result = suite.run("--mg-candidate=impl.py")

    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert "CallFailed: candidate impl.py: exited with status 5 without returning" in text
    assert "test_own.py:3" in text
    assert "runner/calling.py" not in text.partition("short test summary")[0].partition("E  ")[0]


def test_a_missing_module_is_an_error_of_the_test_that_names_it(suite):
    suite.write(
        test_own="def test_one(mg_candidate):\n    mg_candidate(1)\n",
        impl="import nothing_of_this_name\n",
    )

    result = suite.run("--mg-candidate=impl.py")

    text = result.stdout.str()
    assert result.parseoutcomes().get("passed") is None
    assert "No module named 'nothing_of_this_name'" in text
    assert "INTERNALERROR" not in text
