"""The reader of result frames against whoever wrote them: one error, little memory, little time."""

import collections
import datetime as dt
import decimal
import enum
import fractions
import pathlib
import random
import struct
import subprocess
import sys
import textwrap
import time
import uuid
import zoneinfo

import msgpack
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values import lookup
from pytest_metamorphic_guard.values.wire import DecodeError, Limits, decode, encode

FUZZ = settings(
    max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


class Colour(enum.Enum):
    RED = 1


SEEDS = [
    encode(value)
    for value in (
        [1, 2.5, "a", None, True, b"x", 2**70, 1j, "\ud800"],
        {"a": (1, {2, 3}), "b": frozenset([(4,)]), 5: [[[]]]},
        [list(range(3000)), ["x"] * 300],
        [bytearray(b"abc"), range(3), slice(1, None), ..., NotImplemented, object(), Colour.RED],
        [collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], 2)],
        [decimal.Decimal("-1.5E+7"), fractions.Fraction(1, 3), uuid.UUID(int=7), pathlib.Path("a")],
        [dt.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC")), dt.time(tzinfo=dt.UTC)],
        [dt.date(2020, 1, 1), dt.timedelta(1), collections.defaultdict(int, {1: 2})],
        [np.arange(6).reshape(2, 3), np.float32(1), np.array(["ab", "c"]), np.array([True, False])],
        [np.array(["2020"], "M8[D]"), np.str_("a"), np.bytes_(b"a"), np.array([1j])],
    )
]

