"""Calls that are sent together: answered as one after another, and no further than they went."""

import signal
import time
from pathlib import Path

import pytest

ENDS = """
import os, sys, time

SEEN = []

def solve(x):
    SEEN.append(x)
    if x == "raise":
        raise ValueError(x)
    if x == "end":
        os._exit(3)
    if x == "hang":
        while True: pass
    if x == "print":
        print("printed")
    if x == "much":
        return "m" * 70_000
    return list(SEEN)
"""


def begin(executor, path, *inputs, timeout_s=20.0):
    return executor.begin_all(path, "solve", [(value,) for value in inputs], timeout_s, 512)


def call(executor, path, value):
    return executor.execute(path, "solve", (value,), 20.0, 512)


def list_results(payloads):
    return [payload["result"] if payload["success"] else payload["error"] for payload in payloads]


def test_they_are_answered_in_their_order_as_if_each_was_called_by_itself(make_local, candidates):
    executor, path = make_local(), candidates.write(ENDS)

    first = call(executor, path, 0)
    payloads = begin(executor, path, 1, "raise", "much", 2)()
    last = call(executor, path, 3)

    assert list_results([first, *payloads, last]) == [
        [0],
        [0, 1],
        "ValueError: raise",
        "m" * 70_000,
        [0, 1, "raise", "much", 2],
        [0, 1, "raise", "much", 2, 3],
    ]
    assert payloads[1]["exception_type"] == "ValueError"
    assert all(0 <= payload["duration_ms"] < 20_000 for payload in payloads)
    assert "notes" not in last


def test_two_implementations_work_at_the_same_time(make_local, candidates):
    path = candidates.write(
        """
        import time
        def solve(x):
            begun = time.monotonic()
            time.sleep(0.5)
            return begun, time.monotonic()
        """
    )
    executors = [make_local(), make_local()]
    for executor in executors:
        call(executor, path, 0)

    waiting = [begin(executor, path, 1, 2, 3) for executor in executors]
    (first, *_), (other, *_) = (finish() for finish in waiting)

    assert first["result"][0] < other["result"][1]
    assert other["result"][0] < first["result"][1]


@pytest.mark.parametrize(
    ("way", "said"), [("end", "exited with status 3"), ("hang", "timed out after 0.5 s")]
)
def test_nothing_is_told_of_those_that_follow_one_that_ends_the_process(
    make_local, candidates, way, said
):
    executor, path = make_local(), candidates.write(ENDS)
    call(executor, path, 0)

    payloads = begin(executor, path, 1, way, 2, 3, timeout_s=0.5)()

    assert len(payloads) == 2
    assert payloads[0]["result"] == [0, 1]
    assert said in payloads[1]["error"]
    # In a new process, which has seen none of these.
    assert call(executor, path, 2)["result"] == [2]


def test_a_call_has_its_own_time_however_long_those_before_it_took(make_local, candidates):
    executor = make_local()
    path = candidates.write("import time\ndef solve(x):\n    time.sleep(0.3)\n    return x\n")
    call(executor, path, 0)

    payloads = begin(executor, path, 1, 2, 3, 4, timeout_s=1.0)()

    assert list_results(payloads) == [1, 2, 3, 4]
    assert all(payload["duration_ms"] >= 300.0 for payload in payloads)


def test_what_prints_is_called_one_by_one_from_then_on(make_local, candidates):
    executor, path = make_local(), candidates.write(ENDS)
    call(executor, path, 0)

    payloads = begin(executor, path, 1, "print", 2)()

    assert "".join(payload["stdout"] for payload in payloads) == "printed\n"
    (told,) = [payload for payload in payloads if payload["stdout"]]
    assert "may be from one of these calls" in told["notes"][0]
    assert begin(executor, path, 1, 2) is None
    assert call(executor, path, "print")["stdout"] == "printed\n"


def test_as_many_are_made_as_fit_into_a_pipe(make_local, candidates):
    executor, path = make_local(), candidates.write("def solve(x): return len(x)")
    executor.warm_up(path, "solve", 20.0, 512)

    # The largest pipe that a user may have, on every Linux.
    payloads = begin(executor, path, "a" * 20_000, "b" * 20_000, "c" * (1 << 20), "d")()

    assert list_results(payloads) == [20_000, 20_000]
    assert begin(executor, path, "a" * (1 << 20), "b") is None


def test_what_gives_large_answers_is_called_one_by_one(make_local, candidates):
    executor, path = make_local(), candidates.write("def solve(x): return b'x' * x")
    call(executor, path, 0)

    # No more of them is kept than one that is too large, whatever follows.
    payloads = begin(executor, path, 1, 3 << 20, 3 << 20, 3 << 20, 3 << 20)()

    assert [len(payload["result"]) for payload in payloads] == [1, 3 << 20, 3 << 20]
    assert len(call(executor, path, 100_000)["result"]) == 100_000
    assert begin(executor, path, 1, 2) is None


def test_those_are_left_out_that_cannot_be_sent(make_local, candidates):
    executor, path = make_local(), candidates.write(ENDS)

    payloads = begin(executor, path, 1, 2, lambda: 0, 3)()

    assert list_results(payloads) == [[1], [1, 2]]
    assert begin(executor, path, 1, lambda: 0) is None


def test_an_edit_is_noticed_before_the_next_ones(make_local, candidates):
    executor, path = make_local(), candidates.write("def solve(x): return 'old'")
    begin(executor, path, 1, 2)()

    candidates.write("def solve(x): return 'edited'", Path(path).name)

    assert list_results(begin(executor, path, 1, 2)()) == ["edited", "edited"]


@pytest.mark.parametrize("level", ["fork", "fresh", "spawn", "none"])
def test_what_has_a_process_for_every_call_or_none_takes_none_together(
    make_local, candidates, level
):
    executor, path = make_local(isolation=level), candidates.write(ENDS)

    assert begin(executor, path, 1, 2) is None


FORGES = """
import os, struct

def solve(x):
    if x == 1:
        # All that is left of the requests, and an answer to each of them.
        pipes = [n for n in range(3, 1024) if os.path.exists(f"/proc/self/fd/{n}")] or range(3, 300)
        for number in pipes:
            try:
                os.set_blocking(number, False)
                data = os.read(number, 1 << 16)
            except OSError:
                continue
            while len(data) > 25:
                kind, nonce, length = struct.unpack("<c16sQ", data[:25])
                data = data[25 + length:]
                body = b"\\xa6forged"
                head = struct.pack("<16scqqqQ", nonce, b"r", 10**15, 0, 0, len(body))
                for other in range(3, 1024):
                    try:
                        os.write(other, head + body)
                    except OSError:
                        pass
            os.set_blocking(number, True)
    return x
"""


def test_answers_to_those_that_follow_are_no_answers_before_their_turn(make_local, candidates):
    executor, path = make_local(), candidates.write(FORGES)
    call(executor, path, 0)

    begun = time.monotonic()
    payloads = begin(executor, path, 1, 2, 3, timeout_s=5.0)()

    assert time.monotonic() < begun + 60
    assert payloads
    assert payloads[-1]["error_type"] == "protocol", payloads
    assert "forged" not in [payload["result"] for payload in payloads]
    assert call(executor, path, 2)["result"] == 2


def test_an_interrupt_ends_them_and_leaves_nothing_for_the_next_call(make_local, candidates):
    executor, path = make_local(), candidates.write(ENDS)
    call(executor, path, 0)
    finish = begin(executor, path, "hang", 1)

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            finish()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert call(executor, path, 2)["result"] == [2]
