"""The result codec: what is sent is what arrives, exactly, and nothing is executed."""

import collections
import copy
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import math
import pathlib
import random
import subprocess
import sys
import textwrap
import time
import uuid
import zoneinfo
from typing import ClassVar, NamedTuple

import attrs
import numpy as np
import pydantic
import pytest
import scipy.optimize
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import Opaque, Record
from pytest_metamorphic_guard.values.wire import EncodeError, Limits, decode, encode


def parts_of(value):  # noqa: PLR0911 - one return per type
    """What makes up a value: equal parts of equal types are the same value."""
    match value:
        case float():
            return value.hex()
        case complex():
            return [value.real, value.imag]
        case collections.deque():
            return [value.maxlen, list(value)]
        case tuple():
            return list(value)
        case dict():
            return [list(value), list(value.values())]
        case slice():
            return [value.start, value.stop, value.step]
        case decimal.Decimal():
            return list(value.as_tuple())
        case np.ndarray() | np.generic():
            return [value.dtype.str, list(value.shape), value.tobytes()]
        case dt.datetime() | dt.time():
            return [value.fold, repr(value)]
    return value


def same(left, right):
    """Type-exact equality at every depth; nan is nan, -0.0 is not 0.0, order of keys matters."""
    if type(left) is not type(right):
        return False
    if isinstance(left, set | frozenset):
        return same_members(list(left), list(right))
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    one, other = parts_of(left), parts_of(right)
    return left == right if one is left else same(one, other)


def same_members(left, right):
    for member in left:
        index = next((i for i, other in enumerate(right) if same(member, other)), None)
        if index is None:
            return False
        del right[index]
    return not right


TEXT = st.text(st.characters(codec=None, categories=None), max_size=20)
ZONES = st.one_of(
    st.none(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"]).map(zoneinfo.ZoneInfo),
    st.integers(-1439, 1439).map(lambda m: dt.timezone(dt.timedelta(minutes=m))),
    st.just(dt.timezone(dt.timedelta(hours=2), "mine")),
)
NUMPY_SCALARS = [
    *(np.float64(0.1), np.int8(-3), np.uint64(2**64 - 1), np.bool_(True), np.complex64(1j)),
    *(np.str_("a\0"), np.str_(""), np.bytes_(b"a\0"), np.datetime64("2020-01-01", "ns")),
    *(np.datetime64("NaT", "s"), np.timedelta64(3, "D"), np.float16(1.5), np.longdouble(1) / 3),
]
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.integers(0, 3).map(lambda n: (-1) ** n * 7 ** (n * 1000)),
    st.floats(),
    st.complex_numbers(),
    TEXT,
    st.binary(max_size=20),
    st.decimals().filter(lambda number: not number.is_snan()),  # which cannot be hashed
    st.fractions(),
    st.datetimes(timezones=ZONES),
    st.dates(),
    st.times(timezones=ZONES),
    st.timedeltas(),
    st.uuids(),
    ZONES,
    st.sampled_from([..., NotImplemented]),
    st.builds(range, st.integers(), st.integers(), st.integers().filter(bool)),
    TEXT.map(pathlib.PurePosixPath),
    TEXT.map(pathlib.PureWindowsPath),
    st.just(pathlib.Path("a/b")),
    st.sampled_from(NUMPY_SCALARS),
)
HASHABLE = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(tuple), st.frozensets(inner, max_size=4)
    ),
    max_leaves=6,
)
DTYPES = ["?", "<i4", ">i2", "<u8", "<f8", ">f4", "<f2", "<c16", "S3", "<U2", "<M8[ns]", "<m8[25s]"]


def make_array(dtype, shape, order, seed):
    size = math.prod(shape)
    numbers = np.frombuffer(random.Random(seed).randbytes(size), "i1").reshape(shape)
    return numbers.astype(dtype, order=order)


ARRAYS = st.builds(
    make_array,
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 4), max_size=3),
    st.sampled_from(["C", "F"]),
    st.integers(0, 9),
)
VALUES = st.recursive(
    st.one_of(ATOMS, ARRAYS, st.binary(max_size=9).map(bytearray)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.sets(HASHABLE, max_size=5),
        st.frozensets(HASHABLE, max_size=5),
        st.dictionaries(HASHABLE, inner, max_size=5),
        st.dictionaries(HASHABLE, inner, max_size=5).map(collections.OrderedDict),
        st.dictionaries(HASHABLE, st.integers(), max_size=5).map(collections.Counter),
        st.lists(inner, max_size=5).map(lambda items: collections.deque(items, maxlen=7)),
        st.builds(slice, inner, inner, inner),
    ),
    max_leaves=15,
)
ROUND_TRIP = settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@ROUND_TRIP
@given(VALUES)
def test_every_value_arrives_with_its_exact_types(value):
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 2047, 2048, 2049, 5000])
@pytest.mark.parametrize("make", [list, tuple, set, frozenset, dict.fromkeys, collections.deque])
def test_containers_of_every_length_arrive(make, length):
    value = make(range(length))
    received = decode(encode(value))
    assert type(received) is type(value)
    assert received == value


