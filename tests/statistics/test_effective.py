import pytest
from scipy import stats

from pytest_metamorphic_guard.statistics.effective import (
    INDEPENDENT,
    Clustering,
    bound_rate,
    find_clustering,
    find_p_loss,
    find_p_rate_above,
    find_p_rate_below,
)
from pytest_metamorphic_guard.statistics.paired import PairedCounts, find_p_below


@pytest.mark.parametrize(("hits", "trials"), [(0, 20), (3, 20), (20, 20), (180, 200)])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_single_inputs_give_the_exact_binomial_test(hits, trials, rate):
    above = stats.binomtest(hits, trials, rate, "greater").pvalue
    below = stats.binomtest(hits, trials, rate, "less").pvalue
    assert find_p_rate_above(hits, trials, rate) == pytest.approx(above, rel=1e-9)
    assert find_p_rate_below(hits, trials, rate) == pytest.approx(below, rel=1e-9)


def test_equal_groups_count_once_each():
    fives = find_clustering([5] * 40)
    assert fives == Clustering(effect=5.0, clusters=40.0)
    # 36 of 40 groups hold, and so do 180 of 200 inputs.
    greater = stats.binomtest(36, 40, 0.8, "greater").pvalue
    assert find_p_rate_above(180, 200, 0.8, fives) == pytest.approx(greater, rel=1e-9)
    upper = stats.beta.ppf(0.95, 5, 36)
    assert bound_rate(20, 200, confidence=0.95, clustering=fives) == pytest.approx(upper, rel=1e-7)
    many = PairedCounts(both_pass=180, regressions=20)
    few = PairedCounts(both_pass=36, regressions=4)
    assert find_p_loss(many, -0.05, fives) == pytest.approx(find_p_loss(few, -0.05), abs=1e-3)
    assert find_p_loss(few, -0.05) > 1.2 * find_p_below(few, -0.05)


def test_one_large_group_among_single_inputs_leaves_few_groups():
    clustering = find_clustering([200] + [1] * 200)
    assert clustering.clusters == pytest.approx(400**2 / (200**2 + 200))
    assert clustering.is_too_coarse
    assert find_p_rate_below(0, 400, 0.5, clustering) == 1.0
    assert not find_clustering([100] * 5).is_too_coarse


def test_inputs_without_groups_are_independent_unless_cases_share_them():
    assert find_clustering([], grouped=False) == INDEPENDENT
    assert find_clustering([], grouped=False, overlap=3).effect == 3.0
    assert find_clustering([2] * 10, overlap=3).effect == 6.0
