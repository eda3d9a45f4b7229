"""Calls of one case that are brief: their process and this thread take turns on one processor."""

import contextlib
import os
import threading

import pytest

WHERE = """
import os

def solve():
    return sorted(os.sched_getaffinity(0))

def end():
    os._exit(3)
"""


def call(executor, path, function="solve"):
    return executor.execute(path, function, (), 20.0, 512)


pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) == 1,
    reason="there is one processor, or the system tells of none",
)


@pytest.fixture
def local(make_local, candidates):
    """An executor with a process that is up, and what it calls."""
    executor, path = make_local(), candidates.write(WHERE)
    assert call(executor, path)["result"] == sorted(os.sched_getaffinity(0))
    return executor, path


def test_they_meet_on_one_processor_for_the_time_of_the_calls(local):
    executor, path = local
    before = os.sched_getaffinity(0)

    with executor.hold(path, 512, is_brief=True):
        [where] = call(executor, path)["result"]
        between = os.sched_getaffinity(0)
        again = call(executor, path)["result"]

    assert {where} < before
    assert again == [where]
    # What a law computes or starts itself is free.
    assert between == os.sched_getaffinity(0) == before
    assert call(executor, path)["result"] == sorted(before)


def test_the_thread_is_there_while_it_waits(local, monkeypatch):
    executor, path = local
    seen, read = [], os.read
    monkeypatch.setattr(os, "read", lambda *a: (seen.append(os.sched_getaffinity(0)), read(*a))[1])

    with executor.hold(path, 512, is_brief=True):
        where = call(executor, path)["result"]

    assert seen
    assert set(map(tuple, seen)) == {tuple(where)}


def test_calls_that_are_not_known_to_be_brief_run_anywhere(local):
    executor, path = local
    with executor.hold(path, 512):
        assert call(executor, path)["result"] == sorted(os.sched_getaffinity(0))


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_this_thread_is_free_where_a_case_is_ended(local, error):
    executor, path = local
    before = os.sched_getaffinity(0)

    with contextlib.suppress(error), executor.hold(path, 512, is_brief=True):
        call(executor, path)
        raise error

    assert os.sched_getaffinity(0) == before
    assert call(executor, path)["result"] == sorted(before)


def test_a_process_that_ends_is_no_matter(local):
    executor, path = local
    before = os.sched_getaffinity(0)

    with executor.hold(path, 512, is_brief=True):
        assert call(executor, path, "end")["success"] is False
        assert call(executor, path)["success"] is True

    assert os.sched_getaffinity(0) == before
    assert call(executor, path)["result"] == sorted(before)


def test_other_threads_stay_where_they_are(local):
    executor, path = local
    seen = []

    def run():
        with executor.hold(path, 512, is_brief=True):
            seen.append(call(executor, path)["result"])

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert seen == [sorted(os.sched_getaffinity(0))]


LAW = """
import os

@t.law
def twice(solve, x):
    first = solve(x)
    with open("where.txt", "a") as file:
        file.write(f"{first} {len(os.sched_getaffinity(0))}\\n")
    assert solve(x) == first
"""


def test_a_law_makes_use_of_it_once_its_calls_are_known_to_be_brief(project):
    project.write(new="import os\n\ndef solve(x):\n    return len(os.sched_getaffinity(0))\n")
    project.write_task(LAW, inputs="[(x,) for x in range(80)]")

    result = project.run("--mg-candidate=new.py", "--mg-measure")

    count = str(len(os.sched_getaffinity(0)))
    seen = [line.split() for line in (project.path / "where.txt").read_text().splitlines()]
    assert [own for _, own in seen] == [count] * 80
    # A hundred calls, two a case, tell how long one takes; a busy machine may stretch some.
    assert [where for where, _ in seen[:50]] == [count] * 50
    assert "1" in [where for where, _ in seen[50:]]
    result.assert_outcomes(passed=1)
