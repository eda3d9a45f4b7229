"""An alert is an item: everything that reads test results sees the same."""

import signal
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest

SLOW = '--mg-executor-config={"slowdown": 1.5}'
NODE = "metamorphic-guard::monitor[latency]"
WORDS = "candidate is 1.50x slower at the median (99 % CI 1.50-1.50, 1.05 ms a call, n=33)"


@pytest.fixture
def slow(watched):
    """A project with a candidate that is 1.5 times slower."""
    watched.write_task()
    return watched


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_terminal_exit_status_junit_html_and_annotations_agree(slow, workers):
    slow.project.write(
        conftest="""
        import os

        def pytest_runtest_logreport(report):
            # As plugins do that annotate files on a CI service.
            if report.failed:
                file, line, name = report.location
                assert os.path.exists(file), file
                message = report.longrepr.reprcrash.message
                with open("annotations", "a") as out:
                    out.write(f"{report.nodeid}|{line + 1}|{name}|{message.splitlines()[0]}\\n")
        """
    )
    result = slow.spawn(
        "--mg-monitor=latency",
        "--mg-monitor=errors",
        "--junitxml=junit.xml",
        "--html=page.html",
        SLOW,
        *workers,
    )
    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=4)
    result.stdout.fnmatch_lines(
        [
            "_* monitor[[]latency] _*",
            WORDS,
            "latency: baseline * ms, candidate * ms: 1.50x (99 % CI 1.50-1.50, n=33)",
            "errors: failed calls: baseline 0, candidate 0 of 48 *",
            "FAILED metamorphic-guard::monitor[[]latency] - MonitorAlert: candidate is 1.50x*",
        ]
    )
    assert "112%" not in result.stdout.str()
    suite = ET.parse(slow.project.path / "junit.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "1", "0")
    found = {case.get("name"): case.find("failure") for case in suite.iter("testcase")}
    assert found["monitor[errors]"] is None
    assert WORDS in found["monitor[latency]"].get("message")
    page = (slow.project.path / "page.html").read_text()
    assert "monitor[latency]" in page
    assert "monitor[errors]" in page
    annotations = (slow.project.path / "annotations").read_text()
    assert annotations == f"{NODE}|1|monitor[latency]|MonitorAlert: {WORDS}\n"


def test_an_alert_carries_what_it_rests_on(slow):
    slow.run("--mg-monitor=latency", SLOW)
    (alert,) = slow.monitors["latency"]["alerts"]
    assert alert["message"] == WORDS
    assert alert["severity"] == "error"
    assert alert["ci"] == pytest.approx([1.5, 1.5])
    assert alert["n"] == 33
    assert alert["p_value"] == pytest.approx(0.5**33)
    assert alert["method"].startswith("order-statistic bound of the median")


@pytest.mark.parametrize(
    ("spec", "options", "code", "status"),
    [
        ("latency", (), 1, "failed"),
        ("latency", ("--mg-fail-on-alert=never",), 0, "warned"),
        ("latency:severity=warning", (), 0, "warned"),
        ("latency:severity=warning", ("--mg-fail-on-alert=warning",), 1, "failed"),
        ("latency:severity=warning", ("-W", "error"), 1, "failed"),
        (
            "latency:severity=warning",
            ("-W", "error::pytest_metamorphic_guard.MonitorAlertWarning"),
            1,
            "failed",
        ),
        (
            "latency:severity=warning",
            ("-W", "ignore::pytest_metamorphic_guard.MonitorAlertWarning"),
            0,
            "warned",
        ),
        ("latency:severity=info", ("--mg-fail-on-alert=warning", "-W", "error"), 0, "passed"),
        ("latency:alert_ratio=2", (), 0, "passed"),
    ],
)
def test_severities_and_options_decide_what_an_alert_does(slow, spec, options, code, status):
    result = slow.run(f"--mg-monitor={spec}", SLOW, *options)
    assert result.ret == code
    assert slow.monitors["latency"]["status"] == status
    assert ("MonitorAlertWarning: monitor[latency]:" in result.stdout.str()) == (
        status == "warned" and "ignore" not in str(options)
    )


def test_a_warning_is_the_same_with_workers(slow):
    result = slow.spawn("--mg-monitor=latency:severity=warning", SLOW, "-n2")
    assert result.ret == 0
    result.assert_outcomes(passed=4, warnings=1)
    result.stdout.fnmatch_lines(f"*MonitorAlertWarning: monitor[[]latency]: {WORDS}")


def test_quiet_runs_show_the_alert_and_nothing_of_the_summary(slow):
    result = slow.run("--mg-monitor=latency", SLOW, "-q")
    assert result.ret == 1
    assert "latency: baseline" not in result.stdout.str()
    result.stdout.fnmatch_lines([WORDS, "FAILED metamorphic-guard::monitor[[]latency]*"])


def test_the_cache_of_failures_forgets_an_alert_that_is_gone(slow):
    last = slow.project.path / "cache" / "v" / "cache" / "lastfailed"

    # The project's runs switch the cache off, so this one names its own arguments.
    def run(*args):
        words = [*slow.list_arguments("--mg-monitor=latency", *args), "-o", "cache_dir=cache"]
        command = [sys.executable, "-m", "pytest", "-p", "no:randomly", *words]
        done = subprocess.run(
            command, cwd=slow.project.path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert run(SLOW)[0] == 1
    assert last.read_text().count("monitor[latency]") == 1
    code, out = run("--lf")
    assert (code, "4 passed" in out) == (0, True)
    assert not last.exists() or last.read_text().strip() == "{}"


def test_an_alert_counts_for_maxfail_and_stops_what_follows(slow):
    slow.project.write(candidate="def solve(x):\n    return x if x != 5 else str(x)\n")
    monitors = ("--mg-monitor=latency", "--mg-monitor=output_drift:severity=error")
    result = slow.run(*monitors, SLOW, "--maxfail=2")
    assert result.ret == 1
    result.assert_outcomes(failed=2, passed=2)
    result = slow.run(*monitors, SLOW, "--maxfail=4")
    result.assert_outcomes(failed=3, passed=2)


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_nothing_is_decided_on_a_part_of_the_data(slow, workers):
    slow.project.write(test_a="def test_first():\n    assert 0\n")
    result = slow.spawn("-x", "test_it.py", "test_a.py", "--mg-monitor=latency", SLOW, *workers)
    assert result.ret in (1, 2)
    assert "MonitorAlert" not in result.stdout.str()
    assert slow.report["partial"] is True
    assert slow.monitors["latency"]["status"] == "undecided"
    result.stdout.fnmatch_lines("monitors saw only a part of this run")


def test_an_interrupted_run_shows_what_was_seen_and_decides_nothing(slow):
    slow.project.write(
        test_z="""
        import time
        from pathlib import Path

        def test_waits():
            Path("waiting").touch()
            time.sleep(60)
        """
    )
    words = slow.list_arguments("test_it.py", "test_z.py", "--mg-monitor=latency", SLOW)
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*command, *words], cwd=slow.project.path, stdout=subprocess.PIPE, text=True
    ) as process:
        waited = time.monotonic()
        while not (slow.project.path / "waiting").exists():
            assert time.monotonic() - waited < 60
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, out
    assert "MonitorAlert" not in out
    assert "latency: baseline" in out
    assert "monitors saw only a part of this run" in out
    assert slow.monitors["latency"]["status"] == "undecided"


