"""How often a rate is judged falsely at worst: computed exactly, without sampling.

Printed by ``simulate_gate.py``, and alone by

    python benchmarks/exact_errors.py

``--every`` prints the worst of all numbers of inputs from 3 to 400 instead, which takes minutes.

The candidate loses exactly the margin, so whatever is adopted or rejected is an error. The worst of
all rates at which pairs may differ is printed. "before" is a decision by Tango's interval alone.
"""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.statistics.binomial import lower_tail, upper_tail
from pytest_metamorphic_guard.statistics.effective import find_p_gain, find_p_loss
from pytest_metamorphic_guard.statistics.paired import PairedCounts, find_p_above, find_p_below

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHA = 0.05
MARGINS = (0.02, 0.05)
INPUTS = (3, 12, 52, 59, 60, 100, 133, 149, 200, 400)
FEWEST = 3
RATES = (0.0, *(1e-4 * 10 ** (step / 8) for step in range(30)))


# Of an adoption and of a rejection, now and before; and whether the test grows surer with losses.
TESTS: tuple[tuple[Callable[[PairedCounts, float], float], bool], ...] = (
    (find_p_gain, False),
    (find_p_loss, True),
    (find_p_above, False),
    (find_p_below, True),
)


def find_worst(
    inputs: int, margin: float, test: Callable[[PairedCounts, float], float], *, losing: bool
) -> float:
    """Return how often a test at 5 % errs at most, over all rates.

    Args:
        inputs: Number of pairs.
        margin: The true loss.
        test: Gives the p-value of the paired results against a threshold.
        losing: Whether it becomes surer the more is lost, or the less.
    """
    edges = _find_edges(inputs, margin, test, losing=losing)
    return max(
        _sum_errors(edges, inputs, margin, rate, losing=losing)
        for rate in (*RATES, (1.0 - margin) / 2 - 1e-9)
        if margin + 2 * rate <= 1.0
    )


def _find_edges(
    inputs: int, margin: float, test: Callable[[PairedCounts, float], float], *, losing: bool
) -> list[int]:
    """Return, for each number of gains, the fewest losses that are judged as the test's side.

    Where the test becomes surer the less is lost, the fewest that are not.
    """
    edges, losses = [], 0
    for gains in range(inputs + 1):
        while gains + losses <= inputs:
            counts = PairedCounts(
                both_pass=inputs - gains - losses, improvements=gains, regressions=losses
            )
            if (test(counts, -margin) <= ALPHA) is losing:
                break
            losses += 1
        edges.append(losses)
    return edges


def _sum_errors(
    edges: list[int], inputs: int, margin: float, rate: float, *, losing: bool
) -> float:
    total = 0.0
    share = (margin + rate) / (1.0 - rate)
    for gains, edge in enumerate(edges):
        chance = _find_chance(gains, inputs, rate)
        if chance > 1e-12:
            tail = upper_tail(edge, inputs - gains, share) if losing else 0.0
            total += chance * (tail if losing else lower_tail(edge - 1, inputs - gains, share))
    return total


def _find_chance(hits: int, trials: int, rate: float) -> float:
    if not rate:
        return float(not hits)
    ways = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return math.exp(ways + hits * math.log(rate) + (trials - hits) * math.log1p(-rate))


def print_worst_errors() -> None:
    """Print a line per number of inputs and margin."""
    print("\nA candidate that loses exactly the margin, at the worst rates: %, computed exactly\n")
    print(f"{'':11}{'now':>20}{'before':>20}")
    print("margin    n" + "   adopted  rejected" * 2)
    for margin in MARGINS:
        for inputs in INPUTS:
            errors = [find_worst(inputs, margin, test, losing=losing) for test, losing in TESTS]
            figures = " ".join(f"{100 * error:9.1f}" for error in errors)
            print(f"{margin:6.2f} {inputs:4} {figures}", flush=True)


def print_worst_of_all(most: int) -> None:
    """Print at how many inputs a decision of today errs most often, per margin and side."""
    print(f"The worst of all n from {FEWEST} to {most}, at the worst rates: %, computed exactly\n")
    for margin in MARGINS:
        for side, (test, losing) in zip(("adopted", "rejected"), TESTS, strict=False):
            error, inputs = max(
                (find_worst(inputs, margin, test, losing=losing), inputs)
                for inputs in range(FEWEST, most + 1)
            )
            print(f"{margin:6.2f} {side:9} {100 * error:6.2f} at n={inputs}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", action="store_true", help="all numbers of inputs")
    parser.add_argument("--most", type=int, default=400, help="the last of them")
    options = parser.parse_args()
    if options.every:
        print_worst_of_all(options.most)
    else:
        print_worst_errors()


if __name__ == "__main__":
    main()
