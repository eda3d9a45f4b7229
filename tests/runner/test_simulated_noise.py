"""What is said of relations with ``repeats=`` whose truth is known, from a simulation."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from pytest_metamorphic_guard.runner.self_noise import judge_noise

TRIALS = 50


@pytest.fixture(scope="module")
def simulation():
    path = Path(__file__).parents[2] / "benchmarks" / "simulate_noise.py"
    spec = importlib.util.spec_from_file_location("simulate_noise_under_test", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def count_told(simulation, answers, shift):
    chance = random.Random(1)
    return sum(
        judge_noise(simulation.draw_pairs(chance, answers, 40, 3, shift)).is_beyond
        for _ in range(TRIALS)
    )


def test_noise_is_hardly_ever_called_a_violation_and_a_violation_is_seen(simulation):
    alarms = {one.name: count_told(simulation, one, 0.0) for one in simulation.ANSWERS}

    # One of 200 is allowed: more than 3 of 50 would come about once in 10,000 times.
    assert max(alarms.values()) <= 3, alarms
    steady, rare, *_ = simulation.ANSWERS
    assert count_told(simulation, steady, 0.3) == TRIALS
    assert count_told(simulation, rare, 0.3) > 0.9 * TRIALS