SEED = random.Random(1)
EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "plugins"
MONEY = "mg_example_plugins.money"


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The kind of value that the example distribution adds."""
    monkeypatch.syspath_prepend(EXAMPLE)
    lookup.set_offers([(MONEY, "mg_example_plugins.values", "mg-example-plugins")])
    yield
    lookup.set_offers([])


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


def array(*parts):
    """An array as a frame; its parts are marks, frames, or plain values."""
    return bytearray(struct.pack(">BH", 0xDC, len(parts)) + b"".join(map(as_frame, parts)))


def as_frame(part):
    match part:
        case form.Mark():
            return part.extension
        case bytearray():  # a frame already
            return bytes(part)
    return pack(part)


AMOUNT = array(bytearray(encode(decimal.Decimal("9.99"))), "EUR")
SEEDS.append(bytes(array(form.KIND, MONEY, AMOUNT)))


def test_the_example_of_an_installed_kind_is_among_the_seeds():
    assert str(decode(SEEDS[-1])) == "9.99 EUR"


def outcome(frame):
    """What the reader makes of a frame; anything but its own error raises through."""
    try:
        decode(bytes(frame))
    except DecodeError:
        return "refused"
    return "read"


@FUZZ
@given(st.binary(max_size=300))
def test_random_bytes_raise_nothing_but_the_readers_own_error(frame):
    assert outcome(frame) in {"read", "refused"}


@FUZZ
@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
def test_mutated_frames_raise_nothing_but_the_readers_own_error(seed, number):
    rng = random.Random(number)
    frame = bytearray(seed)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(frame))
        other = rng.choice(SEEDS)
        match rng.randrange(4):
            case 0:
                frame[at] = rng.randrange(256)
            case 1:
                frame[at : at + rng.randint(1, 8)] = b""
            case 2:
                start = rng.randrange(len(other))
                frame[at:at] = other[start : start + rng.randint(1, 20)]
            case 3:
                frame[at:at] = rng.choice(list(form.MARKS.values())).extension
        frame = frame or bytearray(b"\xc0")
    assert outcome(frame) in {"read", "refused"}


PARTS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.sampled_from(
            ["", "UTC", "<f8", "|b1", "<U1", "C", "PosixPath", "enum", "1E+99999999999", MONEY]
        ),
        st.binary(max_size=16),
    ).map(lambda value: bytearray(pack(value))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: array(*parts)),
        st.builds(
            lambda mark, parts: array(mark, *parts),
            st.sampled_from(list(form.MARKS.values())),
            st.lists(inner, max_size=9),
        ),
        st.sampled_from(list(form.MARKS.values())).flatmap(
            lambda mark: st.lists(inner, min_size=mark.parts or 0, max_size=mark.parts or 3).map(
                lambda parts: array(mark, *parts)
            )
        ),
    ),
    max_leaves=20,
)


@FUZZ
@given(PARTS)
def test_well_formed_frames_of_wrong_parts_raise_nothing_but_the_readers_own_error(frame):
    assert outcome(frame) in {"read", "refused"}


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        pack([1]) + b"\x00",
        pack({}),
        pack({"a": 1}),
        pack([[{}]]),
        b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\xd4\x05x",  # an extension with data
        b"\xc7\x00\x05",  # a mark alone
        b"\xa2\xff\xff",  # no UTF-8
        array(1, form.TUPLE, [1]),  # a mark that is not the head
        array(form.TUPLE, form.TUPLE),
        array(form.TUPLE),
        array(form.TUPLE, 1),
        array(form.SET, [[1]]),
        array(form.DICT, [[1]], [1]),
        array(form.DICT, [1, 2], [1]),
        array(form.DICT, array(form.TUPLE, [1]), [1]),
        array(form.JOIN, 1),
        array(form.BYTEARRAY, 10**9),
        array(form.INT, 5),
        array(form.INT, b"1" * 200_000),
        array(form.RANGE, 1, 2, 0),
        array(form.RANGE, 1, 2, True),
        array(form.COMPLEX, 1, 2),
        array(form.SLICE, [1]),
        array(form.DEQUE, [1], -1),
        array(form.DEQUE, [1], "x"),
        array(form.RECORD, "module", "x.Y", [], []),
        array(form.RECORD, "enum", "x" * 1000, [], []),
        array(form.RECORD, "enum", "x.Y", ["a"], []),
        array(form.RECORD, "enum", "x.Y", [1], [1]),
        array(form.OPAQUE, "x.Y", "x" * 1000),
        array(form.DECIMAL, "1" * 100_001),
        array(form.DECIMAL, "one"),
        array(form.FRACTION, b"\x01", b"\x00"),
        array(form.FRACTION, b"\x01" * 5000, b"\x03"),
        array(form.DATE, 2020, 13, 1),
        array(form.DATE, 2020, 1.0, 1),
        array(form.DATETIME, 2020, 1, 1, 0, 0, 0, 0, 7, None),
        array(form.DATETIME, 2020, 1, 1, 0, 0, 0, 0, 0, "UTC"),
        array(form.TIMEDELTA, 10**10, 0, 0),
        array(form.TIMEZONE, 3600, None),
        array(form.TIMEZONE, array(form.TIMEDELTA, 3, 0, 0), None),
        array(form.ZONEINFO, "../../../../etc/passwd"),
        array(form.ZONEINFO, "/etc/passwd"),
        array(form.ZONEINFO, "No/Such/Zone"),
        array(form.UUID, b"short"),
        array(form.PATH, "os", "x"),
        array(form.PATH, "Path", "x"),
        array(form.ARRAY, "O", "C", [1], b"12345678"),
        array(form.ARRAY, "|O8", "C", [1], b"12345678"),
        array(form.ARRAY, "|V8", "C", [1], b"12345678"),
        array(form.ARRAY, "i4,f4", "C", [1], b"12345678"),
        array(form.ARRAY, "<f8", "C", [2], b"12345678"),
        array(form.ARRAY, "<f8", "C", [-1, -1], b"12345678"),
        array(form.ARRAY, "<f8", "C", [True], b"12345678"),
        array(form.ARRAY, "<f8", "X", [1], b"12345678"),
        array(form.ARRAY, "<f8", "C", [1] * 100, b"12345678"),
        array(form.ARRAY, "|S0", "C", [10**9], b""),
        array(form.ARRAY, "<U0", "C", [10**9], b""),
        array(form.ARRAY, "|b1", "C", [1], b"\x02"),
        array(form.ARRAY, "<U1", "C", [1], b"\xff\xff\xff\x7f"),
        array(form.ARRAY, ">U1", "C", [1], b"\x7f\xff\xff\xff"),
        array(form.SCALAR, "<f8", b"1234"),
        array(form.SCALAR, "|O8", b"12345678"),
        array(form.NUMPY_STR, b"x"),
        array(form.NUMPY_BYTES, 10**9),
        array(form.KIND, MONEY, [1, "EUR"]),
        array(form.KIND, MONEY, array(bytearray(encode(decimal.Decimal("NaN"))), "EUR")),
        array(form.KIND, MONEY, array(bytearray(encode(decimal.Decimal(1))), 3)),
        array(form.KIND, MONEY, [1] * 3),
        array(form.KIND, MONEY, 1),
        array(form.KIND, "nobody.knows", [1]),
        array(form.KIND, [1], [1]),
    ],
    ids=lambda frame: bytes(frame[:24]).hex(),
)
def test_a_frame_that_is_none_is_refused(frame):
    assert outcome(frame) == "refused"


def test_every_frame_cut_short_is_refused():
    assert {outcome(seed[:end]) for seed in SEEDS[:2] for end in range(len(seed))} == {"refused"}


def test_a_frame_beyond_the_limits_of_the_reader_is_refused():
    assert decode(encode([1, 2, 3]), Limits(max_bytes=4)) == [1, 2, 3]
    with pytest.raises(DecodeError, match="bytes"):
        decode(encode([1, 2, 3]), Limits(max_bytes=3))
    with pytest.raises(DecodeError, match="items"):
        decode(encode([1, 2, 3]), Limits(max_items=3))
    with pytest.raises(DecodeError, match="nested"):
        decode(encode([[[1], 2], [3]]), Limits(max_depth=2))


@pytest.mark.parametrize("depth", [201, 500, 1_020, 100_000])
@pytest.mark.parametrize(
    "head",
    [b"\x91", b"\x92\xc0", b"\x92" + form.TUPLE.extension + b"\x91", b"\x92\x90"],
    ids=["lists", "lists with siblings", "tuples", "lists beside lists"],
)
def test_nesting_beyond_the_limit_is_refused(head, depth):
    assert outcome(head * depth + b"\x90") == "refused"


def colliding_numbers(count):
    """Numbers whose hashes are all equal: multiples of the modulus that CPython hashes with."""
    return [index * sys.hash_info.modulus for index in range(count)]


def in_chunks(frames):
    chunks = [array(*frames[start : start + 2000]) for start in range(0, len(frames), 2000)]
    return array(form.JOIN, *chunks)


def colliding_frames(count):
    return [bytearray(encode(number)) for number in colliding_numbers(count)]


def frozensets_that_compare_slowly():
    """Each takes little time to build, and any two take as long to compare."""
    inner = array(form.FROZENSET, in_chunks(colliding_frames(1500)))
    return array(form.SET, array(*[inner] * 200))


def tuples_that_compare_slowly():
    shared = [0] * 1000
    rows = [bytearray(encode((*shared, number))) for number in colliding_numbers(900)]
    return array(form.SET, array(*rows))


@pytest.mark.parametrize(
    "make",
    [
        lambda: array(form.SET, in_chunks(colliding_frames(60_000))),
        lambda: array(
            form.DICT, in_chunks(colliding_frames(60_000)), bytearray(encode([0] * 60_000))
        ),
        lambda: array(
            form.COUNTER, in_chunks(colliding_frames(60_000)), bytearray(encode([0] * 60_000))
        ),
        frozensets_that_compare_slowly,
        tuples_that_compare_slowly,
        lambda: in_chunks([array(form.SET, array(*colliding_frames(8)))] * 20_000),
        lambda: in_chunks(
            [array(form.FRACTION, SEED.randbytes(2048), SEED.randbytes(2047) + b"\x01")] * 4000
        ),
        lambda: array(
            form.SET,
            in_chunks([bytearray(encode(decimal.Decimal(f"1E+{n}9999999"))) for n in range(2000)]),
        ),
        lambda: bytearray(b"\x92" + form.JOIN.extension) * 300 + encode([0] * 800_000),
    ],
)
def test_a_frame_made_to_be_slow_costs_little_more_than_an_honest_one(make):
    frame = make()
    honest = time_reading(encode(list(range(800_000))), 5)
    # Compared one by one, the members of each would take thousands of times as long.
    assert time_reading(frame) < 100 * honest


def time_reading(frame, times=1):
    """CPU seconds that the reader takes, the least of several times: others may be in the way."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        assert outcome(frame) in {"read", "refused"}
        taken.append(time.process_time() - started)
    return min(taken)


