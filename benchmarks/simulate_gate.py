"""How often the gate adopts, rejects or stays inconclusive, for candidates whose truth is known.

Every figure goes through `decide`, as a run does. The same seed prints the same tables.

    python benchmarks/simulate_gate.py --runs 1000 --seed 1
"""

from __future__ import annotations

import argparse
import functools
import math
import random
from collections import Counter
from dataclasses import dataclass

from pytest_metamorphic_guard.gate.decision import Conclusion, decide
from pytest_metamorphic_guard.gate.evidence import (
    CheckResult,
    Evidence,
    InputResult,
    RelationEvidence,
    TaskEvidence,
)
from pytest_metamorphic_guard.gate.looking import is_above
from pytest_metamorphic_guard.gate.policies import NonInferior, Strict, Superior
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.statistics.effective import find_p_loss
from pytest_metamorphic_guard.statistics.paired import PairedCounts, tango_interval


@dataclass(frozen=True, slots=True)
class Truth:
    """How two implementations really behave.

    Attributes:
        baseline: Pass rate of the baseline.
        difference: Candidate's pass rate minus the baseline's.
        overlap: 1 if they fail on the same inputs, as far as their rates allow; 0 if independently.
    """

    baseline: float
    difference: float
    overlap: float


TRUTHS = (
    Truth(1.00, 0.00, 1),
    Truth(0.95, 0.00, 1),
    Truth(0.95, 0.00, 0),
    Truth(1.00, -0.02, 1),
    Truth(0.95, -0.02, 1),
    Truth(0.95, -0.02, 0),
    Truth(1.00, -0.05, 1),
    Truth(0.95, -0.05, 1),
    Truth(0.95, -0.05, 0),
    Truth(0.98, 0.02, 1),
    Truth(0.90, 0.05, 1),
    Truth(0.90, 0.05, 0),
    Truth(0.95, 0.05, 1),
)
POLICIES = {
    "strict": Rules(policy=Strict()),
    "noninf .02": Rules(policy=NonInferior(0.02)),
    "noninf .05": Rules(policy=NonInferior(0.05)),
    "superior .02": Rules(policy=Superior(0.02)),
    "early .02": Rules(policy=NonInferior(0.02), early_stop=True),
    "early .05": Rules(policy=NonInferior(0.05), early_stop=True),
}


def simulate(truth: Truth, inputs: int, rules: Rules, *, runs: int, seed: int) -> Counter[str]:
    """Return how often each outcome was reached; ``"inputs"`` counts the inputs that were used."""
    chance = random.Random(f"{seed} {truth} {inputs}")  # the same samples for every policy
    outcomes: Counter[str] = Counter()
    for _ in range(runs):
        sample = tuple(draw_pair(truth, chance) for _ in range(inputs))
        if not rules.early_stop:
            # Without early stopping the order says nothing, so equal counts decide alike.
            sample = tuple(sorted(sample))
        outcome, used = conclude(sample, rules)
        outcomes[outcome] += 1
        outcomes["inputs"] += used
    return outcomes


@functools.lru_cache(maxsize=1_000)
def simulate_policy(
    truth: Truth, inputs: int, policy: str, *, runs: int, seed: int
) -> tuple[float, float, float]:
    """Return how often a policy adopts and rejects, in %, and the mean number of inputs used."""
    outcomes = simulate(truth, inputs, POLICIES[policy], runs=runs, seed=seed)
    return (
        100 * outcomes[Conclusion.ADOPT] / runs,
        100 * outcomes[Conclusion.REJECT] / runs,
        outcomes["inputs"] / runs,
    )


def draw_pair(truth: Truth, chance: random.Random) -> tuple[bool, bool]:
    """Return whether one input holds for the baseline and for the candidate."""
    first = chance.random()
    second = first if chance.random() < truth.overlap else chance.random()
    return first < truth.baseline, second < truth.baseline + truth.difference


def conclude(sample: tuple[tuple[bool, bool], ...], rules: Rules) -> tuple[Conclusion, int]:
    return _decide_once(sample, id(rules)) if rules.early_stop else _remember(sample, id(rules))


def _decide_once(sample: tuple[tuple[bool, bool], ...], key: int) -> tuple[Conclusion, int]:
    rules = next(entry for entry in POLICIES.values() if id(entry) == key)
    task = decide(Evidence(candidate="new", tasks=(make_task([sample]),)), rules).tasks[0]
    return task.outcome, task.stopped or len(sample)


_remember = functools.lru_cache(maxsize=100_000)(_decide_once)


def make_task(relations: list[tuple[tuple[bool, bool], ...]]) -> TaskEvidence:
    """Make a task of which every relation has one result per input and role."""
    names = [f"relation {number}" for number in range(len(relations))]
    return TaskEvidence(
        task="simulated",
        baseline="old",
        planned=len(relations[0]),
        relations=tuple(RelationEvidence(name=name) for name in names),
        results=tuple(
            InputResult(
                index,
                tuple(
                    CheckResult(name, candidate=candidate, baseline=baseline, confirmed=True)
                    for name, (baseline, candidate) in zip(names, cells, strict=True)
                ),
            )
            for index, cells in enumerate(zip(*relations, strict=True))
        ),
    )


def simulate_relations(
    truth: Truth, inputs: int, number: int, *, runs: int, seed: int
) -> tuple[float, float]:
    """Return how often any of ``number`` relations is called worse: with Holm, and without."""
    chance = random.Random(f"{seed} {truth} {inputs} {number}")
    corrected = uncorrected = 0
    for _ in range(runs):
        drawn = [tuple(draw_pair(truth, chance) for _ in range(inputs)) for _ in range(number)]
        decision = decide(Evidence(candidate="new", tasks=(make_task(drawn),)), NonInferior())
        rows = decision.tasks[0].relations
        corrected += any(row.verdict == "worse" for row in rows)
        uncorrected += any(row.p_worse is not None and row.p_worse <= 0.05 for row in rows)
    return corrected / runs, uncorrected / runs


