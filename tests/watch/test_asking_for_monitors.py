"""How monitors are asked for, and how a wrong wish ends a run before it starts."""

import pytest


@pytest.fixture
def asked(watched):
    watched.write_task()
    return watched


def test_an_unknown_name_is_refused_with_what_there_is_and_what_was_meant(asked):
    result = asked.run("--mg-monitor=latncy")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: monitor 'latncy': no such monitor; installed: errors, *")
    result.stderr.fnmatch_lines("*Did you mean 'latency'?")
    assert not result.outlines or "collected" not in result.stdout.str()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("latency:alert_ration=2", "no option 'alert_ration'; *Did you mean 'alert_ratio'?"),
        ("latency:alert_ratio=fast", "alert_ratio='fast': expected a number"),
        ("latency:severity=loud", "severity='loud': expected info, warning, error"),
        ("latency:required=perhaps", "required='perhaps': expected true or false"),
        ("latency:alert_ratio", "*option=value*"),
        ("errors:ignore=[a", "*"),
        ("fixed:Nothing", "*failed to load*"),
    ],
)
def test_a_wrong_option_is_a_usage_error(asked, spec, said):
    result = asked.run(f"--mg-monitor={spec}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(f"ERROR: *monitor*{spec.partition(':')[0]}*{said}")


def test_all_faults_are_named_at_once(asked):
    result = asked.run("--mg-monitor=latncy", "--mg-monitor=errors:max_nw=1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'latncy'*", "*'errors:max_nw=1'*Did you mean 'max_new'?"])


def test_two_of_a_kind_get_ids_of_their_own(asked):
    result = asked.run(
        "--mg-monitor=latency",
        "--mg-monitor=latency:clock=cpu",
        "--mg-monitor=latency:id='slow path',percentile=0.5",
    )
    assert result.ret == 0
    assert list(asked.monitors) == ["latency", "latency#2", "slow path"]
    assert asked.monitors["slow path"]["summary"]["percentile"] == 0.5


def test_one_id_for_two_is_refused(asked):
    result = asked.run("--mg-monitor=latency:id=x", "--mg-monitor=errors:id=x")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("*id 'x' is given twice*")


def test_the_configuration_file_and_the_environment_name_monitors_too(asked, monkeypatch):
    (asked.project.path / "pytest.ini").write_text(
        "[pytest]\nmg_monitor =\n    latency:alert_ratio=2\n    errors\n"
    )
    assert asked.run().ret == 0
    assert list(asked.monitors) == ["latency", "errors"]
    monkeypatch.setenv("MG_MONITOR", "trend\nsuccess_rate")
    assert asked.run().ret == 0
    assert list(asked.monitors) == ["trend", "success_rate"]
    assert asked.run("--mg-monitor=errors").ret == 0
    assert list(asked.monitors) == ["errors"]


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_conftest_adds_monitors_through_the_hook(asked, workers):
    asked.project.write(
        conftest="def pytest_mg_monitors(config):\n    return ['tape:Tape', 'errors']\n"
    )
    assert asked.spawn("--mg-monitor=latency", *workers).ret == 0
    assert list(asked.monitors) == ["latency", "tape:Tape", "errors"]
    assert len(asked.tape["rows"]) == 12 * 2 * 4


@pytest.mark.parametrize("answer", ["'latency'", "[1]", "{'latency': 1}"])
def test_a_hook_that_returns_something_else_is_a_usage_error(asked, answer):
    asked.project.write(conftest=f"def pytest_mg_monitors(config):\n    return {answer}\n")
    result = asked.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: hook pytest_mg_monitors: returned *, expected a list*")


def test_a_wrong_name_from_the_hook_alone_is_a_usage_error_too(project):
    project.write(
        conftest="def pytest_mg_monitors(config):\n    return ['latncy']\n",
        test_it="def test_it():\n    pass\n",
    )
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: monitor 'latncy'*")


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="pytest reads native tables since 9.0")
def test_a_native_toml_table_takes_a_list(asked):
    (asked.project.path / "pytest.toml").write_text(
        '[pytest]\nmg_monitor = ["errors:ignore=[timeout]", "trend"]\n'
    )
    assert asked.run().ret == 0
    assert list(asked.monitors) == ["errors", "trend"]