def test_mixed_and_nested_long_lists_arrive():
    value = [[index, str(index), 2**70, (index,)] for index in range(5000)]
    assert same(decode(encode(value)), value)


def test_an_array_keeps_its_memory_order_and_can_be_written_to():
    value = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    received = decode(encode([value]))[0]
    assert received.flags.f_contiguous
    assert received.flags.owndata
    received[0, 0] = 9
    assert received[0, 0] == 9


def test_a_view_with_strides_arrives_as_what_it_shows():
    value = np.arange(20)[::-3]
    assert same(decode(encode(value)), value.copy())


def test_a_defaultdict_arrives_without_its_factory():
    value = collections.defaultdict(list, {"a": [1]})
    received = decode(encode(value))
    assert type(received) is collections.defaultdict
    assert received == value
    assert received.default_factory is None


@dataclasses.dataclass
class Invoice:
    total: float
    lines: list


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Point(NamedTuple):
    x: object
    y: object


def test_dataclasses_enums_and_named_tuples_arrive_as_records():
    invoice, colour, level, point = decode(
        encode([Invoice(1.5, [Colour.RED]), Colour.RED, Level.LOW, Point(1, (2,))])
    )
    assert isinstance(invoice, Record)
    assert (invoice.kind, invoice.type_name) == ("dataclass", "Invoice")
    assert invoice.total == 1.5
    assert invoice.lines == [colour]
    assert (colour.kind, colour.name, colour.value) == ("enum", "RED", 1)
    assert (type(level), level) == (int, 1)
    assert (point.kind, point.x, point[1]) == ("namedtuple", 1, (2,))


class Loud(str):
    __slots__ = ()

    def __str__(self):
        return "loud"

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Empty(dict):
    def __iter__(self):
        return iter(())

    keys = values = items = __iter__


class Later(dt.datetime):
    year = 2030


class Berlin(zoneinfo.ZoneInfo):
    pass


class Shade(enum.StrEnum):
    DARK = "dark"


