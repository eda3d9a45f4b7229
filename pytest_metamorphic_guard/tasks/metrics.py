"""Numbers that a task takes from outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.tasks.word_checks import check_function, check_name, raise_faults

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Metric"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number taken from every output and aggregated per role.

    Args:
        name: Name of the metric.
        extract: ``extract(output, inputs)`` returns a number; ``inputs`` is the argument tuple.
        kind: ``"mean"`` or ``"sum"``.
        higher_is_better: Direction of improvement.
        ci_method: Kept for specs written for metamorphic-guard.
        bootstrap_samples: As ``ci_method``.
        alpha: One minus the confidence of the interval.
        seed: Seed of the sampling.
        memoize: As ``ci_method``.
        memoize_key: As ``ci_method``.
        sample_rate: Share of the cases that are measured, above 0 and at most 1.
    """

    name: str
    extract: Callable[[Any, tuple[Any, ...]], float]
    kind: str = "mean"
    higher_is_better: bool = True
    ci_method: str | None = "bootstrap"
    bootstrap_samples: int = 500
    alpha: float = 0.05
    seed: int | None = None
    memoize: bool = False
    memoize_key: str | None = None
    sample_rate: float = 1.0

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name) + check_function(self.extract, "extract")
        if self.kind not in ("mean", "sum"):
            faults.append(f"kind={self.kind!r}, expected 'mean' or 'sum'")
        if not (isinstance(self.sample_rate, int | float) and 0 < self.sample_rate <= 1):
            faults.append(f"sample_rate={self.sample_rate!r}, expected above 0 and at most 1")
        if not (isinstance(self.alpha, int | float) and 0 < self.alpha < 1):
            faults.append(f"alpha={self.alpha!r}, expected between 0 and 1")
        raise_faults("metric", self.name, faults)
