"""Relations of what answers at random: a violation counts beyond what repeats of one input give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.measurements import Noise
from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.runner.anew import calling_again
from pytest_metamorphic_guard.runner.answering import find_raised
from pytest_metamorphic_guard.runner.asking_checks import ask
from pytest_metamorphic_guard.runner.bounded_results import Kept
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.case_results import Execution, Fault
from pytest_metamorphic_guard.runner.cases import duplicate
from pytest_metamorphic_guard.runner.violations import Violation
from pytest_metamorphic_guard.statistics.means import find_mean_interval
from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.case_results import CaseResult
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["SelfNoise", "judge_noise"]

_CONFIDENCE = 0.99
_NONE = object()
_FEWEST = 2


def judge_noise(pairs: Sequence[tuple[float, float]], role: str = "candidate") -> Noise:
    """Judge by the interval of the mean difference.

    Args:
        pairs: Of each input the share of its repeats that violate among themselves, and the share
            of pairs of source and follow-up that violate.
        role: Whose they are.
    """
    interval = find_mean_interval(pairs, confidence=_CONFIDENCE)
    repeats, violated = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
    return Noise(
        role=role,
        violated=violated,
        repeats=repeats,
        lower=None if interval is None else interval.lower,
        upper=None if interval is None else interval.upper,
        confidence=_CONFIDENCE,
    )


@dataclass(slots=True)
class SelfNoise:
    """Repeats the calls of every input, and tells at the end whether violations are beyond noise.

    Attributes:
        run: The item's run.
        is_active: Whether the entry is weighed at all: a replay runs what it was given.
        judged: One record per role, once the sample is settled.
    """

    run: Run
    is_active: bool
    judged: tuple[Noise, ...] = ()
    _pairs: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    _seen: list[tuple[int, Violation]] = field(default_factory=list)
    _kept: Kept = field(default_factory=Kept)

    def take(
        self, case: Case, candidate: CaseResult, baseline: CaseResult | None, position: int
    ) -> tuple[CaseResult, CaseResult | None]:
        """Repeat the calls of a case; return its results as they count until `settle`.

        Args:
            case: The input.
            candidate: What the candidate did with it.
            baseline: What the baseline did.
            position: Number of the case among those that ran.
        """
        if not self.is_active or case.excused:
            return candidate, baseline
        results = {r.role: r for r in (candidate, baseline) if r is not None}
        for caller in self.run.order_callers(case):
            result = results[caller.role]
            # A call that fails is no matter of noise.
            if not _is_failed(result):
                results[caller.role], share, noise = self._weigh(caller, case, result)
                self._pairs.setdefault(caller.role, []).append((noise, share))
        if not all(result.held for result in results.values()):
            found = Violation(
                case=case,
                candidate=results["candidate"],
                baseline=results.get("baseline"),
                case_number=position + 1,
            )
            self._seen.append(
                (position, self._kept.limit_violation(found) if self._seen else found)
            )
        excused = {role: _excuse(result) for role, result in results.items()}
        return excused["candidate"], excused.get("baseline")

    def settle(self, revise: Callable[[int, Violation | None, bool | None], None]) -> None:
        """Tell of the whole sample whether violations are beyond noise.

        Args:
            revise: Called with the position of each case that is no longer as `take` had it, with
                its violation, and whether the baseline holds.

        Raises:
            Unusable: The sample is too small to tell, or only a part of it.
        """
        if not self.is_active or not self._pairs.get("candidate"):
            return
        if self.run.settings.shard is not None:
            raise Unusable(self.run.broken("repeats= needs the whole sample, and no --mg-shard"))
        if len(self._pairs["candidate"]) < _FEWEST:
            raise Unusable(self.run.broken("repeats= needs two inputs or more to tell noise"))
        roles = ("candidate", "baseline")
        known = [(role, self._pairs[role]) for role in roles if role in self._pairs]
        self.judged = tuple(judge_noise(pairs, role) for role, pairs in known)
        judged = {one.role: one for one in self.judged}
        said = str(judged["candidate"])
        if judged["candidate"].is_beyond:
            self.run.missed_rate = said
        elif any(not seen.candidate.held for _, seen in self._seen):
            self.run.noise = f"no more violations than noise: {said}"
        for position, seen in self._seen:
            found, before = (
                result if result is None or _is_beyond(judged, result.role) else _excuse(result)
                for result in (seen.candidate, seen.baseline)
            )
            assert found is not None  # a violation has a candidate
            violation = None
            if not found.held and not _is_failed(found):
                violation = seen._replace(candidate=found, baseline=before)
            revise(position, violation, None if before is None else before.held)

    def _weigh(
        self, caller: Caller, case: Case, result: CaseResult
    ) -> tuple[CaseResult, float, float]:
        """Return the result, and the shares of violations: of the relation, and of repeats."""
        relation = self.run.entry.subject
        assert isinstance(relation, MetamorphicRelation)  # it is active
        sources = [*result.sources]
        columns = [[followup] for followup in result.followups]
        with calling_again([caller]):
            for _ in range(relation.repeats - 1):
                sources.append(self._call(caller, "source", case.copy()[0]))
                for column in columns:
                    args = duplicate(column[0].args)
                    column.append(self._call(caller, "followup", args))
        if relation.expectation.takes_repeats:
            half = len(sources) // 2
            violated = [self._refuses(sources, column) for column in columns]
            noise = [self._refuses(sources[:half], sources[half:])]
            # One output alone says nothing.
            fault = Fault("expectation", "", followup=1) if any(violated) else None
            result = result._replace(fault=fault)
        else:
            asked = [pair for c in columns for pair in zip(sources, c, strict=True)]
            violated = [self._refuses([first], [second]) for first, second in asked]
            ring = zip(sources, [*sources[1:], sources[0]], strict=True)
            noise = [self._refuses([first], [second]) for first, second in ring]
        return result, sum(violated) / len(violated), sum(noise) / len(noise)

    def _call(self, caller: Caller, kind: str, args: tuple[Any, ...]) -> Execution:
        caller.kind = kind
        outcome = caller.call(args)
        return Execution(args, outcome, find_raised(outcome, caller.answers))

    def _refuses(self, sources: list[Execution], followups: list[Execution]) -> bool:
        relation = self.run.entry.subject
        assert isinstance(relation, MetamorphicRelation)  # it is active
        values = [[_read(one) for one in side] for side in (sources, followups)]
        if any(value is _NONE for side in values for value in side):
            return True  # a repeat that failed
        pair = values if relation.expectation.takes_repeats else [side[0] for side in values]
        inputs = (sources[0].args, followups[0].args) if relation.expectation.takes_inputs else ()
        given = (self.run.task.equivalence, *duplicate((*pair, *inputs)))
        fault, strange = ask("expectation", relation.expectation.ask, given)
        if strange:
            raise Unusable(self.run.broken(f"expect of {self.run.entry.name!r} {strange}"))
        return fault is not None


def _is_beyond(judged: Mapping[str, Noise], role: str) -> bool:
    return role in judged and judged[role].is_beyond


def _read(execution: Execution) -> Any:
    if execution.raised is not None:
        return execution.raised
    return execution.outcome.value if isinstance(execution.outcome, Returned) else _NONE


def _is_failed(result: CaseResult) -> bool:
    return result.fault is not None and result.fault.kind == "execution"


def _excuse(result: CaseResult) -> CaseResult:
    return result if _is_failed(result) else result._replace(fault=None)