def test_colliding_keys_are_refused():
    with pytest.raises(DecodeError, match="collide"):
        decode(bytes(array(form.SET, in_chunks(colliding_frames(60_000)))))


MEMORY_SCRIPT = """
import os, resource, struct, sys
import numpy
from pytest_metamorphic_guard.values import lookup
from pytest_metamorphic_guard.values import frames as form
from pytest_metamorphic_guard.values.wire import DecodeError, decode

frame = bytearray(int(sys.argv[2]))
with open(sys.argv[1], "rb") as file:
    file.readinto(frame)
decode(b"\\x90")
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")  # the peak begins here

def peak_kib():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

before = peak_kib()
try:
    decode(frame)
    ending = "read"
except DecodeError:
    ending = "refused"
print(ending, peak_kib() - before)
"""
MIB = 1 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize(
    "make",
    [
        lambda: b"\xdd\xff\xff\xff\xff" * 3 * MIB,
        lambda: b"\xdd\x00\xff\xff\xff" * 3 * MIB,
        lambda: b"\xdc\x08\x00" * 5 * MIB,
        lambda: b"\x90" * 16 * MIB,
        lambda: b"\xdc\x08\x00" + (b"\xdc\x08\x00" + b"\x90" * 2048) * 2048,
        lambda: b"\xdc\x08\x00" + (b"\xdc\x08\x00" + b"\xca\x00\x00\x00\x01" * 2048) * 1600,
        lambda: b"\xdc\x08\x00" + (b"\xdc\x08\x00" + b"\xa2ab" * 2048) * 2048,
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + (b"\x92" + form.SET.extension + b"\x90") * 2048) * 1000
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + (b"\x93" + form.DICT.extension + b"\x90\x90") * 2048) * 1000
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + (b"\x92" + form.TUPLE.extension + b"\x91\x05") * 2048) * 1000
        ),
        lambda: (
            b"\xdc\x08\x00" + (b"\xdc\x08\x00" + bytes(array(form.DEQUE, [1], None)) * 2048) * 800
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + bytes(array(form.PATH, "PurePosixPath", "a")) * 2048) * 300
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + bytes(array(form.ARRAY, "|u1", "C", [1], b"a")) * 2048) * 300
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + bytes(array(form.RECORD, "enum", "a.B", ["x"], [1])) * 2048) * 300
        ),
        lambda: (
            b"\xdc\x08\x00"
            + (b"\xdc\x08\x00" + bytes(array(form.ORDERED_DICT, [1], [1])) * 2048) * 600
        ),
        lambda: bytes(array(form.ARRAY, "|u1", "C", [15 * MIB], b"a" * 15 * MIB)),
        lambda: bytes(array(form.BYTEARRAY, b"a" * 15 * MIB)),
        lambda: pack("a" * 15 * MIB),
        lambda: b"\xc6\xff\xff\xff\xff" + b"a" * 100,
    ],
)
def test_a_hostile_frame_costs_the_host_less_than_50_mb(make, tmp_path):
    assert measure_kib(make()[: 16 * MIB], tmp_path) < 50_000


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_text_costs_the_host_no_more_than_four_bytes_per_character_and_a_little(tmp_path):
    # One such character widens all others of its string; this is the one kind of frame that takes
    # more than three times its length.
    assert measure_kib(pack("a" * 15 * MIB + "\U0001f600"), tmp_path) < 90_000


def measure_kib(frame, directory):
    path = directory / "frame"
    path.write_bytes(frame)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEMORY_SCRIPT), str(path), str(len(frame))],
        capture_output=True,
        text=True,
        check=True,
    )
    ending, kib = done.stdout.split()
    assert ending in {"read", "refused"}
    return int(kib)
