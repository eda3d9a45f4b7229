"""Records as a run makes them, and one way to show them to a monitor."""

from __future__ import annotations

import importlib
import random
import sys

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.hosting import Limits, host_monitor


def _make_record(case_index, role, **given):
    payload = {"success": given.get("success", True), "result": given.pop("value", case_index)}
    payload |= given.pop("payload", {})
    fields = {"duration_ms": 1.0, "success": True, "relation": "task::relation", **given}
    return MonitorRecord(case_index=case_index, role=role, result=payload, **fields)


def _make_pairs(n, describe, *, seed=0, **common):
    """Return both roles' records of n cases in random order within each.

    ``describe(role, i)`` returns the fields of one record.
    """
    rng = random.Random(seed)
    records = []
    for i in range(n):
        pair = [
            _make_record(i, role, **{**common, **describe(role, i)})
            for role in ("baseline", "candidate")
        ]
        rng.shuffle(pair)
        records += pair
    return records


def _observe(monitor, records):
    monitor.start(MonitorContext("task", len(records)))
    for record in records:
        monitor.record(record)
    return monitor.finalize()


@pytest.fixture
def make_record():
    return _make_record


@pytest.fixture
def make_pairs():
    return _make_pairs


@pytest.fixture
def observe():
    return _observe


@pytest.fixture
def make_durations():
    """Durations with noise per call and inputs of different sizes, in milliseconds."""

    def durations(n, factor, *, seed, sigma=0.2):
        rng = random.Random(seed)
        sizes = [rng.lognormvariate(0, 0.7) for _ in range(n)]
        noisy = {
            role: [size * rng.lognormvariate(0, sigma) for size in sizes]
            for role in ("baseline", "candidate")
        }
        return lambda role, i: {
            "duration_ms": noisy[role][i] * (factor if role == "candidate" else 1)
        }

    return durations


STRANGERS = '''
import os
import signal
import subprocess
import sys
import time

from pytest_metamorphic_guard.contracts.monitoring import Monitor


class Counting(Monitor):
    """A faultless monitor of a stranger, who forgot super().__init__()."""

    def __init__(self, size=1):
        self.size = size
        self.seen = []

    def record(self, record):
        self.seen.append((record.role, record.case_index, record.result["result"]))

    def finalize(self):
        assert self._context.task == "task"
        return {
            "id": "counting",
            "summary": {"n": len(self.seen), "size": self.size, "last": self.seen[-1:]},
            "alerts": [{"type": "many", "value": len(self.seen)}],
        }


class Duck:
    """Has no base class, and no start."""

    def __init__(self):
        self.n = 0

    def record(self, record):
        self.n += 1

    def finalize(self):
        return {"id": "duck", "summary": {"n": self.n}, "alerts": []}

    def describe(self):
        return f"{self.n} quacks"


def make_duck():
    return Duck()


class Faulty(Duck):
    def __init__(self, **faults):
        super().__init__()
        self.faults = faults
        self.act("init")

    def act(self, where):
        return ACTS[self.faults.get(where, "nothing")]()

    def start(self, context):
        self.act("start")

    def record(self, record):
        super().record(record)
        if self.n == 3:
            self.act("record")

    def finalize(self):
        found = self.act("finalize")
        return super().finalize() if found is NOTHING else found


def ends(*arguments):
    os._exit(7)


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def raises():
    raise KeyError("no such \\n thing")


def leaves():
    sys.exit(3)


def hangs():
    while True:
        time.sleep(0.05)


def spins():
    while True:
        pass


def floods():
    for _ in range(2000):
        print("x" * 10_000)
        print("x" * 10_000, file=sys.stderr)
    os.write(1, b"y" * 1_000_000)
    return NOTHING


class WhereAmI(Duck):
    def finalize(self):
        return {"id": "where", "summary": {"pid": os.getpid()}, "alerts": []}


class Breeder(Duck):
    """Starts a child, and one that leaves the session of processes."""

    def finalize(self):
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        children = [subprocess.Popen(sleep, start_new_session=leave) for leave in (False, True)]
        pids = [os.getpid(), *(child.pid for child in children)]
        return {"id": "breeder", "summary": {"pids": pids}, "alerts": []}


class Slow(Duck):
    def record(self, record):
        super().record(record)
        time.sleep(0.1)


class Hostile:
    def __reduce__(self):
        return (os.system, ("echo unpickled",))

    def __repr__(self):
        raise RuntimeError("no repr either")


NOTHING = object()
ACTS = {
    "nothing": lambda: NOTHING,
    "raises": raises,
    "leaves": leaves,
    "hangs": hangs,
    "spins": spins,
    "ends": ends,
    "dies": dies,
    "floods": floods,
    "none": lambda: None,
    "number": lambda: 42,
    "no id": lambda: {"summary": {"x": 1}, "alerts": []},
    "bare": lambda: {"mean": 1.5},
    "alerts text": lambda: {"id": "a", "summary": {"x": 1}, "alerts": "none"},
    "alert number": lambda: {"id": "a", "summary": {}, "alerts": [5, {"type": "kept"}]},
    "infinity": lambda: {"id": "a", "summary": {"x": float("inf"), "y": 1}, "alerts": []},
    "object": lambda: {"id": "a", "summary": {"x": print, "y": 1}, "alerts": []},
    "hostile": lambda: {"id": "a", "summary": {"x": Hostile()}, "alerts": []},
    "cyclic": lambda: (lambda d: d.update(summary=d) or d)({"id": "a"}),
    "huge": lambda: {"id": "a", "summary": {"x": ["y" * 9000] * 5000}, "alerts": []},
    "bad alert": lambda: {
        "id": "a",
        "summary": {},
        "alerts": [{"type": "t", "severity": "loud", "p_value": 3, "message": 5}],
    },
}
'''


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    """A module of monitors that strangers wrote, well and badly."""
    (tmp_path / "stranger_monitors.py").write_text(STRANGERS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stranger_monitors", raising=False)
    yield importlib.import_module("stranger_monitors")
    sys.modules.pop("stranger_monitors", None)


@pytest.fixture
def host():
    """Hosts a monitor under tight limits, and ends it after the test."""
    handles = []

    def host_quickly(factory, *, sandbox=False, call_s=20.0, total_s=60.0, **options):
        handle = host_monitor(
            factory,
            options,
            {"sandbox": sandbox},
            PluginIdentity("monitor", "strange", "strange-dist"),
            id="m",
            limits=Limits(call_s=call_s, total_s=total_s, reply_bytes=1 << 20),
        )
        handles.append(handle)
        return handle

    yield host_quickly
    for handle in handles:
        handle.close()


@pytest.fixture
def run_hosted(host):
    """Hosts a monitor, shows it records, and returns its result and its faults."""

    def run(factory, *, records=None, **settings):
        if records is None:
            records = _make_pairs(20, lambda role, i: {})
        handle = host(factory, **settings)
        handle.start(MonitorContext("task", len(records)))
        for record in records:
            handle.record(record)
        result = handle.finalize()
        return result, handle.faults

    return run
