"""A monitor that gives no answer keeps the gate from adopting, and the reason names it."""

import json

import pytest

from pytest_metamorphic_guard.api import EvaluationConfig, Implementation, run
from pytest_metamorphic_guard.tasks import Task

MONITORS = """
import os
import time


class Counts:
    def __init__(self):
        self.n = 0

    def record(self, record):
        self.n += 1

    def finalize(self):
        return {"id": "x", "summary": {"n": self.n}, "alerts": []}


class Raises(Counts):
    def record(self, record):
        if self.n == 5:
            raise RuntimeError("out of order")
        super().record(record)


class RaisesAtTheEnd(Counts):
    def finalize(self):
        raise MemoryError


class CannotBeMade(Counts):
    def __init__(self):
        raise KeyError("TOKEN")


class IsLost(Counts):
    PLUGIN_METADATA = {"sandbox": True}

    def record(self, record):
        os._exit(7)


class Hangs(Counts):
    def record(self, record):
        time.sleep(60)


class SaysNothing(Counts):
    def finalize(self):
        return None


class AlertsUnreadably(Counts):
    def finalize(self):
        return {"id": "x", "summary": {}, "alerts": ["the candidate is much worse"]}


class HasAnOddSummary(Counts):
    def finalize(self):
        return {"id": "x", "summary": {"thread": time.sleep}, "alerts": []}
"""
SAID = {
    "Raises": "record() of record 6 raised RuntimeError: out of order",
    "RaisesAtTheEnd": "finalize() raised MemoryError",
    "CannotBeMade": "making it raised KeyError: 'TOKEN'",
    "IsLost": "record() ended its process with exit status 7",
    "Hangs": "did not return within 10 s",
    "SaysNothing": "finalize() returned None, expected a dict",
    "AlertsUnreadably": "alerts[0] is a str, expected a dict",
}


@pytest.fixture
def watched_gate(gate, monkeypatch):
    """A gate with an equal candidate, beside a module of monitors."""
    (gate.path / "odd.py").write_text(MONITORS)
    monkeypatch.setenv("PYTHONPATH", str(gate.path))
    monkeypatch.syspath_prepend(gate.path)
    return gate


@pytest.mark.parametrize("monitor", SAID)
def test_a_monitor_without_an_answer_makes_the_gate_inconclusive(watched_gate, monitor):
    done = watched_gate.run(f"--mg-monitor=odd:{monitor}")

    assert (done.ret, done.outcome) == (1, "inconclusive")
    assert done.reason.startswith(f"no answer of a monitor: monitor 'odd:{monitor}': ")
    assert SAID[monitor] in done.reason
    assert "--mg-monitor='latency?'" in done.decisions[0]["remedy"]


def test_with_workers_the_same_is_said(watched_gate, workers):
    done = watched_gate.run("--mg-monitor=odd:Raises", "--mg-monitor=errors", workers=workers)

    assert (done.ret, done.outcome) == (1, "inconclusive")
    assert done.reason == (
        "no answer of a monitor: monitor 'odd:Raises': record() of record 6 raised "
        "RuntimeError: out of order (odd.py:20)"
    )


@pytest.mark.parametrize("spec", ["odd:Raises?", "odd:Raises:required=false"])
def test_an_optional_monitor_that_fails_is_a_warning(watched_gate, spec):
    done = watched_gate.run(f"--mg-monitor={spec}")

    assert (done.ret, done.outcome) == (0, "adopt")
    assert "MonitorAlertWarning: monitor[odd:Raises]: monitor 'odd:Raises'" in done.text


def test_a_question_mark_goes_before_options(gate):
    done = gate.run("--mg-monitor=llm_cost?:max_total_usd=1")

    assert (done.ret, done.outcome) == (0, "adopt")


def test_what_was_asked_for_in_a_file_a_variable_or_a_conftest_is_needed_too(
    watched_gate, monkeypatch
):
    (watched_gate.path / "pytest.ini").write_text("[pytest]\nmg_monitor = odd:Raises\n")
    assert watched_gate.run().outcome == "inconclusive"
    (watched_gate.path / "pytest.ini").write_text("[pytest]\nmg_monitor = odd:Raises?\n")
    assert watched_gate.run().outcome == "adopt"
    monkeypatch.setenv("MG_MONITOR", "odd:Raises")
    assert watched_gate.run().outcome == "inconclusive"
    monkeypatch.delenv("MG_MONITOR")
    (watched_gate.path / "pytest.ini").unlink()
    conftest = "def pytest_mg_monitors(config):\n    return ['odd:Raises']\n"
    (watched_gate.path / "conftest.py").write_text(conftest)
    assert watched_gate.run().outcome == "inconclusive"


