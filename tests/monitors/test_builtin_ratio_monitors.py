import math
import re

import numpy as np
import pytest

from pytest_metamorphic_guard.monitors.latency import LatencyMonitor
from pytest_metamorphic_guard.monitors.llm_cost import LLMCostMonitor
from pytest_metamorphic_guard.monitors.resource_usage import ResourceUsageMonitor

CONTRACT_FIELDS = {
    "severity",
    "message",
    "p_value",
    "alpha",
    "ci",
    "n",
    "method",
    "type",
    "monitor",
}


def test_a_candidate_slower_by_half_is_an_error_that_says_by_how_much(
    make_pairs, make_durations, observe
):
    result = observe(LatencyMonitor(), make_pairs(201, make_durations(201, 1.5, seed=1)))
    (alert,) = result["alerts"]
    assert alert["type"] == "latency_regression"
    assert alert["severity"] == "error"
    assert alert["message"].startswith("candidate is 1.")
    assert "x slower at the median (99 % CI 1." in alert["message"]
    assert alert["message"].endswith("n=200)")
    assert alert["ci"][0] < 1.5 < alert["ci"][1]
    assert alert["p_value"] < 1e-6
    upstream = {
        "baseline_p95_ms",
        "candidate_p95_ms",
        "ratio",
        "threshold",
        "median_ratio",
        "ratio_ci",
    }
    assert set(alert) >= upstream | CONTRACT_FIELDS


def test_a_slowdown_between_the_two_limits_is_a_warning(make_pairs, observe):
    # Ratios spread evenly around 1.2, so widely that a bound above 1.10 is not certain.
    def describe(role, i):
        spread = math.exp(0.4 * ((i * 37) % 100 - 49.5) / 50)
        return {"duration_ms": 1.2 * spread if role == "candidate" else 1.0}

    result = observe(LatencyMonitor(warmup=0), make_pairs(100, describe))
    (alert,) = result["alerts"]
    assert alert["severity"] == "warning"
    assert alert["ci"][0] < 1.10


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.05])
def test_a_candidate_that_is_not_notably_slower_is_no_alert(
    make_pairs, make_durations, observe, factor
):
    result = observe(LatencyMonitor(), make_pairs(200, make_durations(200, factor, seed=3)))
    assert result["alerts"] == []
    assert len(result["checks"]) == 2


@pytest.mark.parametrize(("slow", "severity"), [(3, "warning"), (4, "error")])
def test_an_error_needs_four_of_five_stretches_whose_processes_are_others(
    make_pairs, make_durations, observe, slow, severity
):
    usual = make_durations(200, 1.0, seed=3, sigma=0.02)

    def describe(role, i):
        factor = 1.4 if role == "candidate" and i // 40 < slow else 1.0
        return {"duration_ms": usual(role, i)["duration_ms"] * factor}

    (alert,) = observe(LatencyMonitor(warmup=0), make_pairs(200, describe))["alerts"]
    assert (alert["type"], alert["severity"]) == ("latency_regression", severity)


def test_a_tolerated_ratio_raises_both_limits(make_pairs, make_durations, observe):
    records = make_pairs(200, make_durations(200, 1.4, seed=3))
    assert observe(LatencyMonitor(alert_ratio=2), records)["alerts"] == []


def test_a_tenth_of_calls_three_times_slower_is_a_tail_warning(make_pairs, make_durations, observe):
    usual = make_durations(300, 1.0, seed=4, sigma=0.05)

    def sometimes_slow(role, i):
        slow = role == "candidate" and i % 10 == 3
        return {"duration_ms": usual(role, i)["duration_ms"] * (3 if slow else 1)}

    (alert,) = observe(LatencyMonitor(), make_pairs(300, sometimes_slow))["alerts"]
    assert alert["type"] == "latency_tail_regression"
    assert alert["severity"] == "warning"
    assert (alert["slow"], alert["fast"]) == (30, 0)


def test_a_disturbance_that_lasts_is_no_tail(make_pairs, make_durations, observe):
    usual = make_durations(400, 1.0, seed=4, sigma=0.05)

    def disturbed(role, i):
        slow = role == "candidate" and 100 <= i < 150
        return {"duration_ms": usual(role, i)["duration_ms"] * (3 if slow else 1)}

    result = observe(LatencyMonitor(), make_pairs(400, disturbed))
    assert result["alerts"] == []
    assert result["summary"]["paired"]["tail_slow"] == 50


def test_a_process_that_fares_worse_on_both_sides_is_no_tail(make_pairs, observe):
    def describe(role, i):
        factor = {0: 2.0, 1: 2.0, 2: 2.0, 3: 0.5, 4: 0.5}.get(i % 20, 1.0)
        return {"duration_ms": factor if role == "candidate" else 1.0}

    result = observe(LatencyMonitor(), make_pairs(800, describe))
    assert result["alerts"] == []
    assert result["checks"][1]["p_value"] < 1e-4


