"""Records as a run makes them, and one way to show them to a monitor."""

from __future__ import annotations

import random

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord


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
