import math
import random

import pytest
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar

from pytest_metamorphic_guard.statistics.paired import (
    PairedCounts,
    design_effect,
    find_p_below,
    find_p_better,
    find_p_worse,
    inputs_needed,
    inputs_to_clear,
    tango_interval,
)


def draw_counts(number, most=60):
    chance = random.Random(11)
    for _ in range(number):
        yield PairedCounts(
            both_pass=chance.randint(1, 4 * most),
            regressions=chance.choice((0, 1, chance.randint(0, most))),
            improvements=chance.choice((0, 1, chance.randint(0, most))),
            both_fail=chance.choice((0, chance.randint(0, most))),
        )


def solve_tango(counts, z):
    """Maximise the likelihood under each difference numerically, then find where the score is z."""
    improved, regressed, total = counts.improvements, counts.regressions, counts.total

    def log_likelihood(q, difference):
        cells = (
            (improved, q + difference),
            (regressed, q),
            (total - improved - regressed, 1.0 - 2.0 * q - difference),
        )
        return sum(count * math.log(p) if count else 0.0 for count, p in cells)

    def score(difference):
        low, high = max(0.0, -difference), (1.0 - difference) / 2.0
        width = high - low
        best = optimize.minimize_scalar(
            lambda q: -log_likelihood(q, difference),
            bounds=(low + 1e-14 * width, high - 1e-14 * width),
            method="bounded",
            options={"xatol": 1e-13},
        ).x
        variance = (2.0 * best + difference - difference**2) / total
        return ((improved - regressed) / total - difference) / math.sqrt(variance)

    estimate = (improved - regressed) / total
    lower = optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, estimate - 1e-9, xtol=1e-12)
    upper = optimize.brentq(lambda d: score(d) + z, estimate + 1e-9, 1 - 1e-9, xtol=1e-12)
    return lower, upper


def test_the_exact_tests_agree_with_statsmodels_and_scipy():
    for counts in draw_counts(60):
        worse, better = find_p_worse(counts), find_p_better(counts)
        discordant = counts.regressions + counts.improvements
        table = [[counts.both_pass, counts.regressions], [counts.improvements, counts.both_fail]]
        two_sided = min(1.0, 2.0 * min(worse, better))
        assert two_sided == pytest.approx(mcnemar(table, exact=True).pvalue, abs=1e-12)
        assert worse == pytest.approx(stats.binom.sf(counts.regressions - 1, discordant, 0.5))


def test_without_a_discordant_pair_nothing_is_evidence():
    assert find_p_worse(PairedCounts(both_pass=9, both_fail=2)) == 1.0
    assert find_p_better(PairedCounts(both_pass=9, both_fail=2)) == 1.0


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95, 0.99])
def test_tango_agrees_with_a_numeric_solution_of_the_score_equation(confidence):
    z = stats.norm.ppf((1 + confidence) / 2)
    for counts in draw_counts(12):
        lower, upper = solve_tango(counts, z)
        interval = tango_interval(counts, confidence=confidence)
        assert interval.lower == pytest.approx(lower, abs=2e-6)
        assert interval.upper == pytest.approx(upper, abs=2e-6)


def test_tango_has_its_closed_form_without_discordant_pairs():
    z = stats.norm.ppf(0.975)
    for total in (1, 10, 133, 100_000):
        interval = tango_interval(PairedCounts(both_pass=total))
        assert interval.upper == pytest.approx(z**2 / (total + z**2), rel=1e-9)
        assert interval.lower == pytest.approx(-interval.upper, rel=1e-9)


def test_swapping_the_roles_mirrors_the_interval():
    for counts in draw_counts(30):
        mirrored = PairedCounts(
            both_pass=counts.both_pass,
            regressions=counts.improvements,
            improvements=counts.regressions,
            both_fail=counts.both_fail,
        )
        there, back = tango_interval(counts), tango_interval(mirrored)
        assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower), abs=1e-9)


def test_the_interval_stays_within_the_possible_and_around_the_estimate():
    for counts in (
        PairedCounts(regressions=7),
        PairedCounts(improvements=7),
        PairedCounts(regressions=1),
        PairedCounts(both_fail=3),
        PairedCounts(regressions=3, improvements=3),
    ):
        interval = tango_interval(counts)
        assert -1.0 <= interval.lower <= counts.difference <= interval.upper <= 1.0
    assert tango_interval(PairedCounts(regressions=7)).lower == -1.0
    assert tango_interval(PairedCounts(improvements=7)).upper == 1.0


def test_the_score_test_rejects_exactly_what_the_interval_excludes():
    rejected = 0
    for counts in draw_counts(200):
        for threshold in (-0.1, -0.02, 0.0, 0.02):
            for effect in (1.0, 2.5):
                interval = tango_interval(counts, confidence=0.9, effect=effect)
                p_value = find_p_below(counts, threshold, effect=effect)
                assert (p_value <= 0.05) == (interval.upper < threshold)
                rejected += p_value <= 0.05
    assert 100 < rejected < 1500
    assert find_p_below(PairedCounts(), -0.02) == 1.0


def test_without_pairs_every_difference_is_possible():
    interval = tango_interval(PairedCounts())
    assert (interval.lower, interval.upper) == (-1.0, 1.0)


