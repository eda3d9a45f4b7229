"""A metric's row: means, the interval of their difference, and a word that agrees with both."""

import random

import pytest
import scipy.stats

from pytest_metamorphic_guard.gate.evidence import MetricEvidence
from pytest_metamorphic_guard.gate.rows import build_metric_row
from pytest_metamorphic_guard.report.tables import format_metric, name_interval
from pytest_metamorphic_guard.statistics.means import find_mean_interval, find_p_mean_below
from pytest_metamorphic_guard.statistics.spreading import find_p_spreading


def make_binary(both, lost, won, neither):
    cells = {(1.0, 1.0): both, (1.0, 0.0): lost, (0.0, 1.0): won, (0.0, 0.0): neither}
    return tuple(pair for pair, times in cells.items() for _ in range(times))


def make_row(pairs, **options):
    return build_metric_row(MetricEvidence(name="m", pairs=tuple(pairs), **options))


def test_a_fall_of_a_0_1_metric_is_seen_although_its_median_is_0():
    # 0.70 and 0.648 of 600 inputs.
    row = make_row(make_binary(379, 41, 10, 170))

    assert (row.baseline, row.candidate) == (0.70, pytest.approx(0.648, abs=0.001))
    assert (row.median_interval.lower, row.median_interval.upper) == (0, 0)
    assert row.mean_interval.lower < row.mean_difference < row.mean_interval.upper < 0
    assert format_metric(row)[-1] == "worse"
    assert format_metric(make_row(make_binary(379, 41, 10, 170), higher_is_better=False))[-1] == (
        "better"
    )


def test_a_metric_has_intervals_of_its_own_confidence_and_the_title_says_which():
    pairs = make_binary(379, 41, 10, 170)
    usual, sure = make_row(pairs), make_row(pairs, alpha=0.001)
    assert sure.mean_interval.lower < usual.mean_interval.lower
    assert sure.mean_interval.upper > usual.mean_interval.upper
    assert name_interval([usual]) == "95 % interval"
    assert name_interval([sure]) == "99.9 % interval"
    assert name_interval([usual, sure]) == "its interval"


def test_a_fall_that_chance_explains_is_unclear_and_equal_values_are_no_change():
    assert format_metric(make_row(make_binary(300, 105, 89, 106)))[-1] == "unclear"
    assert format_metric(make_row(make_binary(400, 0, 0, 200)))[-1] == "no change"
    assert format_metric(make_row([(2.5, 2.5)] * 30))[-1] == "no change"


@pytest.mark.parametrize("higher", [True, False])
def test_the_word_never_contradicts_the_table_above_it(higher):
    rng = random.Random(3)
    for _ in range(200):
        values = rng.choice([(0, 1), (1, 2, 3, 4, 5), tuple(range(100))])
        pairs = [(rng.choice(values), rng.choice(values)) for _ in range(rng.randrange(2, 60))]
        row = make_row(pairs, higher_is_better=higher)
        word = format_metric(row)[-1]
        gained = row.candidate > row.baseline if higher else row.candidate < row.baseline
        assert word != "better" or gained
        assert word != "worse" or (not gained and row.candidate != row.baseline)


def test_of_many_values_the_interval_and_the_test_are_students():
    rng = random.Random(1)
    pairs = [(x := rng.gauss(10, 3), x + rng.gauss(-0.3, 1)) for _ in range(40)]
    differences = [b - a for a, b in pairs]
    expected = scipy.stats.ttest_1samp(differences, 0)
    interval = expected.confidence_interval(0.95)

    found = find_mean_interval(pairs, confidence=0.95)

    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high), rel=1e-6)
    less = scipy.stats.ttest_1samp(differences, 0, alternative="less")
    assert find_p_mean_below(pairs) == pytest.approx(less.pvalue, rel=1e-6)


def test_groups_that_spread_are_found_and_equal_roles_are_not_more_often_than_stated():
    rng = random.Random(5)
    wide = [[(0.0, 0.0)] * 60, [(0.0, 1.0) if i % 3 == 0 else (0.0, 0.0) for i in range(60)]]
    assert find_p_spreading(wide) < 0.001
    false = 0
    for _ in range(200):
        groups = [[(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(30)] for _ in range(3)]
        false += find_p_spreading(groups, permutations=199) <= 0.05
    assert false <= 20
