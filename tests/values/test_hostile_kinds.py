"""What a candidate makes up of any kind of value harms nobody who reads, compares or shows it."""

import contextlib
import datetime as dt
import decimal
import fractions
import importlib.util
import random
import re
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

from pytest_metamorphic_guard import approx
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import refuse_unequal
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.values.wire import DecodeError, decode, encode
from pytest_metamorphic_guard.values.wire.encoding import Writer

MUTATIONS = 25
SPEC = importlib.util.spec_from_file_location(
    "value_samples", Path(__file__).parents[2] / "docs" / "value_samples.py"
)
sys.modules["value_samples"] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sys.modules["value_samples"])
SAMPLES = {sample.name: sample for sample in sys.modules["value_samples"].list_samples()}
EXTREMES = [b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\0" * 8, b"\xff" * 7 + b"\x7f"]


def mutate(frame, rng):
    frame = bytearray(frame)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(frame))
        match rng.randrange(4):
            case 0:
                frame[at] = rng.randrange(256)
            case 1:
                frame[at] ^= 1 << rng.randrange(8)
            case 2:
                frame[at : at + 8] = rng.choice(EXTREMES)
            case 3:
                frame[at : at + rng.randint(1, 4)] = b""
        frame = frame or bytearray(b"\xc0")
    return bytes(frame)


def ask_everything(value, honest):
    """Do with a value what a run does with one; only the answers of its own may come out."""
    for asked in (
        lambda: equal_values(value, honest),
        lambda: equal_values(value, value),
        lambda: approx()(value, honest),
        lambda: to_source(value),
        lambda: format_value(value, 76, 8),
        lambda: describe_difference(value, honest, 76, refuse_unequal(equal_values)),
        lambda: encode(value),
    ):
        with contextlib.suppress(Undecidable, form.EncodeError):
            asked()


