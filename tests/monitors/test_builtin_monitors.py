"""What holds for every built-in monitor."""

import importlib.metadata
import json
import math
import random

import pytest

from pytest_metamorphic_guard.contracts.monitoring import Monitor
from pytest_metamorphic_guard.values.records import Opaque

NAMES = (
    "errors",
    "fairness_gap",
    "flakiness",
    "latency",
    "llm_cost",
    "output_drift",
    "resource_usage",
    "success_rate",
    "trend",
)
every_monitor = pytest.mark.parametrize("name", NAMES)


def load(name):
    (point,) = importlib.metadata.entry_points(group="metamorphic_guard.monitors", name=name)
    return point.load()


def busy(role, i):
    """A record that has something for every monitor."""
    rng = random.Random(f"{role}{i}")
    return {
        "success": i % 9 != 0,
        "error_type": None if i % 9 else "ValueError",
        "duration_ms": rng.lognormvariate(0, 0.3) * (1.6 if role == "candidate" else 1),
        "cpu_ns": rng.randrange(10**5, 10**6),
        "group": "abc"[i % 3],
        "value": [i, math.nan],
        "payload": {
            "resource_usage": {"cpu_ms": 1.5, "peak_memory_mb": 20.0},
            "tokens_prompt": 20,
            "tokens_completion": 30 + i,
            "tokens_total": 50 + i,
            "cost_usd": 0.01 * (3 if role == "candidate" else 1),
        },
    }


@every_monitor
def test_is_registered_like_anyones_and_can_be_made_without_options(name):
    monitor = load(name)()
    assert isinstance(monitor, Monitor)
    assert monitor.identifier() == name


@every_monitor
def test_results_have_the_contracts_keys_and_are_json(name, make_pairs, observe):
    records = make_pairs(150, busy) + make_pairs(150, busy, repeat=1)
    result = observe(load(name)(), records)
    assert set(result) == {"id", "type", "summary", "alerts", "checks"}
    assert result["id"] == result["type"] == name
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    for alert in result["alerts"]:
        assert alert["monitor"] == name
        assert alert["severity"] in ("info", "warning", "error")
        assert alert["message"] == alert["message"].strip()
        assert alert["n"] > 0


@every_monitor
def test_one_line_says_what_was_measured_for_both_roles(name, make_pairs, observe):
    monitor = load(name)()
    observe(monitor, make_pairs(150, busy) + make_pairs(150, busy, repeat=1))
    line = monitor.describe()
    assert "baseline" in line or name == "output_drift"
    assert "candidate" in line or name == "output_drift"
    assert "\n" not in line
    assert len(line) <= 78


@every_monitor
def test_a_candidate_alone_is_summarised_and_no_alert(name, make_pairs, observe):
    records = [record for record in make_pairs(100, busy) if record.role == "candidate"]
    monitor = load(name)()
    result = observe(monitor, records)
    assert result["alerts"] == []
    assert result["checks"] == []
    assert json.dumps(result, allow_nan=False)
    assert len(monitor.describe()) <= 78


@every_monitor
def test_without_any_record_there_is_no_data_and_no_alert(name, observe):
    monitor = load(name)()
    result = observe(monitor, [])
    assert result["alerts"] == []
    assert result["no_data"]
    assert monitor.describe()


@every_monitor
def test_the_same_records_give_the_same_result(name, make_pairs, observe):
    records = make_pairs(100, busy)
    first, second = (json.dumps(observe(load(name)(), records)) for _ in range(2))
    assert first == second


@every_monitor
def test_two_instances_share_nothing(name, make_pairs, observe):
    busy_one, idle = load(name)(), load(name)()
    observe(busy_one, make_pairs(30, busy))
    assert observe(idle, []) == observe(load(name)(), [])


@every_monitor
def test_payloads_of_a_strangers_executor_do_no_harm(name, make_record, observe):
    odd = [
        {},
        {"result": Opaque("A", "x")},
        {"resource_usage": None, "tokens_total": "many", "cost_usd": True},
        {"resource_usage": {"cpu_ms": -1}, "tokens_total": -5, "cost_usd": math.inf},
        {"group": {}, "cost_usd": 10**400, "error_type": 7},
    ]
    records = [
        make_record(i, role, payload=payload, success=success, duration_ms=-0.0)
        for i, payload in enumerate(odd)
        for role in ("baseline", "candidate", "bystander")
        for success in (True, False)
    ]
    result = observe(load(name)(), records)
    assert json.dumps(result, allow_nan=False)


@every_monitor
def test_records_may_arrive_in_phases_instead_of_pairs(name, make_pairs, observe):
    records = make_pairs(60, busy)
    phases = sorted(records, key=lambda record: record.role)
    mixed, phased = (observe(load(name)(), order) for order in (records, phases))
    for result in (mixed, phased):
        result["summary"].get("paired", {}).pop("interleaved", None)
        result["alerts"] = [{**alert, "examples": None} for alert in result["alerts"]]
    assert mixed == phased


@pytest.mark.parametrize(
    ("name", "options", "named"),
    [
        (
            "latency",
            {"alert_ratio": 0.5, "alpha": 2, "clock": "moon"},
            ["alert_ratio", "alpha", "clock"],
        ),
        ("latency", {"percentile": "high", "warmup": -1}, ["percentile", "warmup"]),
        ("success_rate", {"alert_drop_ratio": 1.5}, ["alert_drop_ratio"]),
        ("trend", {"window": 2.5, "min_growth": True}, ["window", "min_growth"]),
        ("fairness_gap", {"compare": "all", "min_group": 0}, ["compare", "min_group"]),
        ("errors", {"ignore": 5, "max_new": "x"}, ["ignore", "max_new"]),
        ("output_drift", {"comparator": "exact", "rel_tol": -1}, ["comparator", "rel_tol"]),
        ("flakiness", {"repeats": 0, "sample": None}, ["repeats", "sample"]),
        ("llm_cost", {"max_total_usd": "1 USD", "alert_cost_ratio": 0}, ["max_total_usd"]),
        ("resource_usage", {"min_ratio": 0.1}, ["min_ratio"]),
    ],
)
def test_faulty_options_are_refused_all_at_once(name, options, named):
    with pytest.raises(ValueError, match="expected") as refusal:
        load(name)(**options)
    assert all(f"{option}=" in str(refusal.value) for option in named)


@pytest.mark.parametrize("followups", [1, 3])
def test_several_followups_of_one_case_are_told_apart(make_record, observe, followups):
    """Each role makes all of its calls of a case in a row, and one of the baseline's fails."""
    records = [
        make_record(
            i,
            role,
            kind="followup",
            repeat=repeat,
            value=number,
            duration_ms=10.0**number * (2 if role == "candidate" else 1),
            success=not (role == "baseline" and i == 5 and number == 0),
        )
        for i in range(20)
        for repeat in (0, 1)
        for role in ("candidate", "baseline")
        for number in range(followups)
    ]
    drift = observe(load("output_drift")(), records)["summary"]
    assert (drift["n"], drift["mismatches"]) == (40 * followups, 2)
    paired = observe(load("latency")(warmup=0), records)["summary"]["paired"]
    assert paired["n"] == (19 if followups == 1 else 20)
    assert paired["ratio_ci"] == pytest.approx([2.0, 2.0])
    flaky = observe(load("flakiness")(), records)["summary"]["candidate"]
    assert (flaky["inputs_checked"], flaky["inputs_flaky"]) == (20 * followups, 0)
