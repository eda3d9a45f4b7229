"""The sample of a task: inputs that do not repeat each other, from which rates are computed."""

import statistics

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.internal.conjecture.engine import ConjectureRunner

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.runner.literals import Literals
from pytest_metamorphic_guard.runner.mutations import draw_without_mutations
from pytest_metamorphic_guard.runner.sampling import draw_sample, draw_searched
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


FIRST_OCCURRENCES = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

t = Task("t", inputs=st.tuples(st.lists(st.integers())))

@t.property
def as_long(output, xs):
    assert len(output) == len(xs)
"""
WHOLE = "def solve(xs):\n    return sorted(xs)\n"
LOSING = "def solve(xs):\n    return sorted(set(xs))\n"


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_lists_with_equal_elements_are_tried_beside_the_sample(project, workers):
    for name, text in (("test_it", FIRST_OCCURRENCES), ("old", WHOLE), ("new", LOSING)):
        (project.path / f"{name}.py").write_text(text)

    start = project.spawn if workers else project.run
    result = start(
        *("--mg-gate", "--mg-executor=inprocess", "--mg-candidate=new.py"),
        *("--mg-baseline=old.py", "--mg-n=40", *workers),
    )

    said = " ".join(result.stdout.str().split())
    assert result.ret == 1
    assert "as_long regressed for the input that was searched, (" in said
    assert "REJECT" in said
    # It is shrunk as any other.
    assert "[0, 0]" in said


@pytest.mark.parametrize(
    ("strategy", "least"),
    [
        # Mutations of a single value are values of the sample again.
        (st.integers(0, 10**6), 0),
        (st.floats(), 0),
        (st.sampled_from([0.0, -0.0, 0, False]), 0),
        (st.lists(st.integers()), 15),
    ],
)
def test_what_is_searched_repeats_no_input_of_the_sample(strategy, least):
    task, settings = Task("t", inputs=st.tuples(strategy)), Settings(n=100)

    sample = draw_sample(task, settings)
    searched = draw_searched(task, settings, Literals(), sample)

    assert not set(map(repr, searched)) & set(map(repr, sample))
    assert least <= len(searched) <= 20


def test_what_is_searched_for_literals_is_tried_though_much_of_the_rest_repeats():
    task, settings = Task("t", inputs=st.tuples(st.integers())), Settings(n=100)

    sample = draw_sample(task, settings)
    searched = draw_searched(task, settings, Literals((123_456_789,)), sample)

    assert (123_456_789,) not in sample
    assert (123_456_789,) in searched
