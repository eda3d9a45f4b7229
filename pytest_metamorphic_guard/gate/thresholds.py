"""Pass rates against a minimum, for systems that are right only most of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.findings import Conclusion, Finding
from pytest_metamorphic_guard.gate.phrases import count, percent
from pytest_metamorphic_guard.statistics.binomial import lower_tail, upper_tail

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import RelationEvidence, TaskEvidence
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.gate.tally import TaskTally

__all__ = [
    "find_relation_minimum",
    "find_task_minimum",
    "find_tolerated",
    "judge_pass_rate",
    "judge_rates",
]

_MOST_TRIALS = 1_000_000


def judge_pass_rate(
    subject: str, passed: int, trials: int, minimum: float, *, alpha: float = 0.05
) -> Finding:
    """Judge one rate: adopt if it is shown to reach the minimum, reject if shown not to.

    A minimum of 1 asks for no violation at all, which no sample can show; there the sample decides.

    Args:
        subject: What passed, for the sentence: ``"reordered"`` or ``"all relations"``.
        passed: Inputs on which it held.
        trials: Inputs on which it was checked.
        minimum: The pass rate asked for.
        alpha: The error rate of each side.
    """
    seen = f"{subject} held on {passed} of {count(trials, 'input')}"
    wanted = f"min_pass_rate {percent(minimum)}"
    if trials == 0:
        return Finding(
            Conclusion.INCONCLUSIVE, f"{subject} never applied, {wanted}", "draw other inputs"
        )
    if minimum in (0.0, 1.0):
        reached = passed >= minimum * trials
    elif _is_reached(passed, trials, minimum, alpha):
        reached = True
    elif _is_missed(passed, trials, minimum, alpha):
        reached = False
    else:
        return Finding(
            Conclusion.INCONCLUSIVE,
            f"{seen}, which neither shows nor refutes {wanted}",
            _say_how_many(passed, trials, minimum, alpha),
        )
    if reached:
        return Finding(Conclusion.ADOPT, f"{seen}: {wanted} is reached")
    return Finding(Conclusion.REJECT, f"{seen}: {wanted} is missed")


def judge_rates(
    evidence: TaskEvidence, tally: TaskTally, policy: Policy, rules: Rules
) -> list[Finding]:
    """Judge a task and its relations by the thresholds that hold for them."""
    rates = [("all relations", find_task_minimum(evidence, rules), tally.passed, tally.ran)]
    rates += [
        (
            relation.name,
            find_relation_minimum(evidence, relation, rules),
            counted.candidate_passed,
            counted.candidate_ran,
        )
        for relation, counted in zip(evidence.relations, tally.relations, strict=True)
    ]
    return [
        judge_pass_rate(subject, passed, ran, minimum, alpha=policy.alpha)
        for subject, minimum, passed, ran in rates
        if minimum is not None and ran
    ]


def find_task_minimum(evidence: TaskEvidence, rules: Rules) -> float | None:
    """Return the pass rate asked of a task: the rules' before its own."""
    minimum = rules.find_min_pass_rate(evidence.task)
    return evidence.min_pass_rate if minimum is None else minimum


def find_relation_minimum(
    evidence: TaskEvidence, relation: RelationEvidence, rules: Rules
) -> float | None:
    """Return the pass rate asked of a relation: the rules' before its own."""
    minimum = rules.find_relation_rate(evidence.task, relation.name)
    return relation.min_pass_rate if minimum is None else minimum


def find_tolerated(evidence: TaskEvidence, rules: Rules) -> frozenset[str]:
    """Return the relations that may be violated because their rate is judged instead.

    A threshold replaces "no violation", which is asked where there is no baseline to compare with;
    beside a baseline it is asked in addition, and nothing is tolerated.
    """
    if evidence.baseline is not None:
        return frozenset()
    whole = find_task_minimum(evidence, rules) is not None
    return frozenset(
        relation.name
        for relation in evidence.relations
        if whole or find_relation_minimum(evidence, relation, rules) is not None
    )


def _is_reached(passed: int, trials: int, minimum: float, alpha: float) -> bool:
    # The same as comparing the exact lower bound with the minimum, without solving for the bound.
    return upper_tail(passed, trials, minimum) <= alpha


def _is_missed(passed: int, trials: int, minimum: float, alpha: float) -> bool:
    return lower_tail(passed, trials, minimum) <= alpha


def _say_how_many(passed: int, trials: int, minimum: float, alpha: float) -> str:
    rate = passed / trials

    def is_settled(number: int) -> bool:
        expected = round(rate * number)
        return _is_reached(expected, number, minimum, alpha) or _is_missed(
            expected, number, minimum, alpha
        )

    enough = trials
    while not is_settled(enough):
        enough *= 2
        if enough > _MOST_TRIALS:
            return (
                f"the rate seen lies on the minimum; ask for a little less than {percent(minimum)}"
            )
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if is_settled(middle):
            enough = middle
        else:
            too_few = middle
    return f"run at least {enough} inputs for a minimum of {percent(minimum)}"
