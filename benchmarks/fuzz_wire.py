"""Fuzz the reader of result frames with atheris: only its own error may come out.

Needs atheris, in an environment of its own beside the project:

    python -m venv .fuzz && .fuzz/bin/pip install atheris numpy -e .
    .fuzz/bin/python benchmarks/fuzz_wire.py -max_total_time=60 -rss_limit_mb=512 -timeout=10

Arguments are libFuzzer's. Without atheris the script says so and exits with status 1.
"""

import collections
import datetime as dt
import decimal
import enum
import fractions
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
with atheris.instrument_imports(include=["pytest_metamorphic_guard.executors"]):
    from pytest_metamorphic_guard.executors.wire import DecodeError, Limits, decode, encode

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
    ]
    try:
        import numpy as np
    except ImportError:
        return values
    arrays = [np.arange(6).reshape(2, 3), np.float32(1), np.array(["ab"]), np.array([True])]
    return [*values, arrays, np.array(["2020"], "M8[D]")]


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
