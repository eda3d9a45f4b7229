"""Does a role answer the same input differently when it is asked again?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from pytest_metamorphic_guard.monitors.base import (
    ROLES,
    BuiltinMonitor,
    Conclusion,
    OptionCheck,
    make_alert,
    make_check,
)
from pytest_metamorphic_guard.monitors.equality import compare_outcomes, make_comparator
from pytest_metamorphic_guard.monitors.inputs import find_input
from pytest_metamorphic_guard.monitors.wording import format_rate
from pytest_metamorphic_guard.statistics.binomial import upper_bound
from pytest_metamorphic_guard.statistics.paired import PairedCounts, find_p_worse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
    from pytest_metamorphic_guard.monitors.inputs import Input

__all__ = ["FlakinessMonitor"]

METHOD = "exact one-sided McNemar test on inputs that differ between repetitions"
_EXAMPLES = 10
# Relation, case, kind, and which call of that kind or which repetition.
_Call = tuple[str | None, int, str, int]


class _Repeated:
    """What one role answered to one input so far."""

    __slots__ = ("by_hash_seed", "differs", "first", "not_compared", "times")

    def __init__(self, first: MonitorRecord) -> None:
        self.first = first
        self.times = 1
        self.differs = False
        self.by_hash_seed = False
        self.not_compared = False


class FlakinessMonitor(BuiltinMonitor):
    """Compares repetitions of the same call; warns when a role does not repeat itself.

    One difference proves it; an output that cannot be compared, such as a generator, is counted
    apart and differs from nothing. One more repetition runs under another hash seed where the
    executor can do that, which finds what depends on the order of a set. A second warning tells
    when the candidate is flaky on more inputs than the baseline. Without repetitions there is
    nothing to compare.

    Args:
        repeats: How often each sampled call is to be made.
        sample: Number of inputs to be looked at per role; 0 for all.
        rel_tol: Relative difference of numbers that counts as none.
        abs_tol: Absolute difference of numbers that counts as none.
        alpha: Probability of a false warning that the candidate is flakier.
        comparator: A function of two outputs that replaces the default comparison.
    """

    kind: ClassVar[str] = "flakiness"
    hash_seeds: ClassVar[int] = 2

    def __init__(  # noqa: PLR0913 - the options of the monitor
        self,
        *,
        repeats: int = 2,
        sample: int = 100,
        rel_tol: float = 0.0,
        abs_tol: float = 0.0,
        alpha: float = 0.01,
        comparator: Callable[[object, object], bool] | None = None,
    ) -> None:
        check = OptionCheck()
        self.repeats = check.count("repeats", repeats, least=1)
        self.sample = check.count("sample", sample)
        rel_tol = check.number("rel_tol", rel_tol, least=0)
        abs_tol = check.number("abs_tol", abs_tol, least=0)
        self.alpha = check.level("alpha", alpha)
        check.comparator("comparator", comparator)
        check.refuse()
        self._same = comparator or make_comparator(rel_tol, abs_tol)
        self._seen: dict[str, dict[_Call, _Repeated]] = {role: {} for role in ROLES}
        self._cases: dict[str, set[tuple[str | None, int]]] = {role: set() for role in ROLES}
        self._numbers: Counter[tuple[str, _Call]] = Counter()

    def record(self, record: MonitorRecord) -> None:
        """Compare one call with the first one on the same input."""
        seen = self._seen.get(record.role)
        if seen is None:
            return
        made = (record.relation, record.case_index, record.kind, record.repeat)
        cases = self._cases[record.role]
        if self.sample and len(cases) >= self.sample and made[:2] not in cases:
            return
        cases.add(made[:2])
        # A case may make several calls of one kind; the n-th is repeated as the n-th.
        self._numbers[record.role, made] += 1
        key = (*made[:3], self._numbers[record.role, made])
        known = seen.get(key)
        if known is None:
            seen[key] = _Repeated(record)
            return
        known.times += 1
        if not known.differs:
            same = compare_outcomes(known.first, record, self._same)
            known.differs = same is False
            # It comes last, so until then it repeated itself.
            known.by_hash_seed = known.differs and record.hash_seed is not None
            known.not_compared = known.not_compared or same is None

    def conclude(self) -> Conclusion:
        """Return on how many inputs each role differs from itself, and alerts."""
        checked = {role: self._find_checked(role) for role in ROLES}
        roles = {
            role: _summarise(
                flags, self._count_not_compared(role), len(self._find_by_hash_seed(role))
            )
            for role, flags in checked.items()
        }
        alerts = [
            _make_nondeterminism(role, checked[role], len(self._find_by_hash_seed(role)))
            for role in ROLES
            if any(checked[role].values())
        ]
        both = self._compare(checked)
        p_value = find_p_worse(both)
        if both.total and p_value <= self.alpha:
            alerts.append(self._make_flakier(both, p_value))
        return Conclusion(
            summary=roles,
            line=_describe(roles),
            alerts=tuple(alerts),
            checks=(make_check("flakiness_increase", p_value, both.total, METHOD),)
            if both.total
            else (),
            no_data=None if checked["candidate"] else _say_unchecked(roles["candidate"]),
        )

    def _find_checked(self, role: str) -> dict[_Call, bool]:
        return {
            key: seen.differs
            for key, seen in self._seen[role].items()
            if seen.times > 1 and (seen.differs or not seen.not_compared)
        }

    def _find_by_hash_seed(self, role: str) -> list[_Call]:
        return [key for key, seen in self._seen[role].items() if seen.by_hash_seed]

    def _count_not_compared(self, role: str) -> int:
        seen = self._seen[role].values()
        return sum(1 for call in seen if call.not_compared and not call.differs)

    def _compare(self, checked: dict[str, dict[_Call, bool]]) -> PairedCounts:
        """Count inputs: one is flaky where any of its calls is, in whatever relation."""
        inputs: dict[Input, tuple[bool, bool]] = {}
        for key in checked["baseline"].keys() & checked["candidate"].keys():
            made = self._seen["candidate"][key].first
            known = find_input(made.task, made.relation, made.case_index)
            before, after = inputs.get(known, (False, False))
            inputs[known] = (before or checked["baseline"][key], after or checked["candidate"][key])
        return _count(inputs.values())

    def _make_flakier(self, both: PairedCounts, p_value: float) -> dict[str, Any]:
        return make_alert(
            "flakiness_increase",
            "warning",
            f"candidate differs from itself on {both.regressions} inputs on which the baseline "
            f"repeats itself, the reverse holds for {both.improvements} (n={both.total})",
            n=both.total,
            method=METHOD,
            p_value=p_value,
            alpha=self.alpha,
        )


def _count(inputs: Iterable[tuple[bool, bool]]) -> PairedCounts:
    cells = Counter(inputs)
    return PairedCounts(
        both_pass=cells[False, False],
        regressions=cells[False, True],
        improvements=cells[True, False],
        both_fail=cells[True, True],
    )


def _make_nondeterminism(
    role: str, checked: dict[_Call, bool], by_hash_seed: int
) -> dict[str, Any]:
    flaky = [key for key, differs in checked.items() if differs]
    examples = [
        {"relation": relation, "case_index": case_index, "kind": kind}
        for relation, case_index, kind, _ in flaky
    ]
    return make_alert(
        "nondeterminism",
        # A baseline that is not deterministic is worth knowing and nobody's fault today.
        "warning" if role == "candidate" else "info",
        f"{role} answers {len(flaky)} of {len(checked)} repeated inputs differently when asked "
        f"again{_name_hash_seed(by_hash_seed, len(flaky))}",
        n=len(checked),
        method="comparison of repetitions",
        role=role,
        inputs_checked=len(checked),
        inputs_flaky=len(flaky),
        inputs_flaky_by_hash_seed=by_hash_seed,
        examples=examples[:_EXAMPLES],
    )


def _name_hash_seed(by_hash_seed: int, flaky: int) -> str:
    if not by_hash_seed:
        return ""
    if by_hash_seed == flaky:
        return " under another hash seed"
    return f", {by_hash_seed} of them only under another hash seed"


def _say_unchecked(block: dict[str, Any]) -> str:
    if block["inputs_not_compared"]:
        return "no repeated output could be compared: they hold objects that do not travel"
    return "no call of the candidate was repeated"


def _summarise(checked: dict[_Call, bool], not_compared: int, by_hash_seed: int) -> dict[str, Any]:
    flaky = sum(checked.values())
    return {
        "inputs_checked": len(checked),
        "inputs_flaky": flaky,
        "inputs_flaky_by_hash_seed": by_hash_seed,
        "inputs_not_compared": not_compared,
        "rate": flaky / len(checked) if checked else None,
        "rate_upper": upper_bound(flaky, len(checked)) if checked else None,
    }


def _describe(roles: dict[str, dict[str, Any]]) -> str:
    seen = [
        f"{role} {block['inputs_flaky']}"
        for role, block in roles.items()
        if block["inputs_checked"]
    ]
    candidate = roles["candidate"]
    if not candidate["inputs_checked"]:
        return _say_unchecked(candidate)
    bound = f"below {format_rate(candidate['rate_upper'])} at 95 %"
    said = f"flaky inputs: {', '.join(seen)} of {candidate['inputs_checked']} ({bound})"
    apart = candidate["inputs_not_compared"]
    # Ahead of the rest, since a long line loses its end.
    return f"{apart} not comparable; {said}" if apart else said
