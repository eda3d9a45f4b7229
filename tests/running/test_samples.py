"""The sample of a task: inputs that do not repeat each other, from which rates are computed."""

import statistics

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.internal.conjecture.engine import ConjectureRunner

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.runner.mutations import draw_without_mutations
from pytest_metamorphic_guard.runner.sampling import draw_sample
from pytest_metamorphic_guard.settings import Settings

N = 60
SEEDS = 25
LISTS = st.tuples(st.lists(st.integers(0, 1000)))


def test_inputs_of_a_sample_vary_as_independent_ones_do():
    task = Task("t", inputs=LISTS)
    rates = [
        statistics.mean(len(xs) > 4 for (xs,) in draw_sample(task, Settings(n=N, seed=seed)))
        for seed in range(SEEDS)
    ]

    rate = statistics.mean(rates)
    # With hypothesis's mutations it is between three and four times what independence gives.
    assert statistics.variance(rates) < 2.0 * rate * (1.0 - rate) / N


def test_the_method_that_is_replaced_is_the_one_by_which_hypothesis_mutates():
    def count_copies():
        seen = []

        @hypothesis.seed(1)
        @hypothesis.settings(
            max_examples=200, database=None, suppress_health_check=list(HealthCheck)
        )
        @hypothesis.given(LISTS)
        def draw(case):
            seen.append(len(set(case[0])) < len(case[0]))

        draw()
        return sum(seen)

    original = ConjectureRunner.generate_mutations_from
    with_copies = count_copies()
    with draw_without_mutations():
        without = count_copies()

    assert with_copies > 60
    assert without < 30
    assert ConjectureRunner.generate_mutations_from is original


def test_hypothesis_mutates_again_after_a_draw_that_failed():
    original = ConjectureRunner.generate_mutations_from

    with pytest.raises(LookupError), draw_without_mutations():
        raise LookupError

    assert ConjectureRunner.generate_mutations_from is original
