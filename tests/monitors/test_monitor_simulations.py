"""Small, seeded versions of ``benchmarks/simulate_monitors.py``, through the same code."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from pytest_metamorphic_guard.watch.setting_up import load_monitors

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "simulate_monitors.py"


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("simulate_monitors", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks up its module while it is defined.
    sys.modules["simulate_monitors"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["simulate_monitors"]


@pytest.fixture
def count(simulation):
    def count_alarms(n, runs, names=None, **truth):
        monitors = load_monitors(names or [*simulation.NAMES, "output_drift"])
        return simulation.count_alarms(
            simulation.Truth(**truth), n=n, runs=runs, seed=7, monitors=monitors
        )

    return count_alarms


@pytest.mark.parametrize("truth", [{}, {"sigma": 0.8, "spikes": 0.05}, {"drift": 1.5}])
def test_identical_implementations_cause_no_alert_of_any_built_in_monitor(count, truth):
    assert count(100, 20, **truth)["any"] == 0


def test_random_failures_of_the_same_rate_cause_no_alert(count, simulation):
    names = [*simulation.NAMES, "output_drift:max_mismatch_rate=0.5"]
    assert count(200, 20, names, nested=False, failing=0.2)["any"] == 0


def test_a_slowdown_of_1_3_is_found_in_200_inputs(count):
    assert count(200, 40, ["latency", "trend", "errors"], slower=1.3)["latency_regression"] >= 38


def test_a_nested_drop_of_ten_points_is_found_in_400_inputs(count, simulation):
    assert count(400, 15, [*simulation.NAMES, "output_drift"], drop=0.1)["success_rate_drop"] == 15


def test_calls_that_share_an_input_would_alarm_if_each_counted_alone(simulation):
    truth = simulation.Truth(nested=False, relations=4, failing=0.2)
    monitors = load_monitors(["success_rate", "errors", "fairness_gap"])
    now, before = (
        simulation.count_alarms(truth, n=100, runs=12, seed=7, monitors=monitors, forget=forget)
        for forget in (list, simulation.forget_inputs)
    )
    assert now["any"] == 0
    assert before["any"] >= 2


def test_violations_and_a_metric_of_one_group_are_seen_where_returns_show_nothing(simulation):
    for truth in (
        simulation.Truth(violating=(0.05, 0.3)),
        simulation.Truth(accuracy=(0.83, 0.55)),
    ):
        now, before = (
            simulation.count_alarms(
                truth,
                n=600,
                runs=3,
                seed=7,
                monitors=load_monitors(["success_rate", "fairness_gap"]),
                forget=forget,
            )
            for forget in (list, simulation.forget_task)
        )
        assert now["fairness_gap"] == 3
        assert not before["any"]


def test_the_same_seed_gives_the_same_runs(simulation):
    runs = [simulation.simulate_run(simulation.Truth(), 20, random.Random(3)) for _ in range(2)]
    assert runs[0] == runs[1]
