"""What a decision says of a metric whose truth is known: worse, better, or neither.

Printed by ``simulate_gate.py``, and alone by

    python benchmarks/simulate_metrics.py --runs 1000 --seed 1

The word follows from the interval of the mean paired difference. "before" is the rule that went
before: the word followed from the interval of the median difference, which is 0 for a metric of two
values unless half of the inputs change.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.evidence import MetricEvidence
from pytest_metamorphic_guard.gate.rows import MetricRow, build_metric_row
from pytest_metamorphic_guard.report.tables import format_metric

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = tuple[float, float]
WORDS = ("worse", "better", "unclear", "no change")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One metric.

    Attributes:
        name: What it is, in a few words.
        n: Number of inputs.
        difference: The true mean of candidate minus baseline.
        draw: Draws both roles' values on one input.
    """

    name: str
    n: int
    difference: float
    draw: Callable[[random.Random], Pair]


def draw_rates(baseline: float, candidate: float, overlap: float) -> Callable[..., Pair]:
    """Draw 0 or 1: with overlap 1 both roles are right on the same inputs as far as they can."""

    def draw(chance: random.Random) -> Pair:
        first = chance.random()
        second = first if chance.random() < overlap else chance.random()
        return float(first < baseline), float(second < candidate)

    return draw


def draw_marks(loss: float) -> Callable[..., Pair]:
    """Draw marks of the same inputs; the candidate's is one lower with this probability."""

    def draw(chance: random.Random) -> Pair:
        mark = float(chance.randint(1, 5))
        return mark, mark + chance.choice((-1, 0, 0, 0, 1)) - (chance.random() < loss)

    return draw


def draw_amounts(chance: random.Random) -> Pair:
    """Draw skewed amounts, independently."""
    return chance.lognormvariate(0, 1), chance.lognormvariate(0, 1)


SCENARIOS = (
    Scenario("0/1, .70 to .648, nested", 600, -0.052, draw_rates(0.70, 0.648, 1.0)),
    Scenario("0/1, .70 to .648, overlap .8", 600, -0.052, draw_rates(0.70, 0.648, 0.8)),
    Scenario("0/1, .70 to .648, independent", 600, -0.052, draw_rates(0.70, 0.648, 0.0)),
    Scenario("0/1, .70 for both, overlap .8", 600, 0.0, draw_rates(0.70, 0.70, 0.8)),
    Scenario("0/1, .70 for both, independent", 600, 0.0, draw_rates(0.70, 0.70, 0.0)),
    Scenario("0/1, .70 for both, independent", 50, 0.0, draw_rates(0.70, 0.70, 0.0)),
    Scenario("marks, a tenth of them one lower", 600, -0.1, draw_marks(0.1)),
    Scenario("marks, equal", 600, 0.0, draw_marks(0.0)),
    Scenario("skewed amounts, equal", 50, 0.0, draw_amounts),
)


def judge_by_median(row: MetricRow) -> str:
    """Return the word that the interval of the median difference gives."""
    interval = row.median_interval
    if interval is None:
        return "-"
    if interval.lower > 0:
        return "better"
    if interval.upper < 0:
        return "worse"
    return "no change" if interval.lower == interval.upper == 0 else "unclear"


def simulate(scenario: Scenario, *, runs: int, seed: int) -> tuple[Counter[str], Counter[str], int]:
    """Return how often each word is said, now and before, and how often the interval misses."""
    chance = random.Random(f"{seed} {scenario.name} {scenario.n}")
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    missed = 0
    for _ in range(runs):
        pairs = tuple(scenario.draw(chance) for _ in range(scenario.n))
        row = build_metric_row(MetricEvidence(name="simulated", pairs=pairs))
        now[format_metric(row)[-1]] += 1
        before[judge_by_median(row)] += 1
        interval = row.mean_interval
        missed += interval is None or not interval.lower <= scenario.difference <= interval.upper
    return now, before, missed


def print_metrics(runs: int, seed: int) -> None:
    """Print a line per scenario."""
    words = " / ".join(WORDS)
    print(f"\nWhat is said of a metric, {runs} runs each: % {words}\n")
    print(f"{'':34}{'n':>4}{'now':>28}{'before':>28}{'95 % interval misses':>23}")
    for scenario in SCENARIOS:
        now, before, missed = simulate(scenario, runs=runs, seed=seed)
        said = "".join(
            f"{' / '.join(f'{100 * seen[word] / runs:.1f}' for word in WORDS):>28}"
            for seen in (now, before)
        )
        print(f"{scenario.name:34}{scenario.n:4}{said}{100 * missed / runs:23.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="runs per figure")
    parser.add_argument("--seed", type=int, default=1, help="seed of all samples")
    options = parser.parse_args()
    print_metrics(options.runs, options.seed)


if __name__ == "__main__":
    main()