class Stack(list):
    def __len__(self):
        return 0


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Loud("quiet"), "quiet"),
        ({Loud("key"): Loud("value")}, {"key": "value"}),
        (Shade.DARK, "dark"),
        (Level.LOW, 1),
        (Empty(a=[Loud("x")]), {"a": ["x"]}),
        (Stack([1, Stack([2])]), [1, [2]]),
        (type("Price", (float,), {})(1.5), 1.5),
        (type("Code", (bytes,), {})(b"x"), b"x"),
        (type("Tags", (frozenset,), {})("a"), frozenset("a")),
        (type("Row", (tuple,), {})((1, 2)), (1, 2)),
        (type("Sorted", (collections.OrderedDict,), {})(a=1), collections.OrderedDict(a=1)),
        (type("Tally", (collections.Counter,), {})("aab"), collections.Counter("aab")),
        (type("Ring", (collections.deque,), {})([1], 2), collections.deque([1], 2)),
        (type("Money", (decimal.Decimal,), {})("1.50"), decimal.Decimal("1.50")),
        (type("Share", (fractions.Fraction,), {})(1, 3), fractions.Fraction(1, 3)),
        (Later(2020, 1, 2, tzinfo=dt.UTC), dt.datetime(2020, 1, 2, tzinfo=dt.UTC)),
        (
            Later(2020, 1, 2, tzinfo=Berlin("Europe/Berlin")),
            dt.datetime(2020, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
        ),
        (type("Span", (dt.timedelta,), {})(1), dt.timedelta(1)),
        (scipy.optimize.OptimizeResult(fun=1.0, nit=2), {"fun": 1.0, "nit": 2}),
        (time.gmtime(0), (1970, 1, 1, 0, 0, 0, 3, 1, 0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_instance_of_a_subclass_arrives_as_its_base_type(value, arrives):
    for received in (decode(encode(value)), decode(encode([value]))[0]):
        assert type(received) is type(arrives)
        assert received == arrives
        assert repr(received) == repr(arrives)


def test_a_matrix_arrives_as_an_array_and_a_mask_is_never_lost():
    matrix = decode(encode(np.array([[1, 2]]).view(np.matrix)))
    assert type(matrix) is np.ndarray
    assert matrix.tolist() == [[1, 2]]
    masked = decode(encode(np.ma.array([1, 2], mask=[0, 1])))
    assert masked.tolist() == [1, None]


def test_a_hashable_record_can_be_a_key():
    received = decode(encode({Colour.RED: 1, Point(1, 2): 2}))
    assert [key.kind for key in received] == ["enum", "namedtuple"]


class Evil:
    ran: ClassVar[list] = []

    def __reduce__(self):
        return (Evil.ran.append, ("reduce",))

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


class FakeInt:
    __class__ = int

    def __repr__(self):
        return "7"


class AlwaysEqualInt(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Exits:
    def __repr__(self):
        raise SystemExit("from repr")


class Long:
    def __repr__(self):
        return "x" * 10_000_000


class ListOfMine(list):
    pass


class LyingMeta(type):
    @property
    def __module__(cls):
        raise SystemExit("from metaclass")


class FromDecimal:
    __module__ = "decimal"


class Zone(dt.tzinfo):
    def __init__(self, offset):
        self.offset = offset

    def utcoffset(self, when):
        return self.offset

    def dst(self, when):
        return None

    def tzname(self, when):
        return None


class Quantity(np.ndarray):
    def __len__(self):
        return 10**12

    def __eq__(self, other):
        Evil.ran.append("Quantity.__eq__")
        return True

    def __hash__(self):
        return 1


class MaskedQuantity(np.ma.MaskedArray):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        (n for n in range(3)),
        Evil(),
        Exits(),
        Long(),
        LyingMeta("Lying", (), {})(),
        FromDecimal(),
        dt.datetime(2020, 1, 1, tzinfo=Zone(None)),
        dt.time(1, tzinfo=Zone(dt.timedelta(0))),
        len,
        int,
        sys,
        {}.keys(),
        np.array([1]).view(Quantity),
        np.ma.array([1]).view(MaskedQuantity),
        dataclasses.make_dataclass("DictLike", ["a"], bases=(dict,))(1),
    ],
    ids=lambda value: type(value).__qualname__,
)
def test_anything_else_arrives_as_an_opaque_value_that_cannot_be_compared(value):
    for received in (decode(encode(value)), decode(encode([value]))[0]):
        assert type(received) is Opaque
        assert received.type_name.endswith(type.__dict__["__qualname__"].__get__(type(value)))
        assert len(received.text) <= 500
        for other in (1, copy.copy(received)):
            with pytest.raises(Undecidable):
                assert received == other
    assert Evil.ran == []


def test_a_moment_in_a_zone_of_a_stranger_keeps_its_offset():
    value = dt.datetime(2020, 1, 1, 12, tzinfo=Zone(dt.timedelta(hours=2)))

    assert decode(encode(value)) == value
    assert decode(encode(value)).tzinfo == dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    "value",
    [
        ipaddress.ip_address("192.0.2.1"),
        ipaddress.ip_address("2001:db8::1"),
        ipaddress.ip_network("192.0.2.0/24"),
        ipaddress.ip_network("2001:db8::/32"),
    ],
)
def test_an_address_arrives_as_itself(value):
    assert decode(encode(value)) == value
    assert type(decode(encode([value]))[0]) is type(value)


def test_an_address_whose_scope_is_a_long_text_is_opaque():
    assert type(decode(encode(ipaddress.IPv6Address("fe80::1%" + "x" * 200)))) is Opaque


@attrs.define
class Spot:
    x: int
    y: float = float("nan")


@attrs.define(slots=False)
class Named:
    x: int
    name: str = ""


class Model(pydantic.BaseModel):
    x: int


class Larger(Model):
    parts: list[Model] = []


@pytest.mark.parametrize(
    ("value", "other", "fields"),
    [
        (Spot(1), Spot(2), ["x", "y"]),
        (Named(1, name="a"), Named(1, name="b"), ["x", "name"]),
        (Larger(x=1, parts=[Model(x=2)]), Larger(x=1, parts=[Model(x=3)]), ["x", "parts"]),
    ],
    ids=["attrs with slots", "attrs without", "pydantic"],
)
def test_classes_of_attrs_and_pydantic_arrive_as_records(value, other, fields):
    arrived = decode(encode(value))

    assert type(arrived) is Record
    assert arrived.type_name == type(value).__qualname__
    assert [name for name, _ in arrived.fields] == fields
    assert arrived.x == value.x
    assert equal_values(arrived, decode(encode(value)))
    assert not equal_values(arrived, decode(encode(other)))
    # As where nothing travels.
    assert equal_values(value, copy.deepcopy(value))
    assert not equal_values(value, other)


def test_an_opaque_value_says_when_its_repr_failed():
    assert decode(encode(Exits())).text == "<repr failed: SystemExit>"


def nested(depth, wrap=lambda inner: [inner]):
    value = 0
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: [inner],
        lambda inner: (inner,),
        lambda inner: {1: inner},
        lambda inner: frozenset([inner]),
        slice,
        lambda inner: Point(inner, 1),
        lambda inner: collections.deque([inner]),
    ],
)
def test_nesting_arrives_up_to_the_limit_and_is_refused_beyond(wrap):
    value = nested(200, wrap)
    received = decode(encode(value))
    assert type(received) is not int
    with pytest.raises(EncodeError) as refusal:
        encode(nested(201, wrap))
    assert refusal.value.kind == "too_deep"
    with pytest.raises(EncodeError) as refusal:
        encode(nested(100_000, wrap))
    assert refusal.value.kind == "too_deep"