def test_a_monitor_with_nothing_to_measure_gives_no_answer(gate):
    done = gate.run("--mg-monitor=fairness_gap")

    assert (done.ret, done.outcome) == (1, "inconclusive")
    assert done.reason == (
        "no answer of a monitor: monitor 'fairness_gap': nothing to measure: "
        "no record of the candidate has a group"
    )


def test_an_odd_figure_in_a_summary_loses_no_answer(watched_gate):
    done = watched_gate.run("--mg-monitor=odd:HasAnOddSummary")

    assert (done.ret, done.outcome) == (0, "adopt")


def test_a_regression_rejects_whatever_became_of_a_monitor(watched_gate):
    watched_gate.write(old=(), new=(7,))

    done = watched_gate.run("--mg-monitor=odd:Raises:required=true")

    assert (done.ret, done.outcome) == (1, "reject")
    assert "confirmed regressions" in done.reason


def test_a_required_monitor_that_fails_does_not_reject_the_candidate(watched_gate):
    done = watched_gate.run("--mg-monitor=odd:Raises:required=true")

    assert (done.ret, done.outcome) == (1, "inconclusive")


def test_a_program_reads_the_same(watched_gate):
    task = Task("t", inputs=[(i,) for i in range(100)])
    task.property(lambda output, x: output == x, name="right")
    new, old = (
        Implementation.from_path(watched_gate.path / f"{name}.py") for name in ("new", "old")
    )
    config = EvaluationConfig(n=100, executor="inprocess", monitors=("odd:Raises",))

    result = run(task, old, new, config)

    assert (result.adopt, result.outcome) == (False, "inconclusive")
    assert result.reason.startswith("no answer of a monitor: monitor 'odd:Raises': ")


HOSTILE = {
    "a deep value": "deep(3000)",
    "a number of 10,000 digits": "10 ** 10_000",
    "a group whose name has 5,000 digits": "{'group': 10 ** 5_000}",
    "a long double": "np.longdouble('1.5')",
    "an array of long doubles": "np.array([1, 2], dtype=np.longdouble)",
    "a value that holds itself": "itself()",
}
CANDIDATE = """
import numpy as np

def deep(n):
    value = 0
    for _ in range(n):
        value = [value]
    return value

def itself():
    value = []
    value.append(value)
    return value

def solve(x):
    return {value}
"""
BUILT_IN = (
    "latency?",
    "success_rate",
    "errors",
    "trend",
    "fairness_gap?",
    "resource_usage",
    "flakiness",
    "output_drift",
)


@pytest.mark.parametrize("executor", ["local", "inprocess"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_value_of_a_candidate_ends_a_built_in_monitor(gate, name, executor):
    (gate.path / "test_it.py").write_text(
        "from pytest_metamorphic_guard import Task\n"
        "t = Task('t', inputs=[(i,) for i in range(12)])\n"
        "@t.property\ndef anything(output, x):\n    pass\n"
    )
    (gate.path / "new.py").write_text(CANDIDATE.format(value=HOSTILE[name]))
    monitors = [f"--mg-monitor={monitor}" for monitor in BUILT_IN]

    done = gate.run(*monitors, f"--mg-executor={executor}", baseline="new.py")

    faults = [
        alert["message"]
        for monitor in done.report["monitors"]
        for alert in monitor["alerts"]
        if alert["type"] == "monitor_error"
    ]
    assert faults == []


def test_an_executor_may_report_nonsense_without_ending_a_monitor(gate, monkeypatch):
    (gate.path / "odd_executor.py").write_text(ODD_EXECUTOR)
    monkeypatch.syspath_prepend(gate.path)
    monitors = [f"--mg-monitor={monitor}" for monitor in (*BUILT_IN, "llm_cost?")]

    done = gate.run(*monitors, "--mg-executor=odd_executor:OddExecutor")

    assert json.dumps(done.report["monitors"]).count("monitor_error") == 0


ODD_EXECUTOR = """
class OddExecutor:
    def __init__(self, config=None):
        self.n = 0

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        self.n += 1
        odd = [float("nan"), float("inf"), -1.0, 1e308, 10 ** 400][self.n % 5]
        return {
            "success": self.n % 7 > 0,
            "result": args[0],
            "duration_ms": odd if self.n % 5 < 4 else 1.0,
            "error_type": "exception",
            "exception_type": 10 ** 5000,
            "group": 10 ** 5000,
            "cost_usd": odd,
            "tokens_total": odd,
            "resource_usage": {"cpu_ms": odd, "peak_memory_mb": odd},
        }
"""
