"""A thread of the candidate that reads the host's requests by itself, and answers them."""

import time

import pytest

# Takes the pipe of requests from the harness, which is left with one that nobody writes to.
AHEAD = """
import fcntl, os, stat, struct, threading, time

def find(mode):
    for number in range(3, 1024):
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(number).st_mode)
            if is_pipe and fcntl.fcntl(number, fcntl.F_GETFL) & 3 == mode:
                return number
        except OSError:
            pass

def answer(requests, responses):
    while True:
        kind, nonce, length = struct.unpack("<c16sQ", os.read(requests, 25))
        os.read(requests, length)
        asked = struct.pack(">Bd", 0xCB, time.monotonic())
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
        head = struct.pack("<16scqqqQ", nonce, b"r", 0, 0, 0, len(asked))
        os.write(responses, head + asked)

REQUESTS, RESPONSES = find(os.O_RDONLY), find(os.O_WRONLY)
if REQUESTS is not None:
    taken = os.dup(REQUESTS)
    os.dup2(os.pipe()[0], REQUESTS)
    threading.Thread(target=answer, args=(taken, RESPONSES), daemon=True).start()

def solve(x):
    return "the harness"
"""


@pytest.mark.parametrize("level", ["worker", "spawn"])
def test_a_thread_that_answers_by_itself_knows_no_request_before_it_is_asked(
    make_local, candidates, level
):
    executor, path = make_local(isolation=level), candidates.write(AHEAD)
    executor.warm_up(path, "solve", 20.0, 512)

    for number in range(3):
        begun = time.monotonic()
        found = executor.execute(path, "solve", (number,), 20.0, 512)

        assert found["success"], found["error"]
        assert begun < found["result"] < time.monotonic()
        # It claims that the call took no time at all.
        assert found["duration_ms"] >= 50.0


@pytest.mark.parametrize("level", ["fork", "fresh"])
def test_no_request_can_be_read_where_every_call_has_a_process_of_its_own(
    make_local, candidates, level
):
    executor, path = make_local(isolation=level), candidates.write(AHEAD)

    results = [executor.execute(path, "solve", (number,), 20.0, 512) for number in range(3)]

    assert [found["result"] for found in results] == ["the harness"] * 3, results
