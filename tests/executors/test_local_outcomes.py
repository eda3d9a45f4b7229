"""Every way in which a call can end is an outcome of its own, and the next call is good."""

import math

import pytest

from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.records import Opaque

GOOD = """
def good(x):
    return x + 1
"""

LEVELS = ["worker", "fork", "fresh", "spawn"]
ENDINGS = {
    "raises": ("raise ValueError('bad k')", "exception", "SANDBOX_EXCEPTION", "ValueError: bad k"),
    "raises_without_text": ("raise KeyError", "exception", "SANDBOX_EXCEPTION", "KeyError"),
    "raises_base_exception": (
        "class Odd(BaseException): pass\n    raise Odd('x')",
        "exception",
        "SANDBOX_EXCEPTION",
        "solve.<locals>.Odd: x",
    ),
    "exhausts_memory": ("return bytearray(1 << 30)", "memory", "SANDBOX_MEMORY", "MemoryError"),
    "grows_without_end": (
        "x = []\n    while True: x.append(bytearray(1 << 20))",
        "memory",
        "SANDBOX_MEMORY",
        "MemoryError",
    ),
    "leaves": ("raise SystemExit(3)", "system_exit", "SANDBOX_SYSTEM_EXIT", "SystemExit: 3"),
    "leaves_happily": ("raise SystemExit", "system_exit", "SANDBOX_SYSTEM_EXIT", "SystemExit"),
    "is_interrupted": (
        "raise KeyboardInterrupt",
        "keyboard_interrupt",
        "SANDBOX_KEYBOARD_INTERRUPT",
        "KeyboardInterrupt",
    ),
    "exits": (
        "import os; os._exit(0)",
        "process_exit",
        "SANDBOX_EXIT_CODE",
        "exited with status 0",
    ),
    "crashes": (
        "import ctypes; ctypes.string_at(0)",
        "crash",
        "SANDBOX_SIGNAL_SIGSEGV",
        "killed by SIGSEGV",
    ),
    "aborts": ("import os; os.abort()", "crash", "SANDBOX_SIGNAL_SIGABRT", "killed by SIGABRT"),
    "kills_itself": (
        "import os; os.kill(os.getpid(), 9)",
        "crash",
        "SANDBOX_SIGNAL_SIGKILL",
        "killed by SIGKILL",
    ),
    "returns_too_much": (
        "return bytes(40 << 20)",
        "result_too_large",
        "SANDBOX_RESULT_SIZE",
        "bytes",
    ),
    "returns_too_many": (
        "return list(range(3_000_000))",
        "result_too_large",
        "SANDBOX_RESULT_SIZE",
        "more than 1000000 items",
    ),
    "returns_itself": (
        "x = []; x.append(x); return x",
        "result_encoding",
        "SANDBOX_RESULT_ENCODING",
        "contains itself",
    ),
    "returns_a_tower": (
        "x = []\n    for _ in range(100_000): x = [x]\n    return x",
        "result_encoding",
        "SANDBOX_RESULT_ENCODING",
        "deep",
    ),
    "floods": (
        "while True: print('x' * 1000)",
        "output_limit",
        "SANDBOX_OUTPUT_LIMIT",
        "printed more than 16 MiB",
    ),
    "recurses": ("return solve(x)", "exception", "SANDBOX_EXCEPTION", "RecursionError"),
    "reads_stdin": ("return input()", "exception", "SANDBOX_EXCEPTION", "EOFError"),
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_named_and_the_next_call_is_good(make_local, candidates, ending, level):
    local = make_local(isolation=level)
    body, error_type, error_code, text = ENDINGS[ending]
    path = candidates.write(f"def solve(x):\n    {body}\n" + GOOD)

    payload = local.execute(path, "solve", (1,), 10.0, 512)

    assert payload["success"] is False
    assert (payload["error_type"], payload["error_code"]) == (error_type, error_code)
    assert text in payload["error"]
    assert "\n" not in payload["error"]
    assert local.execute(path, "good", (1,), 10.0, 512)["result"] == 2


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import itertools; return sum(itertools.repeat(0))",
        "import time; time.sleep(60)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        """import signal
    for n in range(1, 32):
        try: signal.signal(n, signal.SIG_IGN)
        except OSError: pass
    while True: pass""",
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_a_call_beyond_its_time_is_killed_and_the_next_call_is_good(
    make_local, candidates, body, level
):
    local = make_local(isolation=level)
    path = candidates.write(f"def solve(x):\n    {body}\n" + GOOD)

    payload = local.execute(path, "solve", (1,), 0.5, 512)

    assert payload["error_type"] == "timeout"
    assert payload["error_code"] == "SANDBOX_TIMEOUT"
    assert payload["error"] == "timed out after 0.5 s"
    assert local.execute(path, "good", (1,), 10.0, 512)["result"] == 2


@pytest.mark.parametrize(
    "value",
    ["None", "0", "''", "{1, 2}", "frozenset({1})", "10**5000", "-0.0", "(1, [2], {'a': b'c'})"],
)
def test_unusual_values_are_returned_as_they_are(run, value):
    payload = run(f"def solve():\n    return {value}")

    assert payload["success"] is True
    assert payload["result"] == eval(value)
    assert type(payload["result"]) is type(eval(value))


def test_nan_is_a_result(run):
    assert math.isnan(run("def solve(): return float('nan')")["result"])


def test_numpy_arrays_travel_both_ways(run):
    numpy = pytest.importorskip("numpy")
    payload = run("def solve(a): return a * 2", numpy.arange(6).reshape(2, 3))

    assert payload["success"], payload
    assert payload["result"].tolist() == [[0, 2, 4], [6, 8, 10]]


def test_a_dataclass_arrives_as_an_inert_record(run):
    payload = run(
        """
        from dataclasses import dataclass
        @dataclass
        class Invoice:
            total: int
        def solve(): return Invoice(3)
        """
    )
    assert payload["result"].total == 3
    assert payload["result"].kind == "dataclass"


@pytest.mark.parametrize("body", ["return object()", "return open"])
def test_other_objects_arrive_as_values_that_refuse_to_be_compared(run, body):
    payload = run(f"def solve():\n    {body}")

    assert payload["success"] is True
    assert type(payload["result"]) is Opaque
    with pytest.raises(Undecidable, match="does not travel between processes"):
        assert payload["result"] != payload["result"]


def test_a_hostile_reduce_is_never_run_in_the_host(run, tmp_path):
    mark = tmp_path / "mark"
    payload = run(
        f"""
        import os
        class Evil:
            def __reduce__(self): return os.mkdir, ({str(mark)!r},)
            def __eq__(self, other): return True
        def solve(): return Evil()
        """
    )
    assert payload["success"] is True
    assert type(payload["result"]) is Opaque
    assert not mark.exists()


def test_an_exception_says_where_the_candidate_raised_it_without_our_frames(run):
    payload = run(
        """
        def solve(k):
            return inner(k)
        def inner(k):
            raise LookupError(k)
        """,
        7,
    )
    assert payload["exception_type"] == "LookupError"
    assert "in inner" in payload["traceback"]
    assert "in solve" in payload["traceback"]
    assert "metamorphic_guard" not in payload["traceback"]


def test_a_crash_says_where_it_happened_and_what_was_printed_before(run):
    payload = run(
        """
        import ctypes
        def solve():
            print("almost there")
            ctypes.string_at(0)
        """
    )
    assert payload["stdout"] == "almost there\n"
    assert "in solve" in payload["stderr"]
    assert "calls.py" not in payload["stderr"]


def test_an_exception_whose_text_cannot_be_made_is_an_outcome(run):
    payload = run(
        """
        class Evil(Exception):
            def __str__(self): raise SystemExit
        def solve(): raise Evil
        """
    )
    assert payload["error_type"] == "exception"
    assert payload["error"].startswith("Evil: ")


def test_the_duration_is_that_of_the_call_alone(run):
    payload = run(
        """
        import time
        time.sleep(0.3)
        def solve(): pass
        """
    )
    assert 0 <= payload["duration_ms"] < 250
    assert payload["resource_usage"]["cpu_ms"] >= 0
    assert payload["resource_usage"]["peak_memory_mb"] > 1


def test_cpu_time_and_memory_are_those_of_the_call(run):
    payload = run(
        """
        def solve():
            block = bytearray(100 << 20)
            for _ in range(300_000): pass
            return len(block)
        """
    )
    assert payload["resource_usage"]["cpu_ms"] > 1
    assert payload["resource_usage"]["peak_memory_mb"] > 100


LONG_NAMES = {
    "class of a result": "return type(NAME, (), {})()",
    "class of a record": "return collections.namedtuple('R', 'x')(type(NAME, (), {}))",
    "record": "return dataclasses.make_dataclass(NAME, ['x'])(1)",
    "exception": "raise type(NAME, (Exception,), {})(NAME)",
    "exception in a field": "return Unreadable()",
    "base exception": "raise type(NAME, (BaseException,), {})()",
    "no function": None,
}


@pytest.mark.parametrize("level", ["worker", "fork"])
@pytest.mark.parametrize("what", LONG_NAMES)
def test_a_name_of_millions_of_characters_is_cut_before_the_host_has_it(local_config, level, what):
    body = LONG_NAMES[what]
    define = f"def solve(): {body}" if body else "solve = type(NAME, (), {'__call__': None})()"
    source = f"""
        import collections, dataclasses
        NAME = "x" * 5_000_000
        @dataclasses.dataclass
        class Unreadable:
            x: int = 0
            def __getattribute__(self, name): raise type(NAME, (Exception,), {{}})(NAME)
        {define}
    """
    executor, path = local_config(source, isolation=level)
    payload = executor.execute(path, "solve", (), 30.0, 1024)
    assert len(repr(payload)) < 30_000


def test_a_name_of_millions_of_characters_in_an_import_is_cut(run):
    payload = run("raise type('x' * 5_000_000, (Exception,), {})('y' * 5_000_000)")
    assert payload["error_type"] == "import_error"
    assert len(repr(payload)) < 30_000


def test_the_host_cuts_what_a_worker_without_limits_sends(run):
    payload = run(
        """
        import gc
        for known in gc.get_objects():
            if isinstance(known, dict) and "_MESSAGE_CHARACTERS" in known:
                for name in ("NAME", "MESSAGE", "TRACEBACK"): known[f"_{name}_CHARACTERS"] = 1 << 40
        def solve(): raise type("x" * 3_000_000, (Exception,), {})("y" * 3_000_000)
        """
    )
    assert payload["error_type"] == "exception", payload["error"][:300]
    assert len(repr(payload)) < 30_000