def test_with_several_candidates_each_has_monitors_of_its_own(watched):
    watched.write_task(
        other="def solve(x):\n    return x\n",
    )
    result = watched.run(
        "--mg-candidate=other.py",
        "--mg-monitor=latency",
        "--mg-gate",
        "--mg-fail-on=violation",
        SLOW,
    )
    assert result.ret == 1
    statuses = {name: monitor["status"] for name, monitor in watched.monitors.items()}
    # Only files that are called candidate are slowed down.
    assert statuses == {"latency[candidate]": "failed", "latency[other]": "passed"}
    outcomes = {d["candidate"]: d["outcome"] for d in watched.report["gate"]["decisions"]}
    assert outcomes == {"candidate.py": "reject", "other.py": "adopt"}


def test_lines_fit_the_terminal_and_alerts_are_in_words(slow):
    names = ("success_rate", "errors", "trend", "resource_usage", "llm_cost", "flakiness")
    wanted = [
        f"--mg-monitor={name}" for name in (*names, "output_drift", "fairness_gap", "latency")
    ]
    result = slow.run(*wanted, SLOW)
    section = result.outlines[result.outlines.index("=" * 30 + " metamorphic guard " + "=" * 31) :]
    lines = [line for line in section if line.startswith((*names, "output", "fairness", "latency"))]
    assert len(lines) == 9, section
    assert max(map(len, lines)) <= 80
    assert f" failed: {WORDS}" in " ".join(" ".join(section).split())
