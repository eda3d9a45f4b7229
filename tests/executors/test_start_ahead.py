"""A process that is started before anybody is called in it, so that the first call finds it up."""

import os
import signal
from pathlib import Path

import pytest

WHERE = """
import os
def solve():
    return sorted(os.sched_getaffinity(0))
"""


def list_children():
    """The processes that this one started and that have not ended."""
    found = set()
    for thread in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (thread / "children").read_text().split()}
    return found


def call(executor, path):
    return executor.execute(path, "solve", (), 20.0, 512)


@pytest.mark.parametrize("isolation", ["worker", "spawn", "fork", "fresh"])
def test_the_first_call_is_made_in_it(make_local, candidates, isolation):
    executor, path = make_local(isolation=isolation), candidates.write(WHERE)
    before = list_children()

    executor.start_ahead()
    (started,) = list_children() - before
    executor.start_ahead()
    assert list_children() - before == {started}
    executor.warm_up(path, "solve", 20.0, 512)

    assert list_children() - before == {started}
    assert call(executor, path)["success"], isolation
    executor.close()
    assert not list_children() - before


def test_it_ends_where_nobody_is_called(make_local):
    before = list_children()
    executor = make_local()

    executor.start_ahead()
    (started,) = list_children() - before
    executor.close()

    assert not Path(f"/proc/{started}").exists()
    assert not list_children() - before


def test_one_that_runs_elsewhere_is_not_used(make_local, candidates):
    executor, path = make_local(), candidates.write(WHERE)
    first, *_ = sorted(os.sched_getaffinity(0))

    executor.start_ahead()
    executor.share_processor(first)

    assert call(executor, path)["result"] == [first]


def test_there_is_none_without_processes(make_local):
    before = list_children()

    make_local(isolation="none").start_ahead()

    assert list_children() == before


def test_another_one_is_started_where_it_ended_meanwhile(make_local, candidates):
    before = list_children()
    executor, path = make_local(), candidates.write(WHERE)
    executor.start_ahead()
    (started,) = list_children() - before
    os.kill(started, signal.SIGKILL)

    assert call(executor, path)["success"]
    assert started not in list_children()
