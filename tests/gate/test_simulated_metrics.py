"""What is said of metrics whose truth is known, from ``benchmarks/simulate_metrics.py``."""

import importlib.util
import math
import sys
from pathlib import Path

import pytest

RUNS = 100
# Three standard deviations above an error rate of 5 %.
MOST_ERRORS = RUNS * 0.05 + 3 * math.sqrt(RUNS * 0.05 * 0.95)


@pytest.fixture(scope="module")
def simulation():
    path = Path(__file__).parents[2] / "benchmarks" / "simulate_metrics.py"
    spec = importlib.util.spec_from_file_location("simulate_metrics_under_test", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up while it is executed
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def simulate(simulation):
    scenarios = {(scenario.name, scenario.n): scenario for scenario in simulation.SCENARIOS}

    def run(name, n=600):
        return simulation.simulate(scenarios[name, n], runs=RUNS, seed=5)

    return run


def test_a_fall_from_70_to_65_percent_is_called_worse_where_the_median_saw_no_change(simulate):
    now, before, missed = simulate("0/1, .70 to .648, nested")
    assert now["worse"] >= 0.95 * RUNS
    assert before["no change"] == RUNS
    assert missed <= MOST_ERRORS


@pytest.mark.parametrize(
    ("name", "n"),
    [("0/1, .70 for both, overlap .8", 600), ("0/1, .70 for both, independent", 50)],
)
def test_an_equal_metric_is_called_better_or_worse_no_more_often_than_stated(simulate, name, n):
    now, _, missed = simulate(name, n)
    assert now["better"] + now["worse"] <= MOST_ERRORS
    assert missed <= MOST_ERRORS
