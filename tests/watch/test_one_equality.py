"""Relations and monitors compare every kind of value by one equality."""

import dataclasses
import datetime as dt
import enum
import ipaddress
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from pytest_metamorphic_guard import equal_values
from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.monitors.equality import compare_outcomes, make_comparator
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.wire import decode, encode
from pytest_metamorphic_guard.watch.hosting.messages import pack_records, unpack, unpack_records
from pytest_metamorphic_guard.watch.travel import decode_records, encode_records

NAN = float("nan")


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass(frozen=True)
class Point:
    x: object


class Cart:
    def __init__(self, x):
        self.x = x


# One function per kind: of 1 and of 2 it makes values that differ.
KINDS = {
    "None or a number": lambda x: None if x == 1 else x,
    "int": lambda x: x,
    "large int": lambda x: x << 100,
    "float": lambda x: x / 3,
    "nan": lambda x: [NAN, x],
    "complex with nan": lambda x: complex(NAN, x),
    "str": str,
    "bytes": lambda x: bytes([x]),
    "bytearray": lambda x: bytearray([x]),
    "list": lambda x: [x, [x]],
    "tuple": lambda x: (x, "a"),
    "set": lambda x: {x, "a"},
    "frozenset": lambda x: frozenset([x, NAN]),
    "dict": lambda x: {"a": {"b": x}},
    "dict with a tuple for a key": lambda x: {(1, x): NAN},
    "OrderedDict": lambda x: OrderedDict(a=x),
    "Counter": lambda x: Counter({"a": x}),
    "defaultdict": lambda x: defaultdict(list, a=x),
    "deque": lambda x: deque([x], 3),
    "range": range,
    "slice": slice,
    "Decimal": lambda x: Decimal(x) / 3,
    "Fraction": lambda x: Fraction(x, 3),
    "datetime": lambda x: dt.datetime(2026, 1, x, tzinfo=ZoneInfo("Europe/Berlin")),
    "date": lambda x: dt.date(2026, 1, x),
    "time": lambda x: dt.time(x, tzinfo=dt.UTC),
    "timedelta": dt.timedelta,
    "UUID": lambda x: uuid.UUID(int=x),
    "path": lambda x: PurePosixPath(str(x)),
    "address": ipaddress.ip_address,
    "network": lambda x: ipaddress.ip_network(f"10.{x}.0.0/16"),
    "enum": Color,
    "enum of numbers": Level,
    "dataclass": lambda x: Point([x, NAN]),
    "record as a key": lambda x: {Point(x): 1},
    "array": lambda x: np.array([1.0, NAN, x]),
    "complex array": lambda x: np.array([1.0, complex(NAN, x)]),
    "array of times": lambda x: np.array([f"2026-01-0{x}", "NaT"], "M8[D]"),
    "masked array": lambda x: np.ma.array([x, 1], mask=[0, 1]),
    "array of texts": lambda x: np.array(["a", str(x)]),
    "empty array": lambda x: np.empty((0, x)),
    "number of numpy": np.float32,
    "matrix": lambda x: np.array([[x]]).view(np.matrix),
    "DataFrame": lambda x: pd.DataFrame({"x": [1, x], "y": ["a", None]}),
    "Series": lambda x: pd.Series([1.0, NAN, x], name="s"),
    "Index": lambda x: pd.Index([1, x]),
    "Timestamp": lambda x: pd.Timestamp(2026, 1, x),
    "table in a dict": lambda x: {"table": pd.DataFrame({"t": [pd.Timestamp(2026, 1, x)]})},
}
STRANGE = {
    "object": Cart,
    "generator": lambda x: (x for _ in range(1)),
    "list with an object": lambda x: [1, Cart(x)],
    "dict with a generator": lambda x: {"a": (x for _ in range(1))},
    "set of objects": lambda x: {Cart(x)},
    "function": lambda x: lambda: x,
}


def arrive(value):
    """Send a result as a worker does to the host."""
    return decode(encode(value))


def host(value):
    """Send a result on as it goes to the process of a monitor."""
    record = MonitorRecord(0, "candidate", 1.0, True, {"success": True, "result": value})
    return unpack_records(unpack(pack_records(decode_records(encode_records([record])))))[0]


def ask_monitor(first, second):
    return compare_outcomes(host(first), host(second), make_comparator(0, 0))


def ask_relation(first, second):
    try:
        return equal_values(first, second)
    except Undecidable:
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_value_is_compared_alike(kind):
    make = KINDS[kind]
    for other, same in [(1, True), (2, False)]:
        first, second = arrive(make(1)), arrive(make(other))
        assert ask_relation(first, second) is same
        assert ask_monitor(first, second) is same


@pytest.mark.parametrize("kind", STRANGE)
def test_what_cannot_be_compared_is_neither_for_both(kind):
    make = STRANGE[kind]
    for other in (1, 2):
        first, second = arrive(make(1)), arrive(make(other))
        assert ask_relation(first, second) is None
        assert ask_monitor(first, second) is None


SOLUTION = """
import numpy as np
import pandas as pd

def solve(i):
    if i == 2:
        return [(x for x in range(3))]
    return pd.DataFrame({"x": [1, 2]}) if i else np.array([1.0, complex(float("nan"), 1)])
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_two_runs_of_one_function_are_no_drift_and_not_flaky(project, workers):
    project.write(one=SOLUTION, two=SOLUTION)
    project.write_task(
        "@t.property\ndef comes(output, i):\n    return output is not None\n",
        inputs="[(0,), (1,), (2,)]",
    )
    result = project.spawn(
        "--mg-candidate=one.py", "--mg-baseline=two.py", "--mg-gate", workers,
        "--mg-monitor=output_drift", "--mg-monitor=flakiness",
    )  # fmt: skip
    text = " ".join(result.stdout.str().split())
    assert "0 of 4 outputs differ, 2 not comparable (" in text
    assert "1 not comparable; flaky inputs: baseline 0" in text
