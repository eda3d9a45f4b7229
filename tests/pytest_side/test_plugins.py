"""Beside other plugins, without some, and under strict settings."""

import os
import sys

import pytest


def test_reruns_run_an_item_again_and_report_it_once(any_suite, read_junit):
    any_suite.write(
        test_flaky="""
        import pathlib
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.law
        def second_time(solve, x):
            path = pathlib.Path("tried")
            tried = path.exists()
            path.touch()
            assert tried or solve(x) != x

        @task.property
        def never(output, x):
            assert output != x
        """,
        impl="def solve(x):\n    return x\n",
    )

    result = any_suite.run(
        "--mg-candidate=impl.py", "-prerunfailures", "--reruns=2", "--junitxml=junit.xml"
    )

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"], outcomes["rerun"]) == (1, 1, 3)
    junit = read_junit(any_suite.path / "junit.xml")
    for name, status in (("second_time", "held"), ("never", "violated")):
        case = junit.cases[f"test_flaky.task::{name}"]
        assert case.properties["mg_status"] == status
        assert len(case.property_names) == len(set(case.property_names)), name
    # Running it again until it holds does not make the candidate a better one.
    result.stdout.fnmatch_lines(["task: 0 of 2 hold for impl.py"])


def test_random_order_html_coverage_and_doctests_work_beside_tasks(any_suite):
    any_suite.write_top_k()
    any_suite.write(
        module='def double(x):\n    """\n    >>> double(2)\n    4\n    """\n    return 2 * x\n'
    )

    result = any_suite.launch(
        *any_suite.workers,
        "-pno:cacheprovider",
        "-prandomly",
        "--mg-candidate=wrong.py",
        "--mg-baseline=good.py",
        "--html=report.html",
        "--self-contained-html",
        "--cov=module",
        "--doctest-modules",
        "--mg-monitor=latency",
    )

    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], result.ret) == (1, 1)
    page = (any_suite.path / "report.html").read_text()
    assert "test_top_k.py::top_k::reordered" in page
    assert "is violated by wrong.py" in page
    assert "monitor[latency]" in page
    text = result.stdout.str()
    assert "module.py" in text
    assert "INTERNALERROR" not in text


def test_strict_markers_config_and_pytests_strict_mode_accept_items(suite):
    suite.write_top_k()
    mode = "strict = true\n" if pytest.version_tuple >= (9,) else ""
    (suite.path / "pytest.ini").write_text(f"[pytest]\n{mode}")
    given = (
        "--mg-candidate=good.py",
        "--mg-candidate=wrong.py",
        "--strict-markers",
        "--strict-config",
    )

    result = suite.run(*given, "-Werror")

    result.assert_outcomes(passed=7, failed=1)
    assert suite.run(*given, "-m", "mg").parseoutcomes()["passed"] == 7


def test_we_cause_nothing_that_users_turned_into_errors(any_suite):
    any_suite.write_top_k()

    result = any_suite.spawn("-Werror", "--mg-candidate=good.py", "--mg-baseline=good.py")

    result.assert_outcomes(passed=4)
    assert "warning" not in result.stdout.str().lower()


def test_a_soft_property_warns_and_fails_under_warnings_as_errors(suite):
    suite.write(
        test_soft="""
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,), (2,)])

        @task.property(soft=True)
        def small(output, x):
            assert output < 2
        """,
        impl="def solve(x):\n    return x\n",
    )

    warned = suite.run("--mg-candidate=impl.py")
    failed = suite.run("--mg-candidate=impl.py", "-Werror")

    warned.assert_outcomes(passed=1, warnings=1)
    warned.stdout.fnmatch_lines(["*soft property 'small' does not hold in 1 of 2 cases*"])
    failed.assert_outcomes(failed=1)


def test_setup_plan_and_collect_only_call_nothing(suite):
    suite.write_top_k()
    suite.write(wrong="import pathlib\npathlib.Path('/imported').touch()\nraise SystemExit\n")

    plan = suite.run("--setup-plan", "--mg-candidate=wrong.py")
    listing = suite.run("--co", "-q", "--mg-candidate=wrong.py")

    assert plan.ret == 0
    assert plan.stdout.str().count("top_k::") >= 4
    assert listing.outlines[:4] == [
        "test_top_k.py::top_k::reordered",
        "test_top_k.py::top_k::larger_k",
        "test_top_k.py::top_k::bounded",
        "test_top_k.py::top_k::merge",
    ]


