"""Calls of one case: their process is not stopped between them, and sees no edit."""

import contextlib
import time
from pathlib import Path

import pytest

PID = """
import os
def solve(x):
    return os.getpid(), x
def end():
    os._exit(3)
"""


def call(executor, path, function="solve", *args):
    return executor.execute(path, function, args, 20.0, 512)


def read_state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_its_process_goes_on_in_the_block_and_rests_after_it(make_local, candidates, processes):
    executor, path = make_local(), candidates.write(PID)
    pid, _ = call(executor, path, "solve", 0)["result"]
    processes.wait_until(lambda: read_state(pid) == "T")

    with executor.hold(path, 512):
        assert call(executor, path, "solve", 1)["result"] == (pid, 1)
        time.sleep(0.05)
        assert read_state(pid) in "SR"
        assert call(executor, path, "solve", 2)["result"] == (pid, 2)

    processes.wait_until(lambda: read_state(pid) == "T")
    assert call(executor, path, "solve", 3)["result"] == (pid, 3)
    processes.wait_until(lambda: read_state(pid) == "T")


def test_an_edit_is_seen_by_the_next_block(make_local, candidates):
    executor, path = make_local(), candidates.write("def solve(): return 1\n")

    with executor.hold(path, 512):
        before = call(executor, path)["result"]
        Path(path).write_text("def solve(): return 22\n")
        same = call(executor, path)["result"]
    with executor.hold(path, 512):
        after = call(executor, path)["result"]
    Path(path).write_text("def solve(): return 333\n")

    assert (before, same, after, call(executor, path)["result"]) == (1, 1, 22, 333)


def test_a_process_that_ends_in_it_comes_anew(make_local, candidates, processes):
    executor, path = make_local(), candidates.write(PID)

    with executor.hold(path, 512):
        first, _ = call(executor, path, "solve", 0)["result"]
        assert call(executor, path, "end")["success"] is False
        second, _ = call(executor, path, "solve", 1)["result"]

    assert first != second
    processes.wait_until(lambda: read_state(second) == "T")


def test_nothing_is_left_running_where_it_is_interrupted(make_local, candidates):
    executor, path = make_local(), candidates.write(PID)

    with contextlib.suppress(KeyboardInterrupt), executor.hold(path, 512):
        pid, _ = call(executor, path, "solve", 0)["result"]
        raise KeyboardInterrupt

    executor.close()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("isolation", ["fork", "fresh", "spawn"])
def test_there_is_none_where_calls_have_processes_of_their_own(make_local, candidates, isolation):
    assert make_local(isolation=isolation).hold(candidates.write(PID), 512) is None


def test_there_is_none_for_a_file_that_is_missing(make_local, tmp_path):
    assert make_local().hold(str(tmp_path / "missing.py"), 512) is None