def test_a_small_difference_that_is_certain_is_no_alert(make_pairs, observe):
    def describe(role, i):
        return {"duration_ms": 1.14 if role == "candidate" else 1.0}

    result = observe(LatencyMonitor(), make_pairs(1000, describe))
    assert result["alerts"] == []
    (alert,) = observe(LatencyMonitor(alert_ratio=1.05), make_pairs(1000, describe))["alerts"]
    assert alert["severity"] == "error"


def test_failed_calls_are_counted_apart_and_are_no_latency(make_pairs, observe):
    def describe(role, i):
        return {"success": role == "baseline" or i % 2 == 0, "duration_ms": 1.0}

    summary = observe(LatencyMonitor(warmup=0), make_pairs(20, describe))["summary"]
    assert summary["candidate"]["count"] == 10
    assert summary["candidate"]["failed_excluded"] == 10
    assert summary["paired"]["n"] == 10


def test_the_first_case_of_each_relation_is_warm_up(make_pairs, observe):
    records = make_pairs(5, lambda role, i: {"duration_ms": 100.0 if i == 0 else 1.0})
    records += make_pairs(
        5, lambda role, i: {"duration_ms": 100.0 if i == 0 else 1.0}, relation="b"
    )
    summary = observe(LatencyMonitor(), records)["summary"]
    assert summary["candidate"]["count"] == 8
    assert summary["candidate"]["mean_ms"] == 1.0


def test_repetitions_are_compared_by_their_medians(make_pairs, observe):
    records = []
    for repeat, duration in enumerate((2.0, 2.0, 50.0)):
        records += make_pairs(
            10,
            lambda role, i, slow=duration: {"duration_ms": slow if role == "candidate" else 1.0},
            repeat=repeat,
        )
    paired = observe(LatencyMonitor(repeats=3, warmup=0), records)["summary"]["paired"]
    assert paired["n"] == 10
    assert paired["median_ratio"] == pytest.approx(2.0)


def test_a_case_counts_once_with_the_median_ratio_of_its_calls(make_pairs, observe):
    records = []
    for kind, ratio in (("source", 1.0), ("followup", 1.2), ("other", 9.0)):
        records += make_pairs(
            10,
            lambda role, i, r=ratio: {"duration_ms": r if role == "candidate" else 1.0},
            kind=kind,
        )
    summary = observe(LatencyMonitor(warmup=0), records)["summary"]
    assert summary["paired"]["n"] == 10
    assert summary["paired"]["median_ratio"] == pytest.approx(1.2)
    assert summary["candidate"]["count"] == 30


def test_the_cpu_clock_reads_cpu_time(make_pairs, observe):
    records = make_pairs(
        20, lambda role, i: {"cpu_ns": 2_000_000 if role == "candidate" else 1_000_000}
    )
    summary = observe(LatencyMonitor(clock="cpu"), records)["summary"]
    assert summary["candidate"]["median_ms"] == 2.0
    assert summary["paired"]["median_ratio"] == pytest.approx(2.0)


def test_percentiles_equal_numpys(make_pairs, make_durations, observe):
    describe = make_durations(57, 1.0, seed=9)
    monitor = LatencyMonitor(percentile=0.9, warmup=0)
    summary = observe(monitor, make_pairs(57, describe))["summary"]
    durations = [describe("baseline", i)["duration_ms"] for i in range(57)]
    assert summary["baseline"]["p95_ms"] == pytest.approx(np.quantile(durations, 0.9), rel=1e-4)
    assert summary["baseline"]["median_ms"] == pytest.approx(np.median(durations), rel=1e-4)
    assert summary["baseline"]["mean_ms"] == pytest.approx(np.mean(durations), rel=1e-4)


def test_the_summary_says_whether_the_roles_were_interleaved(make_pairs, make_record, observe):
    mixed = observe(LatencyMonitor(), make_pairs(30, lambda role, i: {}))
    assert mixed["summary"]["paired"]["interleaved"] is True
    roles = ("baseline", "candidate")
    ordered = [make_record(i, role) for i in range(30) for role in roles]
    assert observe(LatencyMonitor(), ordered)["summary"]["paired"]["interleaved"] is False


def test_a_duration_of_zero_is_a_nanosecond_and_no_error(make_pairs, observe):
    records = make_pairs(20, lambda role, i: {"duration_ms": 0.0})
    assert observe(LatencyMonitor(), records)["summary"]["paired"]["median_ratio"] == 1.0


def test_more_memory_is_a_warning_with_the_contracts_fields(make_pairs, observe):
    records = make_pairs(
        50,
        lambda role, i: {
            "payload": {"resource_usage": {"peak_memory_mb": 30 if role == "candidate" else 20}}
        },
    )
    (alert,) = observe(ResourceUsageMonitor(metric="peak_memory_mb"), records)["alerts"]
    assert alert["severity"] == "warning"
    assert (alert["baseline_mean"], alert["candidate_mean"]) == (20, 30)
    assert alert["ratio"] == pytest.approx(1.5)
    assert "1.50x the peak_memory_mb at the median" in alert["message"]
    assert set(alert) >= CONTRACT_FIELDS | {"metric", "threshold"}


