"""How often the gate errs where results are not independent, or where many things may reject.

Printed by ``simulate_gate.py``, and alone by

    python benchmarks/simulate_clusters.py --runs 400 --seed 1

Every candidate here is exactly as good as it must be at least: it loses the whole margin, or has
the minimum. Whatever is adopted or rejected is an error, and 5 % of the runs may have it. Where a
loss hides in a gain only a rejection is one. "before" is the rule that went before, on the same
runs: every case counted as if it were independent, each relation and each task was judged as if it
were the only one, and a run that had decided nothing went on with more inputs.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.decision import Conclusion, Decision, decide
from pytest_metamorphic_guard.gate.evidence import (
    CheckResult,
    Evidence,
    InputResult,
    RelationEvidence,
    TaskEvidence,
)
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.statistics.paired import inputs_to_clear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARGIN = 0.05
RULES = Rules(policy=NonInferior(MARGIN))
MINIMUM = 0.9
MOST_INPUTS = 5_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which results are made.

    Attributes:
        name: What it is, in a few words.
        make: Makes the tasks of one run.
        rules: What they are judged by.
        before: Judges the same tasks by the rule that went before, where there was another.
    """

    name: str
    make: Callable[[random.Random], list[TaskEvidence]]
    rules: Rules = RULES
    before: Callable[[list[TaskEvidence], Rules], Conclusion] | None = None


def judge(tasks: Sequence[TaskEvidence], rules: Rules) -> Conclusion:
    """Decide as a run does."""
    return decide(Evidence(candidate="new", tasks=tuple(tasks)), rules).outcome


def judge_as_independent(tasks: Sequence[TaskEvidence], rules: Rules) -> Conclusion:
    """Decide as if every case were about inputs of its own."""
    return judge([forget_groups(task) for task in tasks], rules)


def judge_one_by_one(tasks: Sequence[TaskEvidence], rules: Rules) -> Conclusion:
    """Decide about each relation of each task alone, without a correction for their number."""
    found = {judge([part], rules) for task in tasks for part in split_relations(task)}
    for conclusion in (Conclusion.REJECT, Conclusion.INCONCLUSIVE):
        if conclusion in found:
            return conclusion
    return Conclusion.ADOPT


def judge_again_and_again(tasks: Sequence[TaskEvidence], rules: Rules) -> Conclusion:
    """Decide with 100 inputs, and with 100 more as long as that is inconclusive."""
    (task,) = tasks
    for inputs in range(100, len(task.results) + 1, 100):
        results = task.results[:inputs]
        part = replace(task, results=results, planned=inputs, first_look=None)
        found = judge([part], rules)
        if found is not Conclusion.INCONCLUSIVE:
            return found
    return Conclusion.INCONCLUSIVE


def split_relations(task: TaskEvidence) -> list[TaskEvidence]:
    """Return a task for each relation."""
    return [
        replace(
            task,
            relations=(relation,),
            results=tuple(
                replace(
                    result, checks=tuple(c for c in result.checks if c.relation == relation.name)
                )
                for result in task.results
            ),
        )
        for relation in task.relations
    ]


def draw_groups(
    chance: random.Random, sizes: Sequence[int], rho: float, rate: float
) -> list[tuple[str, bool]]:
    """Draw whether something happens to every input, correlated by ``rho`` within its group."""
    found = []
    for number, size in enumerate(sizes):
        shared = chance.random() < rate
        for _ in range(size):
            copies = chance.random() < math.sqrt(rho)
            found.append((str(number), shared if copies else chance.random() < rate))
    return found


def make_task(  # noqa: PLR0913 - every fact of a task can matter
    rows: Sequence[Sequence[tuple[bool, bool]]],
    *,
    groups: Sequence[str] | None = None,
    overlap: int = 1,
    baseline: str | None = "old",
    minimum: float | None = None,
    name: str = "simulated",
) -> TaskEvidence:
    """Make a task from rows of ``(baseline, candidate)``, one per relation, one row per input."""
    names = [f"relation {number}" for number in range(len(rows[0]))]
    return TaskEvidence(
        task=name,
        baseline=baseline,
        planned=len(rows),
        relations=tuple(
            RelationEvidence(name=relation, overlap=overlap, min_pass_rate=minimum)
            for relation in names
        ),
        results=tuple(
            InputResult(
                index,
                tuple(
                    CheckResult(
                        relation, candidate=new, baseline=old if baseline else None, confirmed=True
                    )
                    for relation, (old, new) in zip(names, row, strict=True)
                ),
                None if groups is None else groups[index],
            )
            for index, row in enumerate(rows)
        ),
    )


