import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from pytest_metamorphic_guard.monitors.equality import make_comparator
from pytest_metamorphic_guard.monitors.flakiness import FlakinessMonitor
from pytest_metamorphic_guard.monitors.output_drift import OutputDriftMonitor
from pytest_metamorphic_guard.monitors.trend import TrendMonitor
from pytest_metamorphic_guard.values.records import Opaque, Record


class Explosive:
    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        (math.nan, math.nan, True),
        ([1.0, {"a": (math.nan, 2)}], [1.0, {"a": (math.nan, 2)}], True),
        (1, 1.0, True),
        ((1,), [1], False),
        ([1, 2], [1], False),
        ({"a": 1}, {"b": 1}, False),
        (10**400, 10**400, True),
        (10**400, 1.5, False),
        (np.array([1.0, math.nan]), np.array([1.0, math.nan]), True),
        (np.array([1.0, 2.0]), np.array([[1.0, 2.0]]), False),
        (
            Record("dataclass", "A", (("x", math.nan),)),
            Record("dataclass", "A", (("x", math.nan),)),
            True,
        ),
        (Record("dataclass", "A", (("x", 1),)), Record("dataclass", "B", (("x", 1),)), False),
        ({1, 2}, {2, 1}, True),
        ("a", b"a", False),
    ],
)
def test_outputs_are_compared_by_value_and_nan_equals_nan(first, second, equal):
    assert make_comparator(0, 0)(first, second) is equal


@pytest.mark.parametrize("value", [Opaque("A", "text"), Explosive(), [Opaque("A", "text")]])
@pytest.mark.parametrize("monitor", [OutputDriftMonitor, FlakinessMonitor])
def test_what_cannot_be_compared_is_counted_apart(make_pairs, observe, value, monitor):
    pairs = make_pairs(4, lambda role, i: {"value": value if i else 1})
    twice = [replace(record, repeat=repeat) for repeat in (0, 1) for record in pairs]
    result = observe(monitor(), twice)
    assert result["alerts"] == []
    summary = result["summary"]
    if monitor is OutputDriftMonitor:
        assert (summary["n"], summary["not_compared"], summary["mismatches"]) == (2, 6, 0)
    else:
        counts = summary["candidate"]
        assert (counts["inputs_checked"], counts["inputs_not_compared"]) == (1, 3)


@pytest.mark.parametrize("monitor", [OutputDriftMonitor, FlakinessMonitor])
def test_where_nothing_can_be_compared_there_is_no_answer(make_pairs, observe, monitor):
    pairs = make_pairs(4, lambda role, i: {"value": Opaque("generator", "<generator>")})
    twice = [replace(record, repeat=repeat) for repeat in (0, 1) for record in pairs]
    result = observe(monitor(), twice)
    assert result["alerts"] == []
    assert "output could be compared" in result["no_data"]


def test_a_tolerance_applies_at_any_depth():
    same = make_comparator(1e-3, 0)
    assert same({"a": [1.0, 2.0]}, {"a": [1.0005, 2.0]})
    assert not same({"a": [1.0, 2.0]}, {"a": [1.01, 2.0]})


def differs_on(cases):
    return lambda role, i: {"value": -i if role == "candidate" and i in cases else i}


def test_one_differing_output_is_a_warning_that_names_the_case(make_pairs, observe):
    result = observe(OutputDriftMonitor(), make_pairs(100, differs_on([17])))
    (alert,) = result["alerts"]
    assert (alert["type"], alert["severity"], alert["mismatches"]) == ("output_drift", "warning", 1)
    assert alert["examples"] == [{"relation": "task::relation", "case_index": 17, "kind": "source"}]
    assert alert["p_value"] is None
    upper = scipy.stats.binomtest(1, 100, alternative="less").proportion_ci(0.95).high
    assert alert["rate_upper"] == pytest.approx(upper)


def test_equal_outputs_and_equal_failures_are_no_drift(make_pairs, observe):
    def describe(role, i):
        return {"success": i % 2 == 0, "error_type": "E" if i % 2 else None, "value": math.nan}

    result = observe(OutputDriftMonitor(), make_pairs(50, describe))
    assert result["alerts"] == []
    assert result["summary"]["n"] == 50


def test_a_failure_against_an_output_is_drift(make_pairs, observe):
    records = make_pairs(5, lambda role, i: {"success": role == "baseline" or i > 0})
    assert observe(OutputDriftMonitor(), records)["summary"]["mismatches"] == 1


def test_a_tolerated_share_is_tested_and_chance_is_only_information(make_pairs, observe):
    monitor = OutputDriftMonitor(max_mismatch_rate=0.1)
    (alert,) = observe(monitor, make_pairs(100, differs_on(range(1, 13))))["alerts"]
    assert alert["severity"] == "info"
    expected = scipy.stats.binomtest(12, 100, 0.1, alternative="greater").pvalue
    assert alert["p_value"] == pytest.approx(expected)
    monitor = OutputDriftMonitor(max_mismatch_rate=0.1)
    (alert,) = observe(monitor, make_pairs(100, differs_on(range(1, 31))))["alerts"]
    assert alert["severity"] == "warning"


def test_a_comparator_replaces_the_default(make_pairs, observe):
    monitor = OutputDriftMonitor(comparator=lambda a, b: abs(a) == abs(b))
    assert observe(monitor, make_pairs(50, differs_on(range(50))))["alerts"] == []


