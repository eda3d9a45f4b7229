"""Several candidates against one baseline: each decided, all ranked, one named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.decision import Conclusion, Decision, decide
from pytest_metamorphic_guard.gate.phrases import count
from pytest_metamorphic_guard.gate.plain import from_plain, to_plain
from pytest_metamorphic_guard.gate.ties import find_breakers, list_standings, to_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pytest_metamorphic_guard.gate.evidence import Evidence
    from pytest_metamorphic_guard.gate.policies import Policy
    from pytest_metamorphic_guard.gate.rules import Rules

__all__ = ["Ranking", "rank"]

_ORDER = (Conclusion.ADOPT, Conclusion.INCONCLUSIVE, Conclusion.REJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The candidates of one run, best first.

    Attributes:
        decisions: One per candidate.
        adopt: Name of the candidate to adopt, or None.
        reason: One sentence.
    """

    decisions: tuple[Decision, ...]
    adopt: str | None
    reason: str

    @property
    def outcome(self) -> Conclusion:
        """What the run says: the best candidate's outcome; inconclusive without candidates."""
        return self.decisions[0].outcome if self.decisions else Conclusion.INCONCLUSIVE

    def to_dict(self) -> dict[str, Any]:
        """Return the ranking as plain JSON data."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ranking:
        """Return the ranking that `to_dict` wrote.

        Raises:
            ValueError: The data is no ranking; the message has the path of the fault.
        """
        return from_plain(cls, data)


def rank(evidence: Sequence[Evidence], rules: Rules | Policy | None = None) -> Ranking:
    """Decide about every candidate and rank them.

    Every alpha is divided by the number of candidates, so that the chance of adopting any
    candidate falsely stays what one candidate alone would have. The order among candidates with
    the same outcome follows what was observed, ties among them what they need; it is no test of one
    against another.
    """
    decisions = [decide(one, rules, comparisons=len(evidence)) for one in evidence]
    standings = list_standings(decisions, evidence)
    pairs = sorted(
        zip(decisions, standings, strict=True), key=lambda pair: (_place(pair[0]), to_key(pair[1]))
    )
    ranked = tuple(decision for decision, _ in pairs)
    adopted = [decision.candidate for decision in ranked if decision.adopt]
    breakers = find_breakers((_place(one), standing) for one, standing in pairs if one.adopt)
    return Ranking(
        decisions=ranked,
        adopt=adopted[0] if adopted else None,
        reason=_explain(ranked, adopted, breakers),
    )


def _place(decision: Decision) -> tuple[int, int, float, float]:
    """Sort by outcome, then alerts, then the mean difference to the baseline, then pass rate."""
    warnings = sum(alert.severity != "info" for alert in decision.alerts)
    differences = [task.pairs.difference for task in decision.tasks if task.pairs is not None]
    rates = [task.passed / task.ran for task in decision.tasks if task.ran]
    return (_ORDER.index(decision.outcome), warnings, -_average(differences), -_average(rates))


def _average(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _explain(ranked: tuple[Decision, ...], adopted: list[str], breakers: list[str]) -> str:
    if not ranked:
        return "no candidate was run"
    if len(ranked) == 1:
        return ranked[0].reason
    if adopted:
        share = f"{len(adopted)} of {count(len(ranked), 'candidate')} may be adopted"
        if breakers:
            share += f", ties broken by {' and '.join(breakers)}"
        return f"{adopted[0]} ({share}): {ranked[0].reason}"
    return f"none of {count(len(ranked), 'candidate')} may be adopted; {ranked[0].candidate}: " + (
        ranked[0].reason
    )