def lose_in_groups(sizes: Sequence[int], rho: float) -> Callable[..., list[TaskEvidence]]:
    """Lose the margin, as groups of inputs do together."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        drawn = draw_groups(chance, sizes, rho, MARGIN)
        return [make_task([[(True, not lost)] for _, lost in drawn], groups=[g for g, _ in drawn])]

    return make


def miss_in_groups(sizes: Sequence[int], rho: float) -> Callable[..., list[TaskEvidence]]:
    """Hold exactly at the minimum, without a baseline."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        drawn = draw_groups(chance, sizes, rho, MINIMUM)
        rows = [[(True, held)] for _, held in drawn]
        return [make_task(rows, groups=[g for g, _ in drawn], baseline=None, minimum=MINIMUM)]

    return make


def hide_in_groups(sizes: Sequence[int], rho: float) -> Callable[..., list[TaskEvidence]]:
    """Lose the margin in one relation while another gains three times as much."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        lost = draw_groups(chance, sizes, rho, MARGIN)
        won = draw_groups(chance, sizes, 0.0, 3 * MARGIN)
        rows = [
            [(True, not loses), (not wins, True)]
            for (_, loses), (_, wins) in zip(lost, won, strict=True)
        ]
        return [make_task(rows, groups=[g for g, _ in lost])]

    return make


def lose_in_one_group(chance: random.Random) -> list[TaskEvidence]:
    """Lose one of twenty groups wholly; gain five points in the others."""
    groups = [str(number) for number in range(20) for _ in range(20)]
    rows = [
        [(True, False)] if group == "0" else [(chance.random() >= MARGIN, True)] for group in groups
    ]
    return [make_task(rows, groups=groups)]


def share_inputs(sources: int) -> Callable[..., list[TaskEvidence]]:
    """Lose the margin on cases of neighbours in a list, closed to a ring."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        bad = [chance.random() < 1 - (1 - MARGIN) ** (1 / sources) for _ in range(400)]
        rows = [
            [(True, not any(bad[(i + offset) % 400] for offset in range(sources)))]
            for i in range(400)
        ]
        return [make_task(rows, overlap=sources)]

    return make


def lose_in_tasks(tasks: int) -> Callable[..., list[TaskEvidence]]:
    """Lose the margin in each of several tasks."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        return [
            make_task(
                [[(True, chance.random() >= MARGIN)] for _ in range(200)], name=f"task {number}"
            )
            for number in range(tasks)
        ]

    return make


def miss_in_relations(relations: int) -> Callable[..., list[TaskEvidence]]:
    """Hold exactly at the minimum in each of several relations, independently."""

    def make(chance: random.Random) -> list[TaskEvidence]:
        rows = [[(True, chance.random() < MINIMUM) for _ in range(relations)] for _ in range(200)]
        return [make_task(rows, baseline=None, minimum=MINIMUM)]

    return make


def extend(chance: random.Random) -> list[TaskEvidence]:
    """Lose the margin in a run of 100 inputs that may go on to 600."""
    rows = [[(chance.random() >= MARGIN, chance.random() >= 2 * MARGIN)] for _ in range(600)]
    return [replace(make_task(rows), first_look=100)]


SCENARIOS = (
    Scenario("20 groups of 5, rho 1", lose_in_groups([5] * 20, 1.0), before=judge_as_independent),
    Scenario(
        "20 groups of 20, rho .3", lose_in_groups([20] * 20, 0.3), before=judge_as_independent
    ),
    Scenario("8 groups of 50, rho .3", lose_in_groups([50] * 8, 0.3), before=judge_as_independent),
    Scenario(
        "3 groups of 130, rho .3", lose_in_groups([130] * 3, 0.3), before=judge_as_independent
    ),
    Scenario(
        "5 of 60 and 100 alone, rho .3",
        lose_in_groups([60] * 5 + [1] * 100, 0.3),
        before=judge_as_independent,
    ),
    Scenario(
        "1 of 200 and 200 alone, rho 1",
        lose_in_groups([200] + [1] * 200, 1.0),
        before=judge_as_independent,
    ),
    Scenario(
        "hidden in a gain, 20 of 20, rho .3",
        hide_in_groups([20] * 20, 0.3),
        before=judge_as_independent,
    ),
    Scenario("one group lost in a gain", lose_in_one_group, before=judge_as_independent),
    Scenario(
        "minimum, 10 groups of 20, rho 1",
        miss_in_groups([20] * 10, 1.0),
        before=judge_as_independent,
    ),
    Scenario(
        "minimum, 40 groups of 5, rho .5",
        miss_in_groups([5] * 40, 0.5),
        before=judge_as_independent,
    ),
    Scenario("minimum, 1 relation", miss_in_relations(1)),
    Scenario("minimum, 4 relations", miss_in_relations(4), before=judge_one_by_one),
    Scenario("a list, sources=2", share_inputs(2), before=judge_as_independent),
    Scenario("a list, sources=3", share_inputs(3), before=judge_as_independent),
    Scenario("1 task", lose_in_tasks(1)),
    Scenario("3 tasks", lose_in_tasks(3), before=judge_one_by_one),
    Scenario("10 tasks", lose_in_tasks(10), before=judge_one_by_one),
    Scenario("extended from 100 to 600", extend, before=judge_again_and_again),
    Scenario(
        "stopped early",
        lambda c: [replace(t, first_look=None) for t in extend(c)],
        replace(RULES, early_stop=True),
    ),
)


def simulate(
    scenario: Scenario, *, runs: int, seed: int, before: bool = False
) -> tuple[float, float, float]:
    """Return how often it was adopted, was rejected, and its interval missed the truth.

    By the rule that went ``before`` there is no interval.
    """
    chance = random.Random(f"{seed} {scenario.name}")
    adopted = rejected = missed = 0
    for _ in range(runs):
        tasks = scenario.make(chance)
        if before:
            assert scenario.before is not None
            outcome = scenario.before(tasks, scenario.rules)
        else:
            decision = decide(Evidence(candidate="new", tasks=tuple(tasks)), scenario.rules)
            outcome = decision.outcome
            missed += misses(decision)
        adopted += outcome is Conclusion.ADOPT
        rejected += outcome is Conclusion.REJECT
    return adopted / runs, rejected / runs, missed / runs


def follow_remedy(runs: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return how often the remedy of an undecided run leads to adoption, and its mean length.

    The candidate is as good as the baseline, and both fail by chance on a tenth of their inputs.
    What 100 inputs leave undecided is run afresh with as many as the remedy says; ``"before"``,
    with as many as would settle it if all further pairs were like the ones seen.
    """
    chance = random.Random(f"{seed} remedy")
    followed = dict.fromkeys(("now", "before"), (0, 0))
    undecided = 0
    for _ in range(runs):
        decision = decide(Evidence(candidate="new", tasks=(draw_equal(chance, 100),)), RULES)
        found = re.search(r"run at least (\d+)", decision.tasks[0].remedy or "")
        if decision.outcome is not Conclusion.INCONCLUSIVE or found is None:
            continue
        undecided += 1
        pairs = decision.tasks[0].pairs
        needed = {
            "now": int(found[1]),
            "before": None if pairs is None else inputs_to_clear(-MARGIN, pairs),
        }
        for rule, inputs in needed.items():
            # What lies on the threshold would never be settled; nobody runs that.
            length = min(inputs or MOST_INPUTS, MOST_INPUTS)
            adopted, total = followed[rule]
            outcome = judge([draw_equal(chance, length)], RULES)
            followed[rule] = adopted + (outcome is Conclusion.ADOPT), total + length
    return {rule: (a / undecided, n / undecided) for rule, (a, n) in followed.items()}