def test_a_value_that_contains_itself_is_refused():
    cyclic = [1]
    cyclic.append({"a": (cyclic,)})
    with pytest.raises(EncodeError) as refusal:
        encode(cyclic)
    assert refusal.value.kind == "cyclic"


def test_a_value_that_occurs_twice_is_no_cycle():
    shared = [1]
    assert decode(encode([shared, (shared, shared)])) == [[1], ([1], [1])]


def doubled():
    value = []
    for _ in range(60):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"x" * (17 << 20),
        lambda: "x" * (17 << 20),
        lambda: bytearray(17 << 20),
        lambda: ["x" * (1 << 20)] * 1000,
        lambda: ["x" * (1 << 20), 1] * 1000,
        lambda: [None] * 1_100_000,
        lambda: [[]] * 600_000,
        lambda: dict.fromkeys(range(1_100_000)),
        lambda: 1 << (8 << 20),
        lambda: decimal.Decimal("1" * 200_000),
        lambda: fractions.Fraction(1, 3**30_000),
        lambda: np.zeros(17 << 20, "u1"),
        lambda: np.broadcast_to(np.float64(0), (10**6, 10**6)),
        doubled,
    ],
)
def test_a_value_beyond_the_limits_is_refused_as_too_large(make):
    with pytest.raises(EncodeError) as refusal:
        encode(make())
    assert refusal.value.kind == "too_large"


@pytest.mark.parametrize(
    "value",
    [
        [None] * 900_000,
        [(1, 2.0)] * 150_000,
        ["ab"] * 400_000,
        [{"a": 1, "b": 2}] * 50_000,
        [{1}, 2**70, 1j, decimal.Decimal(1), fractions.Fraction(1, 3)] * 20_000,
        [Colour.RED, uuid.UUID(int=1), dt.date(2020, 1, 1), np.float32(1)] * 10_000,
        "x" * (15 << 20),
        set(range(400_000)),
    ],
    ids=lambda value: type(value).__name__ + str(len(value)),
)
def test_what_the_writer_accepts_at_its_limits_the_reader_accepts_too(value):
    assert len(decode(encode(value))) == len(value)


@ROUND_TRIP
@given(VALUES, st.integers(1, 60))
def test_writer_and_reader_count_items_alike(value, most):
    limits = Limits(max_items=most)
    try:
        frame = encode(value, limits)
    except EncodeError as refusal:
        assert refusal.kind == "too_large"  # noqa: PT017 - most examples do not raise
    else:
        assert same(decode(frame, limits), value)


@pytest.mark.parametrize(
    "limits", [{"max_bytes": 0}, {"max_items": 10**9}, {"max_depth": 0}, {"max_depth": 10_000}]
)
def test_limits_that_cannot_be_kept_are_refused(limits):
    (name,) = limits
    with pytest.raises(ValueError, match=name):
        Limits(**limits)


def test_encoding_works_after_the_candidate_patched_builtins_and_msgpack():
    script = """
    import builtins, collections, decimal, fractions, sys
    from pytest_metamorphic_guard.values.wire import encode
    import msgpack

    class Mine:
        pass

    def make():
        nested = (1.5, {"k": {3, 4}}, decimal.Decimal("1.5"), bytearray(b"x"), [b"x", 1])
        return [1, "a", 2**70, nested, collections.Counter("aab"), fractions.Fraction(1, 3), Mine]

    expected = encode(make())
    value, kept, write = make(), encode, sys.stdout.write

    def broken(*args, **kwargs):
        raise SystemExit("patched")

    names = "len type set map list tuple dict repr str id isinstance getattr sum bytes zip any next"
    for name in [*names.split(), "slice", "frozenset", "min", "max", "__import__"]:
        setattr(builtins, name, broken)
    for name in "Packer packb ExtType Unpacker unpackb".split():
        setattr(msgpack, name, broken)
    write("same" if kept(value) == expected else "different")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "same", done.stderr


def test_a_worker_does_not_load_numpy_to_send_plain_values():
    script = """
    import sys
    from pytest_metamorphic_guard.values.wire.encoding import encode
    encode([1, {"a": (2.5,)}])
    print(sorted({"numpy", "hypothesis", "pytest", "uuid", "zoneinfo"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
