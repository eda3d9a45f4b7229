"""Fuzz the reader of result frames with atheris: only its own error may come out.

Needs atheris, in an environment of its own beside the project:

    python -m venv .fuzz && .fuzz/bin/pip install atheris numpy pandas -e .
    .fuzz/bin/python benchmarks/fuzz_wire.py -max_total_time=60 -rss_limit_mb=512 -timeout=10

Arguments are libFuzzer's. Without atheris the script says so and exits with status 1.
"""

import collections
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import pathlib
import sys
import tempfile
import uuid

try:
    import atheris
except ImportError:
    sys.exit(
        "atheris is not installed; the first lines of this file say how (wheels: Linux, x86_64)"
    )

# Instrumented, so that the fuzzer sees which branches an input takes.
with atheris.instrument_imports(include=["pytest_metamorphic_guard.values"]):
    from pytest_metamorphic_guard.values.lookup import set_offers
    from pytest_metamorphic_guard.values.wire import DecodeError, Limits, decode, encode

# The kind of value that the example distribution adds.
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "examples" / "plugins"))
set_offers([("mg_example_plugins.money", "mg_example_plugins.values", "mg-example-plugins")])
from mg_example_plugins.money import Money  # noqa: E402 - found where the line above says

LIMITS = Limits(max_items=50_000)


class Colour(enum.Enum):
    """An enumeration, so that a record is among the seeds."""

    RED = 1


def seeds() -> list[object]:
    values: list[object] = [
        [1, 2.5, "a", None, True, b"x", 2**70, 1j, "\ud800"],
        {"a": (1, {2, 3}), "b": frozenset([(4,)]), 5: [[[]]]},
        list(range(3000)),
        [bytearray(b"abc"), range(3), slice(1, None), ..., object(), Colour.RED],
        [collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], 2)],
        [decimal.Decimal("-1.5E+7"), fractions.Fraction(1, 3), uuid.UUID(int=7), pathlib.Path("a")],
        [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.time(1), dt.date(2020, 1, 1), dt.timedelta(1)],
        [ipaddress.ip_address("192.0.2.1"), ipaddress.ip_network("2001:db8::/32")],
        {"price": Money(decimal.Decimal("9.99"), "EUR"), Money(1, "USD"): None},
    ]
    try:
        import numpy as np
    except ImportError:
        return values
    arrays = [np.arange(6).reshape(2, 3), np.float32(1), np.array(["ab"]), np.array([True])]
    values += [arrays, np.array(["2020"], "M8[D]")]
    try:
        import pandas as pd
    except ImportError:
        return values
    days = pd.date_range("2020-01-01", periods=2, tz="UTC")
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": days}, index=pd.Index([3, 4]))
    levels = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None])
    return [*values, frame, levels, pd.Series(pd.array([1, None], dtype="Int64"), name="n")]


def read_one(data: bytes) -> None:
    try:
        value = decode(data, LIMITS)
    except DecodeError:
        return
    # What was read can be shown and sent again.
    repr(value)
    encode(value)


def main() -> None:
    with tempfile.TemporaryDirectory() as corpus:
        for number, value in enumerate(seeds()):
            pathlib.Path(corpus, f"seed{number}").write_bytes(encode(value))
        atheris.Setup([sys.argv[0], *sys.argv[1:], corpus], read_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