@pytest.mark.parametrize("name", SAMPLES, ids=lambda name: name.replace(" ", "_"))
def test_frames_of_every_kind_with_changed_bytes_harm_nobody(name):
    honest, rng = SAMPLES[name].make(), random.Random(name)
    frame = encode(honest)
    for _ in range(MUTATIONS):
        with contextlib.suppress(DecodeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask_everything(decode(mutate(frame, rng)), honest)


def make_frame(mark, *parts):
    writer = Writer(form.DEFAULT)
    writer.mark(mark)
    for part in parts:
        writer.value(part)
    return writer.join()


WIDE = "[" + "\x00-\U0010ffff" * 200 + "]"


def test_a_pattern_that_explodes_is_text_and_never_compiled(monkeypatch):
    frame = encode(
        Record("pattern", "re.Pattern", (("pattern", f"(?i){WIDE}" * 50), ("flags", 34)))
    )
    monkeypatch.setattr(re, "compile", None)

    arrived = decode(frame)

    assert type(arrived) is Record
    assert arrived.pattern.startswith("(?i)")
    assert equal_values(arrived, decode(frame))


@pytest.mark.parametrize(
    "frame",
    [
        # Eight bytes for each of a million nothings, and a frame may have thousands of columns.
        make_frame(form.POLARS, "Series", [["a", "Float64", 10**6, "nothing", None]]),
        make_frame(form.TIMESTAMP, dt.datetime(2020, 1, 1), 5),  # noqa: DTZ001 - on purpose
        make_frame(form.TIMESTAMP, dt.datetime(2020, 1, 1, tzinfo=dt.UTC), 1_000),
        make_frame(form.TIMESTAMP, dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 5),
        make_frame(form.TIMESTAMP, "2020-01-01", 5),
        make_frame(form.IMAGE, "P", [1, 1], ["RGB", b"abc", ("x",)], b"\0"),
        make_frame(form.OBJECTS, [3], [1, 2]),
        make_frame(form.OBJECTS, [-1, -2], [1, 2]),
        make_frame(form.STRUCTURE, "ndarray", False, [10**9], [], []),
        make_frame(form.STRUCTURE, "ndarray", False, [2], ["a"], [np.zeros(3)]),
        make_frame(form.STRUCTURE, "ndarray", False, [2], ["a", "a"], [np.zeros(2)] * 2),
        make_frame(form.STRUCTURE, "object", False, [2], ["a"], [np.zeros(2)]),
        make_frame(form.MASKED, np.zeros(3), np.zeros(2, bool), np.array(0.0)),
        make_frame(form.EXCEPTION, "SystemExits", (1,), None),
        make_frame(form.EXCEPTION, "object", (), None),
        make_frame(form.EXCEPTION, "UnicodeDecodeError", (1, 2), None),
        make_frame(form.MEMORY, "d", True, [2], b"1234567"),
        make_frame(form.MEMORY, "P", True, [1], b"12345678"),
        make_frame(form.MEMORY, "B", True, [10**9, 0], b""),
        make_frame(form.TYPED_ARRAY, "d", b"123"),
        make_frame(form.CONTEXT, [10**30, 0, 0, 0, 0], "ROUND_UP", [], []),
        make_frame(form.CONTEXT, [1, 0, 0, 0, 0], "ROUND_UP", ["SystemExit"], []),
        make_frame(form.SPARSE, "csr", "array", [2, 2], [np.array([5]), np.array([0]), np.ones(1)]),
        make_frame(form.SPARSE, "lil", "array", [10**12, 2], [*[np.zeros(1, int)] * 2, np.ones(1)]),
        make_frame(form.SPARSE, "pickle", "array", [2], [np.zeros(1, int), np.ones(1)]),
        make_frame(form.IMAGE, "RGB", [10**5, 10**5], [], b"abc"),
        make_frame(form.IMAGE, "JPEG", [1, 1], [], b"abc"),
        make_frame(form.IMAGE, "L", [0, 2**31 - 1], [], b""),
        make_frame(form.IMAGE, "1", [2**31, 0], [], b""),
        make_frame(form.GEOMETRY, "MultiPoint", 0, [1]),
        make_frame(form.GEOMETRY, "Polygon", 0, [np.zeros((4, 2))]),
        make_frame(form.GEOMETRY, "from_wkb", 0, [b"\1"]),
        make_frame(form.PERIOD, 1, "os.system"),
        make_frame(form.INTERVAL, 2.0, 1.0, "left"),
        make_frame(form.LABELLED, "DataArray", ["n", {}, [["a", ["x"], np.zeros((2, 2)), {}]], []]),
        make_frame(form.TENSOR, "quint8", False, np.zeros(2)),
        make_frame(form.ARROW, "Array", ["int64", 10**6, [None, b"12345678"], []]),
        make_frame(form.ARROW, "Array", ["null", 10**12, [None], []]),
        make_frame(form.ARROW, "Array", ["string", 1, [None, b"\0\0\0\0\xff\0\0\0", b"a"], []]),
        make_frame(form.ARROW, "Array", ["string", 1, [None, b"\0\0\0\0\1\0\0\0", b"\xff"], []]),
        make_frame(form.ARROW, "Array", ["timestamp[s]", 1, [None, b"\xff" * 7 + b"\x7f"], []]),
        make_frame(
            form.ARROW, "Array", ["timestamp[s, tz=dateutil//etc/passwd]", 0, [None, b""], []]
        ),
        make_frame(
            form.POLARS, "Series", [["a", "Int64", 2, "numbers", [np.zeros(3, "i8"), None]]]
        ),
        make_frame(
            form.POLARS,
            "Series",
            [["a", ["Datetime", "ms", None], 1, "numbers", [np.array([2**62]), None]]],
        ),
        make_frame(form.POLARS, "Series", [["a", "Null", 10**12, "nothing", None]]),
        make_frame(form.POLARS, "Series", [["a", "Object", 1, "elements", [1]]]),
        make_frame(
            form.POLARS,
            "Series",
            [["a", "String", 2, "texts", ["ab", np.array([2**62, -(2**62)]), None]]],
        ),
    ],
)
def test_parts_that_lie_are_refused(frame):
    with pytest.raises(DecodeError):
        decode(frame)


def test_formats_that_take_memory_for_nothing_become_one_that_does_not():
    many = np.arange(2_000)
    for name in ("dia", "lil"):
        frame = make_frame(
            form.SPARSE, name, "array", [200_000, 200_000], [many * 0, many, many.astype("f8")]
        )
        assert decode(frame).format == "csr"


def test_geometries_objects_and_namespaces_nest_no_deeper_than_lists():
    points, point = encode(0), make_frame(form.GEOMETRY, "Point", 0, [np.zeros((1, 2))])
    for mark in (form.GEOMETRY, form.OBJECTS, form.NAMESPACE, form.CHAIN_MAP, form.EXCEPTION):
        frame = points
        for depth in range(250):
            frame = nest(mark, frame)
            if depth == 0:
                decode(frame if mark != form.GEOMETRY else nest(mark, point))
        with pytest.raises(DecodeError):
            decode(frame)


def nest(mark, inner):
    """Return the frame of a value of this kind with another in it."""

    def listed(*parts):
        return bytes((0x90 | len(parts),)) + b"".join(parts)

    def of(*parts):
        return mark.head + b"".join(parts)

    match mark:
        case form.GEOMETRY:
            return of(encode("GeometryCollection"), encode(0), listed(inner))
        case form.OBJECTS:
            return of(encode([1]), listed(inner))
        case form.NAMESPACE:
            mapping = form.DICT.head + encode(["a"]) + listed(inner)
            return of(mapping)
        case form.CHAIN_MAP:
            return of(listed(form.DICT.head + encode(["a"]) + listed(inner)))
        case _:
            return of(encode("ValueError"), form.TUPLE.head + listed(inner), encode(None))


CANDIDATE = """
    import decimal, fractions, re
    import numpy as np
    import polars as pl
    import pandas as pd
    from fractions import Fraction

    class Frame(pl.DataFrame):
        def __eq__(self, other): return True
        @property
        def shape(self): return (10**9, 10**9)
        def get_columns(self): raise SystemExit
        def to_dict(self, *a, **k): raise SystemExit

    class Array(np.ndarray):
        shape = (10**9, 10**9)
        def __eq__(self, other): return True
        def tobytes(self, *a): raise SystemExit

    class Masked(np.ma.MaskedArray):
        def filled(self, *a): raise SystemExit

    class Half(Fraction):
        numerator = property(lambda self: 10**10**6)
        def __eq__(self, other): return True

    class Pairs(dict):
        def __iter__(self): raise SystemExit
        def values(self): raise SystemExit

    class Error(ValueError):
        args = property(lambda self: 1 / 0)
        def __reduce__(self): raise SystemExit

    class Never(pd.DataFrame):
        def equals(self, other): return True

    def solve(name):
        made = {
            "frame": lambda: Frame({"a": [1]}),
            "array": lambda: np.zeros(3).view(Array),
            "masked": lambda: np.ma.array([1, 2]).view(Masked),
            "half": lambda: Half(1, 2),
            "large": lambda: fractions.Fraction(10**10**5, 7),
            "exponent": lambda: decimal.Decimal("1E+999999999999999999"),
            "small": lambda: decimal.Decimal("1E-999999999999999999"),
            "proxy": lambda: type(type.__dict__)(Pairs(a=1)),
            "error": lambda: Error("no", 1),
            "never": lambda: Never({"a": [1]}),
            "explosive": lambda: re.compile("(a+)+$"),
            "objects": lambda: np.array([Array, Half(1, 3)], dtype=object),
        }
        return [made[name]()]
"""


def test_hostile_instances_and_subclasses_are_plain_values_or_opaque(make_local, candidates):
    path = candidates.write(textwrap.dedent(CANDIDATE))
    executor = make_local()

    def call(name):
        payload = executor.execute(path, "solve", (name,), 60.0, 1024)
        return payload["result"][0] if payload["success"] else payload["error"]

    assert {
        name: type(call(name)) for name in ("frame", "array", "masked", "never")
    } == dict.fromkeys(("frame", "array", "masked", "never"), Opaque)
    assert call("half") == fractions.Fraction(1, 2)
    assert "an integer of" in call("large")
    assert call("explosive").pattern == "(a+)+$"
    assert call("error").args == ("no", 1)
    for name in ("exponent", "small"):
        number = call(name)
        assert type(number) is decimal.Decimal
        for other in (1, 1.5, decimal.Decimal(3), fractions.Fraction(1, 3), 1j):
            with contextlib.suppress(Undecidable):
                assert not equal_values(number, other)
                assert approx()(number, other) is False
        ask_everything([number], [1])
    ask_everything(call("objects"), np.array([1, 2], dtype=object))
    assert call("proxy") == {"a": 1} or type(call("proxy")) is Opaque