def draw_equal(chance: random.Random, inputs: int) -> TaskEvidence:
    """Draw a task on which both roles fail by chance on a tenth of the inputs."""
    rows = [[(chance.random() >= 0.1, chance.random() >= 0.1)] for _ in range(inputs)]
    return make_task(rows)


def misses(decision: Decision) -> bool:
    """Tell whether the first task's interval lies beside a loss of the whole margin."""
    interval = decision.tasks[0].interval
    return interval is not None and not interval.lower <= -MARGIN <= interval.upper


def forget_groups(task: TaskEvidence) -> TaskEvidence:
    """Return the task as if every input stood alone."""
    return replace(
        task,
        relations=tuple(replace(relation, overlap=1) for relation in task.relations),
        results=tuple(replace(result, group=None) for result in task.results),
    )


def print_clusters(runs: int, seed: int) -> None:
    """Print a line per scenario."""
    print(f"\nExactly at the margin or the minimum, {runs} runs each: % adopted / % rejected\n")
    print(f"{'':36}{'now':>14}{'before':>14}")
    for scenario in SCENARIOS:
        adopted, rejected, _ = simulate(scenario, runs=runs, seed=seed)
        line = f"{scenario.name:36}{100 * adopted:8.1f}/{100 * rejected:5.1f}"
        if scenario.before is not None:
            adopted, rejected, _ = simulate(scenario, runs=runs, seed=seed, before=True)
            line += f"{100 * adopted:8.1f}/{100 * rejected:5.1f}"
        print(line, flush=True)
    print(f"\nIntervals of 90 % that miss the true difference, {runs} runs each, in %\n")
    for scenario in SCENARIOS[-2:]:
        _, _, missed = simulate(scenario, runs=runs, seed=seed)
        print(f"{scenario.name:36}{100 * missed:8.1f}", flush=True)
    print("\nAn equal candidate, 100 inputs undecided, run afresh as the remedy says: % adopted\n")
    for rule, (adopted, inputs) in follow_remedy(max(1, runs // 2), seed).items():
        print(f"{rule:36}{100 * adopted:8.1f}, {inputs:.0f} inputs in the mean", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400, help="runs per figure")
    parser.add_argument("--seed", type=int, default=1, help="seed of all samples")
    options = parser.parse_args()
    print_clusters(options.runs, options.seed)


if __name__ == "__main__":
    main()