def test_cpu_time_is_read_from_the_record_or_from_either_place_of_the_payload(make_record, observe):
    records = [
        make_record(0, "candidate", cpu_ns=3_000_000),
        make_record(1, "candidate", payload={"resource_usage": {"cpu_ms": 3.0}}),
        make_record(2, "candidate", payload={"cpu_ms": 3.0}),
        make_record(3, "candidate", payload={"resource_usage": "much", "cpu_ms": math.nan}),
    ]
    summary = observe(ResourceUsageMonitor(), records)["summary"]
    assert summary["candidate"] == {"count": 3, "mean": 3.0}


def test_the_total_ratio_is_that_of_the_sums(make_pairs, observe):
    records = make_pairs(
        10, lambda role, i: {"payload": {"x": i + 1.0 if role == "baseline" else 2.0 * (i + 1)}}
    )
    summary = observe(ResourceUsageMonitor(metric="x"), records)["summary"]
    assert summary["total_ratio"] == pytest.approx(2.0)


def test_twice_the_cost_is_a_warning_and_money_decides_before_tokens(make_pairs, observe):
    records = make_pairs(
        60,
        lambda role, i: {
            "payload": {
                "cost_usd": (0.02 if role == "candidate" else 0.01) * (1 + i % 3),
                "tokens_total": 100,
            }
        },
    )
    result = observe(LLMCostMonitor(), records)
    (alert,) = result["alerts"]
    assert alert["type"] == "cost_regression"
    assert alert["severity"] == "warning"
    assert alert["message"].startswith("candidate spends 2.00x the cost at the median")
    assert result["summary"]["paired"]["measure"] == "cost_usd"


def test_tokens_are_compared_where_no_cost_is_reported(make_pairs, observe):
    records = make_pairs(
        60,
        lambda role, i: {
            "payload": {
                "tokens_prompt": 50,
                "tokens_completion": 200 if role == "candidate" else 50,
            }
        },
    )
    result = observe(LLMCostMonitor(), records)
    (alert,) = result["alerts"]
    assert alert["measure"] == "tokens_total"
    assert alert["ratio"] == pytest.approx(2.5)
    assert result["summary"]["candidate"]["tokens_total"]["total"] == 60 * 250


def test_a_budget_is_kept_to_the_cent_without_any_baseline(make_record, observe):
    records = [make_record(i, "candidate", payload={"cost_usd": 0.5}) for i in range(4)]
    assert observe(LLMCostMonitor(max_total_usd=2.0), records)["alerts"] == []
    (alert,) = observe(LLMCostMonitor(max_total_usd=1.5), records)["alerts"]
    assert (alert["type"], alert["severity"], alert["p_value"]) == (
        "cost_budget_exceeded",
        "error",
        None,
    )


def test_failed_calls_cost_money_too(make_record, observe):
    records = [make_record(0, "candidate", success=False, payload={"cost_usd": 0.5})]
    assert observe(LLMCostMonitor(), records)["summary"]["total_usd"] == 0.5


def scaled(durations, factor):
    """Return durations of another size."""

    def describe(role, i):
        return {"duration_ms": factor * durations(role, i)["duration_ms"]}

    return describe


def test_a_ratio_of_microseconds_is_information_that_says_both(make_pairs, make_durations, observe):
    durations = scaled(make_durations(200, 1.8, seed=1), 0.005)
    (alert,) = observe(LatencyMonitor(), make_pairs(200, durations))["alerts"]
    assert (alert["type"], alert["severity"]) == ("latency_regression", "info")
    assert re.search(
        r"is 1\.\d+x slower at the median \(.*, \d\.\d\d us a call, n=", alert["message"]
    )
    assert alert["message"].endswith("less than 50.0 us a call is not an alert (min_ms)")
    assert alert["min_ms"] == 0.05


@pytest.mark.parametrize(("size", "min_ms"), [(0.005, 0), (0.005, 0.001), (1.0, 0.05)])
def test_a_ratio_that_matters_is_an_error(make_pairs, make_durations, observe, size, min_ms):
    durations = scaled(make_durations(200, 1.8, seed=1), size)
    (alert,) = observe(LatencyMonitor(min_ms=min_ms), make_pairs(200, durations))["alerts"]
    assert (alert["type"], alert["severity"]) == ("latency_regression", "error")


def test_a_tail_of_microseconds_is_no_alert(make_pairs, make_durations, observe):
    usual = make_durations(400, 1.0, seed=2, sigma=0.05)

    def describe(role, i):
        slow = 3 if role == "candidate" and i % 8 == 0 else 1
        return {"duration_ms": 0.005 * slow * usual(role, i)["duration_ms"]}

    assert observe(LatencyMonitor(), make_pairs(400, describe))["alerts"] == []
    (alert,) = observe(LatencyMonitor(min_ms=0), make_pairs(400, describe))["alerts"]
    assert alert["type"] == "latency_tail_regression"
