"""How often a test of rates will decide, and how many inputs it needs to: asked before a run."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist

from pytest_metamorphic_guard.statistics.binomial import lower_tail
from pytest_metamorphic_guard.statistics.effective import find_p_gain
from pytest_metamorphic_guard.statistics.paired import PairedCounts, find_p_above, inputs_needed

__all__ = ["find_power", "inputs_for_power", "inputs_for_rate"]

_MOST_EXACT = 2_000
# Outcomes beyond so many standard deviations do not change a percentage.
_DEVIATIONS = 6.0
# A number of inputs is given for so much less than the power that is asked for.
_ABOUT = 0.01
# Of more pairs that differ the exact test says what the interval says, and takes long.
_FEW = 6


@functools.lru_cache(maxsize=64)
def find_power(
    inputs: int, threshold: float, discordant: float, *, gain: float = 0.0, alpha: float = 0.05
) -> float:
    """Return how often a candidate is shown to lie above ``threshold``.

    By Tango's interval, summed over all samples up to 2000 inputs, beyond that by the normal
    approximation. Where no more than 6 pairs differ the exact test has to agree, as for the gate.

    Args:
        inputs: Number of pairs.
        threshold: The difference of pass rates that is to be exceeded.
        discordant: Share of pairs in which the two results differ.
        gain: The true difference, above the threshold and no more than ``discordant``; 0 for an
            equal candidate, where pairs differ as often either way.
        alpha: The error rate of the test.
    """
    if inputs > _MOST_EXACT:
        variance = max(0.0, discordant - gain * gain)
        if not variance:
            return 1.0
        z = NormalDist().inv_cdf(1.0 - alpha)
        return NormalDist().cdf((gain - threshold) * math.sqrt(inputs / variance) - z)
    losing = 0.5 - 0.5 * gain / discordant if discordant else 0.0
    spread = _DEVIATIONS * math.sqrt(inputs * discordant * (1.0 - discordant)) + 1.0
    first = max(0, math.floor(inputs * discordant - spread))
    last = min(inputs, math.ceil(inputs * discordant + spread))
    power, before = 0.0, lower_tail(first - 1, inputs, discordant)
    for differing in range(first, last + 1):
        until = lower_tail(differing, inputs, discordant)
        most = _find_most_losses(differing, inputs, threshold, alpha)
        power += (until - before) * lower_tail(most, differing, losing)
        before = until
    return power


@functools.lru_cache(maxsize=256)
def inputs_for_power(
    threshold: float, discordant: float, *, gain: float = 0.0, alpha: float = 0.05, power: float
) -> int:
    """Return about how many pairs show a candidate to lie above ``threshold`` so often.

    Args:
        threshold: The difference of pass rates that is to be exceeded.
        discordant: Share of pairs in which the two results differ.
        gain: The true difference, above the threshold.
        alpha: The error rate of the test.
        power: How often it is to succeed.

    Source: the normal approximation; Lachin, Biometrics 48 (1992) 1239-1247, for paired rates.
    It promises too much where few pairs differ, so it is followed by a search with `find_power`.
    """
    distance = gain - threshold
    variance = max(0.0, discordant - gain * gain)
    normal = NormalDist()
    z = normal.inv_cdf(1.0 - alpha) + normal.inv_cdf(power)
    needed = round(z * z * variance / (distance * distance))
    # Without any discordant pair there is still a number below which nothing is shown.
    needed = max(needed, inputs_needed(distance, alpha=alpha) if distance < 1.0 else 1)
    while (
        needed <= _MOST_EXACT
        and find_power(needed, threshold, discordant, gain=gain, alpha=alpha) < power - _ABOUT
    ):
        needed += 1 + needed // 30
    return needed


def inputs_for_rate(rate: float, minimum: float, *, alpha: float = 0.05, power: float) -> int:
    """Return about how many inputs show a rate to lie on its side of a minimum so often.

    Source: the normal approximation; Fleiss, Statistical Methods for Rates and Proportions (2003),
    section 2.2.
    """
    normal = NormalDist()
    spread = normal.inv_cdf(1.0 - alpha) * math.sqrt(minimum * (1.0 - minimum))
    spread += normal.inv_cdf(power) * math.sqrt(rate * (1.0 - rate))
    needed = math.ceil((spread / (rate - minimum)) ** 2)
    edge = minimum if rate > minimum else 1.0 - minimum
    # So many equal results in a row are the fewest that show anything.
    return max(needed, math.ceil(math.log(alpha) / math.log(edge)))


def _find_most_losses(differing: int, inputs: int, threshold: float, alpha: float) -> int:
    """Return the most regressions among differing pairs that still show it; -1 for none."""

    def make(losses: int) -> PairedCounts:
        return PairedCounts(
            both_pass=inputs - differing, regressions=losses, improvements=differing - losses
        )

    low, high = -1, differing + 1
    while high - low > 1:
        losses = (low + high) // 2
        if find_p_above(make(losses), threshold) < alpha:
            low = losses
        else:
            high = losses
    while low >= 0 and differing <= _FEW and find_p_gain(make(low), threshold) > alpha:
        low -= 1
    return low