@pytest.mark.parametrize("plugin", ["xdist", "timeout", "hypothesispytest", "rerunfailures"])
def test_items_run_without_a_plugin_they_can_do_without(suite, plugin):
    suite.write_top_k()

    result = suite.spawn(f"-pno:{plugin}", "--mg-candidate=wrong.py")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*relation 'reordered' is violated by wrong.py*"])


def test_without_our_plugin_options_are_unknown_and_tasks_collect_nothing(suite):
    suite.write_top_k()

    refused = suite.spawn("-pno:metamorphic_guard", "--mg-candidate=wrong.py")
    silent = suite.spawn("-pno:metamorphic_guard")

    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert "unrecognized arguments: --mg-candidate=wrong.py" in refused.stderr.str()
    assert silent.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("hypothesis", [(), ("-phypothesispytest",)], ids=["alone", "both"])
def test_without_autoload_the_plugin_is_named_by_its_entry_point(suite, hypothesis):
    suite.write_top_k()

    result = suite.launch(
        "-pmetamorphic_guard",
        *hypothesis,
        *("-mhypothesis",) * len(hypothesis),
        "--mg-candidate=wrong.py",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )

    result.assert_outcomes(passed=3, failed=1)


def test_a_fault_while_an_executor_closes_is_a_warning_that_names_it(suite):
    suite.write_top_k()
    suite.write(
        closing="""
        from pytest_metamorphic_guard.executors.local import LocalExecutor

        class Sticky(LocalExecutor):
            def close(self):
                super().close()
                raise OSError("stuck")
        """
    )

    path = f"{suite.path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    given = ("--mg-candidate=good.py", "--mg-executor=closing:Sticky")
    result = suite.spawn(*given, PYTHONPATH=path)

    assert result.parseoutcomes()["passed"] == 4
    text = result.stdout.str()
    assert "executor 'closing:Sticky': close() raised OSError: stuck" in text
    assert "INTERNALERROR" not in text
    strict = suite.spawn(*given, "-Werror", PYTHONPATH=path)
    assert strict.ret != 0
    assert "close() raised OSError: stuck" in strict.stdout.str() + strict.stderr.str()
    assert "INTERNALERROR" not in strict.stdout.str() + strict.stderr.str()


@pytest.mark.parametrize("style", ["long", "short", "line", "native", "no"])
def test_every_style_of_traceback_names_relation_and_candidate(suite, style):
    suite.write_top_k()
    suite.write(wrong="def solve(xs, k):\n    return xs[:k] + [len(xs)]\n")

    result = suite.run(f"--tb={style}", "--mg-candidate=wrong.py", "-l")

    text = result.stdout.str()
    assert result.ret == 1
    assert "INTERNALERROR" not in text
    if style != "no":
        assert "relation 'reordered' is violated by wrong.py" in text
    if style in ("long", "short"):
        assert "law 'merge' is violated by wrong.py" in text
        assert "site-packages" not in text
        assert "runner" not in text


def test_standard_error_and_logs_of_a_law_are_captured_as_in_any_test(suite):
    suite.write(
        test_law="""
        import logging
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.law
        def loud(solve, x, *, capsys, tmp_path):
            logging.getLogger("mine").warning("a line of log")
            print("printed by the law")
            assert solve(x) != x
        """,
        impl="import sys\ndef solve(x):\n    print('printed by the candidate')\n    return x\n",
    )

    result = suite.run("--mg-candidate=impl.py")

    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "a line of log" in text
    assert "printed by the law" in text
    assert "printed by the candidate" in text
    assert sys.stdout is not None


def test_items_ask_pytest_run_parallel_to_stay_in_one_thread(suite):
    suite.write_top_k()
    suite.write(
        conftest="""
        def pytest_configure(config):
            config.addinivalue_line("markers", "thread_unsafe: of pytest-run-parallel")
            config.pluginmanager.register(object(), "_run-parallel")
        """
    )

    items = suite.collect("--mg-candidate=good.py", "--strict-markers")

    assert items
    assert all(item.get_closest_marker("thread_unsafe") for item in items)