def print_outcomes(inputs: int, runs: int, seed: int) -> None:
    fewer = count_early(runs)
    print(f"\nn = {inputs}, {runs} runs each, {fewer} where stopped early:")
    print("% adopted / % rejected (the rest is inconclusive)\n")
    print("baseline  delta overlap" + "".join(f"{name:>14}" for name in POLICIES))
    for truth in TRUTHS:
        line = f"{truth.baseline:8.2f} {truth.difference:+6.2f} {truth.overlap:7g}"
        for name, rules in POLICIES.items():
            adopted, rejected, _ = simulate_policy(
                truth, inputs, name, runs=fewer if rules.early_stop else runs, seed=seed
            )
            line += f"{adopted:8.1f}/{rejected:5.1f}"
        print(line, flush=True)


def count_early(runs: int) -> int:
    """Return the number of runs where one run takes longer, as its order counts."""
    return max(1, runs // 4)


def print_early_stops(runs: int, seed: int) -> None:
    print(f"\nInputs used of 400 by early stopping (mean), {count_early(runs)} runs each\n")
    names = [name for name, rules in POLICIES.items() if rules.early_stop]
    print("baseline  delta overlap" + "".join(f"{name:>14}" for name in names))
    for truth in TRUTHS:
        line = f"{truth.baseline:8.2f} {truth.difference:+6.2f} {truth.overlap:7g}"
        for name in names:
            used = simulate_policy(truth, 400, name, runs=count_early(runs), seed=seed)[2]
            line += f"{used:14.0f}"
        print(line, flush=True)


def print_families(runs: int, seed: int) -> None:
    print(f"\n20 relations, 200 inputs, equal roles, {runs} runs: % with a relation called worse\n")
    print("baseline overlap   Holm  uncorrected")
    for truth in (Truth(0.95, 0.0, 0), Truth(0.9, 0.0, 0), Truth(0.9, 0.0, 0.8)):
        corrected, uncorrected = simulate_relations(truth, 200, 20, runs=runs, seed=seed)
        figures = f"{100 * corrected:7.1f} {100 * uncorrected:12.1f}"
        print(f"{truth.baseline:8.2f} {truth.overlap:7g}{figures}", flush=True)


def find_exact_errors(truth: Truth, inputs: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """Return how often a policy with the true difference for its threshold adopts, and rejects.

    Both are errors, and computed without sampling: neither should be above ``alpha`` by much.
    """
    policy: NonInferior | Superior
    if truth.difference < 0.0:
        policy = NonInferior(-truth.difference, alpha)
    else:
        policy = Superior(truth.difference, alpha)
    one_fails = 1.0 - truth.baseline
    other_fails = one_fails - truth.difference
    both = truth.overlap * min(one_fails, other_fails) + (1 - truth.overlap) * (
        one_fails * other_fails
    )
    improved, regressed = one_fails - both, other_fails - both
    above = below = 0.0
    for gains in range(inputs + 1):
        for losses in range(inputs - gains + 1):
            rest = inputs - gains - losses
            chance = multinomial(
                (gains, losses, rest), (improved, regressed, 1 - improved - regressed)
            )
            if chance < 1e-10:
                continue
            counts = PairedCounts(improvements=gains, regressions=losses, both_pass=rest)
            interval = tango_interval(counts, confidence=1 - 2 * alpha)
            above += chance * is_above(counts, policy, interval, alpha)
            if interval.upper < truth.difference:
                below += chance * (find_p_loss(counts, truth.difference) <= alpha)
    return above, below


def multinomial(counts: tuple[int, ...], rates: tuple[float, ...]) -> float:
    logarithm = math.lgamma(sum(counts) + 1)
    for count, rate in zip(counts, rates, strict=True):
        if count and rate < 1e-12:
            return 0.0
        logarithm += count * math.log(rate) - math.lgamma(count + 1) if count else 0.0
    return math.exp(logarithm)


def print_exact_errors() -> None:
    print("\nExactly at the threshold, computed exactly: % adopted / % rejected\n")
    print("baseline  delta overlap" + "".join(f"{f'n = {n}':>14}" for n in (100, 400)))
    for truth in TRUTHS:
        if truth.baseline == 1.0 or not truth.difference:
            continue
        line = f"{truth.baseline:8.2f} {truth.difference:+6.2f} {truth.overlap:7g}"
        for inputs in (100, 400):
            above, below = find_exact_errors(truth, inputs)
            line += f"{100 * above:8.1f}/{100 * below:5.1f}"
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="runs per figure")
    parser.add_argument("--seed", type=int, default=1, help="seed of all samples")
    options = parser.parse_args()
    for inputs in (100, 400):
        print_outcomes(inputs, options.runs, options.seed)
    print_early_stops(options.runs, options.seed)
    print_families(count_early(options.runs), options.seed)
    print_exact_errors()
    # Files of their own beside this one, found because this one is run as a script.
    from exact_errors import print_worst_errors  # type: ignore[import-not-found]
    from simulate_clusters import print_clusters  # type: ignore[import-not-found]
    from simulate_metrics import print_metrics  # type: ignore[import-not-found]

    print_worst_errors()
    print_clusters(options.runs, options.seed)
    print_metrics(options.runs, options.seed)


if __name__ == "__main__":
    main()
