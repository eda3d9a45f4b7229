"""Statements about the distribution of outputs that are drawn at random."""

from __future__ import annotations

import importlib.util
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations.condition import Expectation
from pytest_metamorphic_guard.values.standins import freeze

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["same_distribution"]


def same_distribution(*, alpha: float = 0.01) -> Expectation:
    """Expect repeats of the source and of the follow-up to come from one distribution.

    For a relation with ``repeats=``. Numbers are compared by the test of Kolmogorov and Smirnov,
    everything else by how often each value occurs, with the chi-squared test.

    Args:
        alpha: How often two samples of one distribution may be told apart, per input.

    Raises:
        TaskError: scipy is not installed, or ``alpha`` is no probability.
    """
    faults = []
    if not (isinstance(alpha, int | float) and 0 < alpha < 1):
        faults.append(f"same_distribution(alpha={alpha!r}): expected a number between 0 and 1")
    if importlib.util.find_spec("scipy") is None:
        extra = "pip install 'pytest-metamorphic-guard[distributions]'"
        faults.append(f"same_distribution() needs scipy: {extra}")
    if faults:
        raise TaskError(None, faults, None)

    def check(_same: object, sources: Sequence[Any], followups: Sequence[Any]) -> bool:
        return _find_p(sources, followups) >= alpha

    return Expectation(
        "same_distribution",
        f"repeats of both have one distribution, at {alpha:g}",
        check,
        takes_raised=True,
        takes_repeats=True,
    )


def _find_p(first: Sequence[Any], second: Sequence[Any]) -> float:
    # Not loaded unless distributions are compared, for a run that starts sooner.
    from scipy import stats

    numbers = [_read_number(value) for value in (*first, *second)]
    if None not in numbers:
        return float(stats.ks_2samp(numbers[: len(first)], numbers[len(first) :]).pvalue)
    counted = [Counter(map(_name, values)) for values in (first, second)]
    names = list(dict.fromkeys(name for counts in counted for name in counts))
    if len(names) == 1:
        return 1.0
    table = [[counts[name] for name in names] for counts in counted]
    return float(stats.chi2_contingency(table).pvalue)


def _read_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _name(value: Any) -> Hashable:
    try:
        return freeze(value)  # type: ignore[no-any-return, unused-ignore]
    except Exception:  # noqa: BLE001 - what has no form of its own is told by its text
        return repr(value)