def repeated(make_record, flaky, roles=("baseline", "candidate"), n=50):
    return [
        make_record(i, role, repeat=repeat, value=repeat if i in flaky.get(role, ()) else i)
        for i in range(n)
        for repeat in (0, 1)
        for role in roles
    ]


def test_one_input_answered_differently_twice_is_a_warning(make_record, observe):
    result = observe(FlakinessMonitor(), repeated(make_record, {"candidate": [5]}))
    (alert,) = result["alerts"]
    assert (alert["type"], alert["role"], alert["severity"]) == (
        "nondeterminism",
        "candidate",
        "warning",
    )
    assert (alert["inputs_flaky"], alert["inputs_checked"]) == (1, 50)
    assert alert["examples"] == [{"relation": "task::relation", "case_index": 5, "kind": "source"}]


def test_a_flaky_baseline_is_information(make_record, observe):
    (alert,) = observe(FlakinessMonitor(), repeated(make_record, {"baseline": [5]}))["alerts"]
    assert (alert["role"], alert["severity"]) == ("baseline", "info")


def test_a_candidate_flaky_on_many_more_inputs_is_told_with_its_p_value(make_record, observe):
    records = repeated(make_record, {"baseline": [1], "candidate": range(1, 20)})
    alerts = {alert["type"]: alert for alert in observe(FlakinessMonitor(), records)["alerts"]}
    assert alerts["flakiness_increase"]["p_value"] == pytest.approx(0.5**18)


def test_an_exception_on_repetition_is_flaky(make_record, observe):
    records = [
        make_record(0, "candidate", repeat=0),
        make_record(0, "candidate", repeat=1, success=False, error_type="ValueError"),
    ]
    assert observe(FlakinessMonitor(), records)["summary"]["candidate"]["inputs_flaky"] == 1


def test_only_the_sampled_inputs_are_kept(make_record, observe):
    records = repeated(make_record, {"candidate": range(50)})
    summary = observe(FlakinessMonitor(sample=20), records)["summary"]
    assert summary["candidate"]["inputs_checked"] == 20


def growing(by, machine=0.0, n=200):
    """The candidate grows by a factor over the run, the machine slows both down by another."""

    def describe(role, i):
        position = i / (n - 1)
        noise = 1 + 0.05 * math.sin(1000 * i + (role == "candidate"))
        own = by**position if role == "candidate" else 1
        return {"duration_ms": noise * own * (1 + machine * position)}

    return n, describe


def test_a_candidate_that_slows_down_is_a_warning(make_pairs, observe):
    result = observe(TrendMonitor(), make_pairs(*growing(1.5)))
    (alert,) = result["alerts"]
    assert (alert["type"], alert["severity"], alert["role"]) == (
        "duration_trend",
        "warning",
        "candidate",
    )
    assert alert["growth"] == pytest.approx(1.5, rel=0.05)
    assert alert["slope"] == pytest.approx(0.5 / 199, rel=0.2)


def test_a_machine_that_slows_both_down_is_no_trend_of_the_candidate(make_pairs, observe):
    result = observe(TrendMonitor(), make_pairs(*growing(1.0, machine=1.0)))
    assert result["alerts"] == []
    assert result["summary"]["baseline"]["slope"] > 0.003


def test_relations_of_different_cost_are_no_trend(make_pairs, observe):
    records = []
    for relation, factor in (("a", 1.0), ("b", 2.0), ("c", 4.0)):
        records += make_pairs(
            60,
            lambda role, i, f=factor: {
                "duration_ms": f**2 if role == "candidate" else f + 0.01 * (i % 7)
            },
            relation=relation,
        )
    assert observe(TrendMonitor(), records)["alerts"] == []


def test_a_window_looks_at_the_last_calls_and_a_slope_limit_holds(make_pairs, observe):
    records = make_pairs(*growing(1.5))
    summary = observe(TrendMonitor(window=50), records)["summary"]
    assert summary["paired"]["n"] == 50
    assert summary["candidate"]["observations"] == 50
    assert observe(TrendMonitor(alert_slope_ms=1.0), records)["alerts"] == []


BOXES = """
class Box:
    def __init__(self, n):
        self.items = [1] * n

    def pop(self):
        if not self.items:
            raise {RAISED}
        return self.items.pop()
"""


@pytest.mark.parametrize(
    ("changed", "alerts"),
    [
        ("IndexError('nothing is left')", False),
        ("ValueError('empty')", True),
        ("IndexError('empty') #read", True),
    ],
)
def test_steps_drift_where_they_do_not_agree(project, changed, alerts):
    """What an exception says is no part of it; whether something is read or called is."""
    project.write_task(
        "",
        inputs="{'n': st.integers(0, 2)}",
        operations="st.lists(st.tuples(st.just('pop'), st.tuples()), min_size=3, max_size=3)",
        function="'Box'",
        agreement="True",
    )
    new = BOXES.replace("{RAISED}", changed)
    if "#read" in changed:
        new = new.replace("    def pop", "    @property\n    def pop")
    project.write(old=BOXES.replace("{RAISED}", "IndexError('empty')"), new=new)

    result = project.run(
        "--mg-candidate=new.py",
        "--mg-baseline=old.py",
        "--mg-monitor=output_drift",
        "--mg-monitor=flakiness:repeats=2",
        "--mg-n=5",
    )

    assert ("give different outputs" in result.stdout.str()) is alerts
    assert (result.ret != 0) is alerts
    assert "nondeterminism" not in result.stdout.str()