def test_a_design_effect_widens_the_interval_as_fewer_pairs_would():
    whole = PairedCounts(both_pass=200, regressions=20, improvements=10, both_fail=10)
    quarter = PairedCounts(both_pass=50, regressions=5, improvements=2, both_fail=3)
    assert tango_interval(whole, effect=4.0).lower < tango_interval(whole).lower
    assert tango_interval(quarter, effect=1.0).upper > tango_interval(whole).upper
    halves = PairedCounts(both_pass=100, regressions=10, improvements=5, both_fail=5)
    assert tango_interval(whole, effect=2.0) == tango_interval(halves)


def test_independent_results_have_a_design_effect_near_one():
    chance = random.Random(2)
    clusters = [
        PairedCounts(both_pass=sum(draws), regressions=5 - sum(draws))
        for draws in ([chance.random() < 0.8 for _ in range(5)] for _ in range(2000))
    ]
    assert 1.0 <= design_effect(clusters) < 1.15


def test_results_that_repeat_each_other_have_the_size_of_the_cluster_as_design_effect():
    chance = random.Random(2)
    clusters = [
        PairedCounts(regressions=5) if chance.random() < 0.2 else PairedCounts(both_pass=5)
        for _ in range(500)
    ]
    assert design_effect(clusters) == pytest.approx(5.0, rel=0.02)


def test_the_design_effect_matches_the_ratio_estimator_computed_value_by_value():
    chance = random.Random(4)
    values = []
    for _ in range(12):
        leaning = chance.choice(((-1, -1, 0), (0, 0, 0, 1), (0, 1, 1)))
        values.append([chance.choice(leaning) for _ in range(chance.randint(1, 6))])
    clusters = [
        PairedCounts(
            both_pass=cluster.count(0),
            regressions=cluster.count(-1),
            improvements=cluster.count(1),
        )
        for cluster in values
    ]
    flat = [value for cluster in values for value in cluster]
    mean = sum(flat) / len(flat)
    independent = stats.tvar(flat) / len(flat)
    totals = [sum(value - mean for value in cluster) for cluster in values]
    clustered = len(values) * stats.tvar(totals) / len(flat) ** 2
    assert clustered / independent > 1.5
    assert design_effect(clusters) == pytest.approx(clustered / independent)


def test_without_any_discordance_a_cluster_counts_as_one_observation():
    assert design_effect([PairedCounts(both_pass=4)] * 10) == 4.0
    assert design_effect([PairedCounts(both_pass=3, regressions=1)]) == 4.0
    assert design_effect([]) == 1.0


@pytest.mark.parametrize(("margin", "inputs"), [(0.02, 149), (0.05, 59), (0.01, 299)])
def test_the_inputs_needed_for_a_margin_are_the_fewest_in_which_its_loss_is_rarely_hidden(
    margin, inputs
):
    assert inputs_needed(margin) == inputs
    assert (1 - margin) ** inputs <= 0.05 < (1 - margin) ** (inputs - 1)
    assert tango_interval(PairedCounts(both_pass=inputs), confidence=0.9).lower > -margin


def test_where_alpha_is_small_the_interval_needs_more_inputs_than_the_exact_bound():
    inputs = inputs_needed(0.05, alpha=0.01)
    assert 0.95 ** (inputs - 1) < 0.01
    assert tango_interval(PairedCounts(both_pass=inputs), confidence=0.98).lower > -0.05
    assert tango_interval(PairedCounts(both_pass=inputs - 1), confidence=0.98).lower <= -0.05


@pytest.mark.parametrize(("margin", "inputs"), [(0.02, 133), (0.05, 52), (0.01, 268)])
def test_inputs_on_which_nothing_differs_clear_the_interval_alone_sooner(margin, inputs):
    assert tango_interval(PairedCounts(both_pass=inputs), confidence=0.9).lower > -margin
    assert tango_interval(PairedCounts(both_pass=inputs - 1), confidence=0.9).lower <= -margin
    assert inputs_to_clear(-margin, PairedCounts(both_pass=10)) == inputs
    assert inputs_to_clear(-margin, PairedCounts()) == inputs


@pytest.mark.parametrize("margin", [0.0, 1.0, -0.02, math.nan])
def test_a_margin_that_nothing_can_show_is_refused(margin):
    with pytest.raises(ValueError, match="margin"):
        inputs_needed(margin)


def test_that_many_inputs_like_those_seen_settle_the_question():
    seen = PairedCounts(both_pass=90, regressions=5, improvements=5)
    inputs = inputs_to_clear(-0.02, seen)
    scale = math.ceil(inputs / 100)
    enough = PairedCounts(both_pass=90 * scale, regressions=5 * scale, improvements=5 * scale)
    scale = math.floor(inputs / 100)
    too_few = PairedCounts(both_pass=90 * scale, regressions=5 * scale, improvements=5 * scale)
    assert tango_interval(enough, confidence=0.9).lower > -0.02
    assert tango_interval(too_few, confidence=0.9).lower <= -0.02


def test_a_difference_on_the_threshold_is_settled_by_no_number_of_inputs():
    assert inputs_to_clear(-0.02, PairedCounts(both_pass=98, regressions=2)) is None
    assert inputs_to_clear(0.02, PairedCounts()) is None


def test_counts_add_up_and_cannot_be_negative():
    total = PairedCounts(both_pass=1, regressions=2) + PairedCounts(improvements=3, both_fail=4)
    assert total == PairedCounts(both_pass=1, regressions=2, improvements=3, both_fail=4)
    assert (total.total, total.baseline_passed, total.candidate_passed) == (10, 3, 4)
    assert total.difference == pytest.approx(0.1)
    with pytest.raises(ValueError, match="negative"):
        PairedCounts(regressions=-1)
