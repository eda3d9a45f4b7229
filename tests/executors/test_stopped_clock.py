"""Durations of candidates that tamper with the clock that measures them."""

import textwrap
import time
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor
from pytest_metamorphic_guard.executors.local.channel import Channel

SLOW = """
import gc
import time

{clock}

def wait():
    end = time.monotonic() + 0.08
    {pause}
    while time.monotonic() < end:
        pass

{function}
"""
STOPPED = """
for found in gc.get_objects():
    if type(found) is dict and "_clock" in found:
        found["_clock"] = lambda: 0
        found["_cpu_clock"] = lambda: 0
"""
REPLACED = """
now = time.perf_counter()
time.perf_counter = time.monotonic_ns = lambda: now
time.perf_counter_ns = lambda: int(now)
"""
DIRECT = "def solve(x):\n    wait()\n    return x\n"
# Computes when it is read for sending.
LAZY = """
from dataclasses import dataclass

@dataclass
class Answer:
    value: int

def compute(self):
    wait()
    return 1

Answer.value = property(compute, lambda self, value: None)

def solve(x):
    return Answer(x)
"""


@pytest.fixture
def measure(tmp_path):
    def run(level, **parts):
        path = tmp_path / "new.py"
        parts = {"clock": "", "function": DIRECT, "pause": "pass", **parts}
        path.write_text(textwrap.dedent(SLOW.format(**parts)))
        executor = LocalExecutor({"isolation": level})
        try:
            payload = executor.execute(str(path), "solve", (1,), 20.0, 512)
        finally:
            executor.close()
        assert payload["success"], payload["error"]
        return payload["duration_ms"]

    return run


@pytest.mark.parametrize("level", ["worker", "spawn", "fork", "fresh"])
@pytest.mark.parametrize(
    "parts", [{"function": LAZY}, {"clock": REPLACED}], ids=["computes when read", "replaced"]
)
def test_a_call_is_measured_to_the_end_by_a_clock_out_of_reach(measure, level, parts):
    assert measure(level, **parts) >= 80


@pytest.mark.parametrize("level", ["worker", "spawn", "fork"])
@pytest.mark.parametrize("pause", ["pass", "time.sleep(0.8)"], ids=["busy", "asleep"])
def test_a_duration_that_the_host_contradicts_is_the_hosts(measure, level, pause):
    assert measure(level, clock=STOPPED, pause=pause) >= 80


@pytest.mark.parametrize("level", ["worker", "fork"])
def test_an_honest_duration_is_the_workers_own(measure, level):
    quick = "def solve(x):\n    return x\n"

    # The best of several, as the machine may have other things to do.
    assert min(measure(level, function=quick) for _ in range(3)) < 2


def test_what_the_host_computes_meanwhile_is_no_part_of_a_call(tmp_path, monkeypatch):
    path = tmp_path / "new.py"
    path.write_text("def solve(x):\n    return x\n")
    exchange = Channel.exchange

    def exchange_and_collect(self, *request):
        answer = exchange(self, *request)
        until = time.thread_time() + 0.1
        while time.thread_time() < until:  # as a collection of garbage does
            pass
        return answer

    executor = LocalExecutor()
    try:
        executor.warm_up(str(path), "solve", 20.0, 512)
        monkeypatch.setattr(Channel, "exchange", exchange_and_collect)
        calls = [executor.execute(str(path), "solve", (1,), 20.0, 512) for _ in range(3)]
    finally:
        executor.close()

    # The best of several, as the machine may have other things to do.
    assert min(payload["duration_ms"] for payload in calls) < 2


@pytest.mark.parametrize("level", ["worker", "spawn", "fork"])
def test_a_candidate_does_not_see_its_arguments_before_it_is_called(tmp_path, level):
    path = tmp_path / "new.py"
    path.write_text(
        "import fractions\nseen = []\nbuild = fractions.Fraction.__new__\n\n"
        "def early(cls, *args, **options):\n"
        "    seen.append(args)\n"
        "    return build(cls, *args, **options)\n\n"
        "fractions.Fraction.__new__ = early\n\n"
        "def solve(x):\n    return len(seen), x\n"
    )
    executor = LocalExecutor({"isolation": level})
    try:
        payload = executor.execute(str(path), "solve", (Fraction(1, 3),), 20.0, 512)
    finally:
        executor.close()

    # Once, to rebuild the argument of the call itself.
    assert payload["result"] == (1, Fraction(1, 3))


def test_every_kind_of_argument_is_prepared_and_arrives(tmp_path):
    path = tmp_path / "new.py"
    path.write_text("def solve(*values):\n    return list(values)\n")
    values = (np.arange(3), Fraction(1, 2), Decimal("1.5"), OrderedDict(a=1), {Fraction(1, 3)})
    executor = LocalExecutor({"isolation": "spawn"})
    try:
        payload = executor.execute(str(path), "solve", values, 20.0, 512)
    finally:
        executor.close()

    assert payload["success"], payload["error"]
    assert payload["result"][1:3] == [Fraction(1, 2), Decimal("1.5")]
