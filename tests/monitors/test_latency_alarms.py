"""The command that counts false alarms of `latency`, in real runs and in made-up ones."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "latency_alarms.py"


def test_the_command_runs_equal_files_and_counts_alarms():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--runs", "1", "--subject", "slow"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    *_, first, rejecting, warning, strict, strict_warning = done.stdout.splitlines()
    assert (done.returncode, first) == (0, "1 runs of slow, 95 % intervals"), done.stderr
    # An alarm by chance is no fault of the command.
    for line in (rejecting, warning, strict, strict_warning):
        assert line.endswith(("   0    0.0% [0.0%, 97.5%]", "   1  100.0% [2.5%, 100.0%]"))


def test_made_up_runs_go_through_the_same_monitors():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--simulated", "--runs", "2"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    first, *rows = done.stdout.splitlines()
    assert first == "2 simulated runs of 100 inputs each, 95 % intervals", done.stderr
    assert [row[:5] for row in rows[::4]] == ["0.000", "0.019", "0.039", "0.078"]
    assert len(rows) == 16
