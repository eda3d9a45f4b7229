"""The example of a monitor's distribution: its own tests pass, it installs, and it is found."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins"


def test_the_examples_own_tests_pass(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE)],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE), "PYTHONPYCACHEPREFIX": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


def test_the_distribution_installs_and_its_monitor_runs_by_name_in_its_own_process(tmp_path):
    pytest.importorskip("hatchling", reason="builds the example without the network")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    install += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(tmp_path)]
    subprocess.run([*install, str(EXAMPLE)], check=True, capture_output=True, text=True)
    script = """
    from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
    from pytest_metamorphic_guard.watch.setting_up import load_monitors
    from pytest_metamorphic_guard.watch.streams import watch

    records = [
        MonitorRecord(i, role, 1.0, True, {"result": answer})
        for i in range(3)
        for role, answer in (("baseline", "yes"), ("candidate", "certainly"))
    ]
    (loaded,) = load_monitors(["answer_length:max_ratio=2"])
    assert loaded.metadata["sandbox"] is True
    (report,) = watch([loaded.host()], records, MonitorContext("task", 3)).monitors
    print(report.distribution, report.faults, *(alert.message for alert in report.alerts))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "mg-example-plugins () candidate's answers are 3.00x as long\n"
