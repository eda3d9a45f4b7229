"""With the executor of every day, no built-in monitor is empty, also without a baseline."""

import pytest

TASK = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[(i,) for i in range(150)], group=lambda x: "even" if x % 2 == 0 else "odd")

@t.property
def number(output, x):
    pass

@t.property
def text(output, x):
    pass
"""
BASELINE = "def solve(x):\n    return list(range(x % 60))\n"
CANDIDATE = """
def solve(x):
    if x % 10 == 3:
        raise LookupError(x)
    return list(range(x % 60)) * 30
"""
NAMES = [
    "latency",
    "success_rate",
    "errors",
    "trend",
    "fairness_gap",
    "resource_usage",
    "resource_usage:metric=peak_memory_mb,id=memory",
    "flakiness",
    "output_drift",
]


@pytest.fixture
def ordinary(watched):
    """A project that uses the executor ``local``."""
    watched.project.write(test_it=TASK, baseline=BASELINE, candidate=CANDIDATE)
    return watched


@pytest.mark.parametrize("baseline", [True, False], ids=["both roles", "a candidate alone"])
def test_every_built_in_monitor_has_data(ordinary, baseline):
    wanted = [f"--mg-monitor={name}" for name in NAMES]
    result = ordinary.spawn(*wanted, executor="local", baseline=baseline)
    shown = ordinary.monitors
    candidate = {
        name: monitor["summary"]["candidate"]
        for name, monitor in shown.items()
        if name != "output_drift"
    }
    assert candidate["latency"]["count"] >= 260
    assert candidate["success_rate"]["total"] >= 300
    assert set(candidate["errors"]["by_type"]) == {"LookupError"}
    assert candidate["trend"]["observations"] > 100
    assert set(candidate["fairness_gap"]) == {"even", "odd"}
    assert candidate["resource_usage"]["mean"] > 0
    assert candidate["memory"]["mean"] > 1
    assert candidate["flakiness"]["inputs_checked"] == 100
    kinds = {alert["type"] for monitor in shown.values() for alert in monitor["alerts"]}
    assert not any("no data" in monitor["line"] for monitor in shown.values())
    lines = [line for line in result.outlines if line.partition(":")[0] in shown]
    assert len(lines) == len(NAMES)
    assert max(map(len, lines)) <= 80
    if baseline:
        assert shown["output_drift"]["summary"]["mismatches"] > 0
        assert kinds >= {"new_error_type", "success_rate_drop", "fairness_gap", "output_drift"}
        assert (result.ret, ordinary.report["partial"]) == (1, False)
    else:
        assert kinds <= {"nondeterminism"}
        assert result.ret == 1


def test_results_survive_the_journey(ordinary):
    ordinary.project.write(
        candidate="""
        import datetime
        from decimal import Decimal

        def solve(x):
            return {"price": Decimal("1.10"), "on": datetime.date(2026, 1, 2), "of": (x, {x}, b"x")}
        """
    )
    assert ordinary.spawn("--mg-monitor=tape:Tape", "-n2", executor="local").ret == 0
    rows = [row for row in ordinary.tape["rows"] if row[1] == 7 and row[4] == "candidate"]
    expected = "{'price': Decimal('1.10'), 'on': datetime.date(2026, 1, 2), 'of': (7, {7}, b'x')}"
    assert [row[6] for row in rows] == [expected]


def test_a_value_too_large_to_carry_is_opaque_and_the_rest_of_its_payload_arrives(ordinary):
    ordinary.project.write(candidate="def solve(x):\n    return 'x' * 1_000_000\n")
    assert ordinary.spawn("--mg-monitor=tape:Tape", "--mg-n=3", executor="local").ret == 0
    rows = [row for row in ordinary.tape["rows"] if row[4] == "candidate"]
    assert len(rows) == 3
    assert all("left out: too large to carry" in row[6] for row in rows)
    assert all({"success", "duration_ms", "resource_usage"} <= set(row[9]) for row in rows)
