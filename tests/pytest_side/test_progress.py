"""The line about a long item, in a real terminal."""

import os
import pty
import re
import subprocess
import sys

import pytest

from pytest_metamorphic_guard.pytest_side.log_progress import LogProgress
from pytest_metamorphic_guard.pytest_side.minutes import Minutes
from pytest_metamorphic_guard.pytest_side.progress import describe_progress

TASK = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[(i,) for i in range(20)])

@t.property
def same(output, i):
    assert output == i
"""
SLOW = "import time\n\ndef solve(i):\n    time.sleep(0.2)\n    return i\n"


def run_in_terminal(suite, *args):
    """Run the suite in a pseudo-terminal of 80 columns and return all that was written to it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    environment = os.environ | {"COLUMNS": "80", "TERM": "xterm"}
    process = subprocess.Popen(
        command, cwd=suite.path, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # Linux says so when nobody has the other end any more
            break
        if not part:
            break
        written += part
    os.close(ours)
    assert process.wait() == 0, written.decode()
    return written.decode()


@pytest.mark.parametrize(
    "workers", [(), ("-n2",), ("--mg-parallel=2", "--mg-n=40")], ids=["n0", "n2", "in flight"]
)
def test_a_long_item_says_how_far_it_is_and_leaves_no_trace(suite, workers):
    suite.write(test_it=TASK.replace("range(20)", "range(40)"), new=SLOW)

    written = run_in_terminal(suite, "--mg-candidate=new.py", "--mg-n=20", *workers)

    line = r"t::same: (\d+) of [24]0 cases, (?:\d+/s|one in \d+ s), \d+ s left"
    seen = re.findall(line, written)
    assert seen
    assert seen == sorted(seen, key=int)
    # What stands in the terminal in the end: every line after its last return to the first column.
    shown = [line.rpartition("\r")[2] for line in written.replace("\r\n", "\n").split("\n")]
    assert not any("cases" in line and "::" in line for line in shown)


@pytest.mark.slow  # waits until a line about it is due
@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["n0", "n1"])
def test_measuring_strength_says_how_far_it_is(suite, workers):
    slowly = TASK.replace("    assert", "    time.sleep(0.15)\n    assert")
    old = "def solve(i):\n    return i if i < 30 else i + 1\n"
    suite.write(test_it="import time\n" + slowly, new=old)

    asked = ("--mg-strength", "--mg-strength-limit=4", "--mg-n=15")
    written = run_in_terminal(suite, "--mg-candidate=new.py", *asked, *workers)

    seen = re.findall(r"strength of t: (\d+) of \d+ changes, (?:\d+/s|one in \d+ s)", written)
    assert seen
    shown = [line.rpartition("\r")[2] for line in written.replace("\r\n", "\n").split("\n")]
    assert not any("strength of t: " in line and " changes," in line for line in shown)


@pytest.mark.parametrize(
    ("done", "total", "rate", "line"),
    [
        (1, 400, 0.0, "t::r: 1 of 400 cases"),
        (21, 400, 40.0, "t::r: 21 of 400 cases, 40/s, 9 s left"),
        (2, 400, 0.25, "t::r: 2 of 400 cases, one in 4 s, 27 min left"),
        (500, 400, 40.0, "t::r: 500 cases, 40/s"),
        (7, None, 0.0, "t::r: 7 cases"),
    ],
)
def test_no_time_is_promised_before_the_speed_is_known(done, total, rate, line):
    assert describe_progress("t::r", done, total, rate) == line


def test_it_says_how_much_was_violated_so_far():
    said = describe_progress("t::r", 21, 400, 40.0, violations=3)

    assert said == "t::r: 21 of 400 cases, 3 violations, 40/s, 9 s left"
    assert describe_progress("t::r", 1, None, 0.0, violations=1) == "t::r: 1 cases, 1 violation"


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_log_has_nothing_of_it_before_a_minute_is_over(suite, workers):
    suite.write(test_it=TASK, new=SLOW)

    result = suite.spawn("--mg-candidate=new.py", *workers)

    assert result.ret == 0
    assert "cases" not in result.stdout.str()
    assert "\r" not in result.stdout.str()


def test_a_log_has_a_line_a_minute(pytester):
    pytester.makepyfile("def test_it(): ...")
    config = pytester.parseconfigure()
    seconds = iter(range(0, 10_000, 25))
    log = LogProgress(config, Minutes(60, lambda: float(next(seconds))))
    lines = []
    log.write = lines.append

    with log.follow("t::first", 20, count=lambda: 2) as report:
        report(1)
    with log.follow("t::second", 20, count=lambda: 1) as report:
        for done in range(1, 7):
            report(done)

    assert [line.partition(" cases")[0] for line in lines] == [
        "t::second: 2 of 20",
        "t::second: 5 of 20",
    ]
    assert all(", 3 violations" in line for line in lines)
