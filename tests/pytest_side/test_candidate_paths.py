"""Tasks that a distribution registers: no test file, and the candidate's path stands in ids."""

import os

import pytest


@pytest.fixture
def registered(any_suite):
    """Install a distribution that registers the task ``squares``."""
    information = any_suite.path / "library" / "squares-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: squares\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[metamorphic_guard.tasks]\nsquares = squares_library:squares\n"
    )
    any_suite.write(
        **{
            "library/squares_library": """
            from hypothesis import strategies as st
            from pytest_metamorphic_guard import Task

            squares = Task("squares", inputs=st.tuples(st.integers()))

            @squares.relation
            def negated(x):
                return (-x,)

            @squares.property
            def large_enough(output, x):
                assert output >= x
            """,
            "impl": """
            import os
            if "PYTEST_VERSION" in os.environ or "PYTEST_CURRENT_TEST" in os.environ:
                raise SystemExit("imported into the process of pytest")
            def solve(x):
                return x * abs(x)
            """,
        }
    )
    any_suite.library = os.pathsep.join(
        [str(information.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    return any_suite


def test_a_registered_task_runs_without_a_test_file_and_without_importing_the_candidate(
    registered, read_junit
):
    given = ("--mg-task=squares", "--mg-candidate=impl.py")

    result = registered.spawn(
        *given, "--junitxml=junit.xml", "-rA", keep_cache=True, PYTHONPATH=registered.library
    )

    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    assert "FAILED impl.py::squares::negated" in text
    # The library's asserts say what they compared, though it is no plugin of pytest.
    assert "assert -" in text
    assert "imported into the process" not in text
    junit = read_junit(registered.path / "junit.xml")
    assert set(junit.cases) == {"impl.squares::negated", "impl.squares::large_enough"}
    again = registered.spawn(
        *given, "--lf", "-k", "negated", keep_cache=True, PYTHONPATH=registered.library
    )
    assert (again.parseoutcomes()["failed"], again.ret) == (1, 1)


@pytest.mark.parametrize("any_suite", [()], indirect=True, ids=["n0"])
def test_a_registered_task_is_selected_by_the_candidates_path(registered):
    result = registered.spawn(
        "impl.py::squares::negated",
        "--mg-task=squares",
        "--mg-candidate=impl.py",
        "--doctest-modules",
        PYTHONPATH=registered.library,
    )
    unknown = registered.spawn("--mg-task=square", PYTHONPATH=registered.library)

    result.assert_outcomes(failed=1)
    assert unknown.ret == pytest.ExitCode.USAGE_ERROR
    assert "no task 'square'; installed: squares. Did you mean 'squares'?" in (
        unknown.stdout.str() + unknown.stderr.str()
    )
