"""A run that ends with calls under way: all of them end, and no process is left."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HANGING = "def solve(x):\n    while x > 0:\n        pass\n    return x\n"
AT_ONCE = 3
# A process that only starts is not busy for as long.
LOOKS = 30


def find_states(root):
    """Return the state of every process below another, by its number."""
    parents, states = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)], states[int(stat.parent.name)] = int(fields[1]), fields[0]
    found = {}
    for number in parents:
        above = number
        while above in parents and above != root:
            above = parents[above]
        if above == root and number != root:
            found[number] = states[number]
    return found


def wait_for_calls(process, count):
    """Return the processes below one in which so many calls are computing at once, and go on."""
    until = time.monotonic() + 100
    looks, busy = 0, set()
    while looks < LOOKS:
        found = find_states(process.pid)
        now = {number for number, state in found.items() if state == "R"}
        busy = busy & now if looks else now
        looks = looks + 1 if len(busy) >= count else 0
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.02)
    return set(found)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("how", ["ctrl-c", "item time-out"])
def test_calls_under_way_end_with_the_run_and_leave_nothing(project, how):
    project.write_task(
        "@t.property\ndef right(output, x):\n    assert output == x\n",
        inputs=f"[(x,) for x in range(1, {AT_ONCE + 1})]",
    )
    project.write(new=HANGING)
    given = ["--mg-candidate=new.py", "--mg-timeout-s=100", f"--mg-parallel={AT_ONCE}"]
    given += ["--mg-report=r.json", *(["--timeout=12"] if how == "item time-out" else [])]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", *given],
        cwd=project.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Started in the background of a shell, this process may have it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    with process:
        below = wait_for_calls(process, AT_ONCE)
        if how == "ctrl-c":
            os.kill(process.pid, signal.SIGINT)
        text, _ = process.communicate(timeout=100)

    assert process.returncode == (2 if how == "ctrl-c" else 1), text
    assert ("report: " in text) == (project.path / "r.json").exists()
    assert (project.path / "r.json").exists(), text
    assert not [number for number in below if Path(f"/proc/{number}").exists()]


# Ctrl-C comes to another thread than the one that waits, which the kernel does now and then.
ELSEWHERE = """
import pathlib, signal, sys, threading, time

def is_waiting():
    frame = sys._current_frames()[threading.main_thread().ident]
    return frame.f_code.co_name == "wait"

def interrupt():
    while len(list(pathlib.Path("begun").iterdir())) < 2 or not is_waiting():
        time.sleep(0.02)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    threading.Event().wait()

threading.Thread(target=interrupt, daemon=True).start()
"""
# It comes while Python runs a destructor, out of which nothing can be raised.
SWALLOWED = """
import pathlib, signal

class Begun:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def pytest_runtest_setup(item):
    Begun()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals of single threads")
@pytest.mark.parametrize(
    ("conftest", "options"),
    [
        pytest.param(ELSEWHERE, (), id="elsewhere"),
        pytest.param(SWALLOWED, (), id="swallowed"),
        # pytest-xdist waits ten seconds for a worker that was interrupted alone.
        pytest.param(SWALLOWED, ("-n1",), id="swallowed -n1", marks=pytest.mark.slow),
    ],
)
def test_an_interruption_that_nobody_heard_ends_the_run(project, conftest, options):
    project.write_task(
        "@t.property\ndef right(output, x):\n    assert output == x\n", inputs="[(1,), (2,)]"
    )
    begun = project.path / "begun"
    begun.mkdir()
    project.write(
        new=f"def solve(x):\n    open({str(begun)!r} + f'/{{x}}', 'w').close()\n"
        "    while True:\n        pass\n",
        conftest=conftest,
    )
    config = '{"write": ["' + str(begun) + '"]}'
    result = project.spawn(
        *("--mg-candidate=new.py", "--mg-timeout-s=90", "--mg-parallel=2", *options),
        f"--mg-executor-config={config}",
        timeout_s=60,
    )

    assert result.ret == pytest.ExitCode.INTERRUPTED, result.stdout.str()
    assert re.search("keyboard-?interrupt", result.stdout.str(), re.IGNORECASE)


def test_an_interruption_that_another_error_hides_ends_the_run(project):
    project.write_task(
        """
        import signal

        def draw():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                raise AssertionError

        hidden = Task("hidden", inputs=st.tuples(st.builds(draw)))

        @t.property
        @hidden.property
        def right(output):
            return True
        """
    )
    project.write(new="def solve(x):\n    return x\n")

    result = project.spawn("--mg-candidate=new.py", "-k", "hidden")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "! KeyboardInterrupt !" in result.stdout.str()


def test_an_item_that_ends_the_run_ends_the_calls_begun_ahead(project):
    project.write_task(
        """
        @t.property
        def right(output, x):
            assert output == x

        @t.property
        def also(output, x):
            assert output == x
        """,
        inputs="[(x,) for x in range(-1, 3)]",
    )
    project.write(new=HANGING.replace("return x\n", "return 7\n"))
    result = project.spawn(
        *("-x", "--mg-candidate=new.py", "--mg-timeout-s=100", f"--mg-parallel={AT_ONCE}"),
        "--mg-shrink=off",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
