"""Single periods and intervals of pandas, which is imported inside of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.columns import PERIOD as FREQUENCY
from pytest_metamorphic_guard.values.frames import INTERVAL, PERIOD, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KINDS"]

keep_builtins(globals())

_NUMBERS: Final = (int, float)
_CLOSED: Final = ("left", "right", "both", "neither")


def _read_period(ordinal: Any, frequency: Any) -> object:
    require_ints(ordinal)
    if not FREQUENCY.fullmatch(require(frequency, str)):
        raise DecodeError("no frequency of a period")
    try:
        import pandas as pd
    except ImportError:
        return Record("table", "Period", (("ordinal", ordinal), ("freqstr", frequency)))
    return pd.Period(ordinal=ordinal, freq=frequency)


def _read_interval(left: Any, right: Any, closed: Any) -> object:
    if type(closed) is not str or closed not in _CLOSED:
        raise DecodeError("no closed side of an interval")
    try:
        import pandas as pd
    except ImportError:
        return Record("table", "Interval", (("left", left), ("right", right), ("closed", closed)))
    bounds = [part if type(part) in _NUMBERS else _read_time(pd, part) for part in (left, right)]
    return pd.Interval(*bounds, closed=closed)


def _read_time(pd: Any, value: Any) -> Any:
    import numpy as np

    if isinstance(value, pd.Timestamp):
        return value
    if isinstance(value, np.number) and not isinstance(value, np.timedelta64):
        return value
    known = {"datetime64": pd.Timestamp, "datetime": pd.Timestamp, "timedelta64": pd.Timedelta}
    return known[type(value).__name__](value)


def _list_types(name: str) -> Callable[[], list[type]]:
    def list_types() -> list[type]:
        import pandas as pd

        return [getattr(pd, name)]

    return list_types


def _interval_to_source(value: Any, write: Callable[[object], str]) -> str:
    return f"pd.Interval({write(value.left)}, {write(value.right)}, closed={value.closed!r})"


KINDS: Final = (
    Kind(
        types=_list_types("Period"),
        mark=PERIOD,
        take_apart=lambda value: (value.ordinal, value.freqstr),
        put_together=_read_period,
        make_key=lambda value, _: ("period", value.ordinal, value.freqstr),
        to_source=lambda value, _: f"pd.Period({str(value)!r}, {value.freqstr!r})",
    ),
    Kind(
        types=_list_types("Interval"),
        mark=INTERVAL,
        take_apart=lambda value: (value.left, value.right, value.closed),
        put_together=_read_interval,
        list_parts=lambda value: [value.left, value.right, value.closed],
        to_source=_interval_to_source,
        names=("left", "right", "closed"),
    ),
)
