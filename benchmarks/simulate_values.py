"""How many equal outputs monitors call different, kind by kind, for kinds that are hard to compare.

Printed by ``simulate_monitors.py``, and alone by

    python benchmarks/simulate_values.py

Every call of one function returns the same value, made anew, to both roles and to repetitions:
whatever is called different is wrong. What cannot be compared at all is counted apart. "before" is
the rule that went before: ``==``, with numbers and members of lists and dicts compared by
themselves, where what could not be compared was different.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.monitors.flakiness import FlakinessMonitor
from pytest_metamorphic_guard.monitors.output_drift import OutputDriftMonitor

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 50
NAN = math.nan
KINDS: dict[str, Callable[[], object]] = {
    "a frame of pandas": lambda: pd.DataFrame({"x": [1, 2]}),
    "a frame with nan and text": lambda: pd.DataFrame({"x": [1.0, NAN], "y": ["a", None]}),
    "a series of pandas": lambda: pd.Series([1.0, NAN]),
    "a list of frames": lambda: [pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [2]})],
    "np.array([1., nan + 1j])": lambda: np.array([1.0, NAN + 1j]),
    "an array of floats with nan": lambda: np.array([1.0, NAN]),
    "an array of moments with NaT": lambda: np.array(["2024-01-01", "NaT"], "datetime64[D]"),
    "an array of objects": lambda: np.array([Decimal("NaN"), (1, NAN)], dtype=object),
    "complex(nan, 1)": lambda: complex(float("nan"), 1),
    "Decimal('NaN')": lambda: Decimal("NaN"),
    "a set with nan": lambda: {1.0, float("nan")},
    "a dict with nan for a key": lambda: {float("nan"): 1},
    "a tuple of arrays": lambda: (np.array([1, 2]), np.array([3, 4])),
    "a list of numbers": lambda: [1, 2.5, float("nan")],
    "a generator": lambda: (number for number in range(3)),
    "an object of a class": lambda: random.Random(1),
}


def compare_before(first: Any, second: Any) -> bool:
    """Compare two outputs as monitors did before they shared the equality of relations."""
    if isinstance(first, int | float) and isinstance(second, int | float):
        return bool(first == second or (math.isnan(first) and math.isnan(second)))
    if isinstance(first, list | tuple) and type(first) is type(second):
        return len(first) == len(second) and all(map(compare_before, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(
            compare_before(value, second[key]) for key, value in first.items()
        )
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.shape == second.shape and compare_before(first.tolist(), second.tolist())
    try:
        return bool(first == second)
    except Exception:  # noqa: BLE001 - whatever a stranger's == raises
        return False


def count_differing(
    make: Callable[[], object], comparator: Callable[[object, object], bool] | None = None
) -> tuple[list[float | None], int]:
    """Return the shares that are called different, and how many calls could not be compared.

    The shares are `output_drift`'s, and `flakiness`'s of the candidate; None where nothing was
    compared. Without a comparator the monitors compare as they do in a run.
    """
    drift = OutputDriftMonitor(comparator=comparator)
    flakiness = FlakinessMonitor(comparator=comparator)
    for case in range(CALLS):
        for role in ("baseline", "candidate"):
            for repeat in range(2):
                record = MonitorRecord(
                    case, role, 1.0, True, {"result": make()}, "task::relation", repeat=repeat
                )
                flakiness.record(record)
                if not repeat:
                    drift.record(record)
    drifted = drift.finalize()["summary"]
    flaky = flakiness.finalize()["summary"]["candidate"]
    return [drifted["rate"], flaky["rate"]], drifted["not_compared"]


def print_values() -> None:
    """Print a line per kind."""
    print(f"\nOne function, {CALLS} equal outputs: % called different, output_drift / flakiness\n")
    print(f"{'':32}{'now':>14}{'before':>14}  not comparable")
    for words, make in KINDS.items():
        now, apart = count_differing(make)
        before, _ = count_differing(make, compare_before)
        print(f"{words:32}{_format(now):>14}{_format(before):>14}  {apart or ''}", flush=True)


def _format(shares: list[float | None]) -> str:
    return " / ".join("-" if share is None else f"{100 * share:.0f}" for share in shares)


if __name__ == "__main__":
    print_values()
