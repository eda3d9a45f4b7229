"""When two outputs count as the same."""

import collections
import dataclasses
import datetime as dt
import enum
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_metamorphic_guard import Opaque, Record, approx, equal_values
from pytest_metamorphic_guard.values.deciding import Undecidable

NAN = float("nan")
OTHER_NAN = math.inf - math.inf
Point = collections.namedtuple("Point", "x y")  # noqa: PYI024 - what candidates return

numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
)
atoms = st.one_of(numbers, st.text(), st.binary(), st.none(), st.dates(), st.timedeltas())
# A machine under load draws slowly, which says nothing about what is tested.
PATIENT = [HealthCheck.too_slow]
plain = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(), st.integers()), inner),
    ),
)


def rebuild(value):
    """Copy plain data deeply, with fresh nans."""
    match value:
        case float() if math.isnan(value):
            return math.inf - math.inf
        case list():
            return [rebuild(item) for item in value]
        case tuple():
            return tuple(rebuild(item) for item in value)
        case dict():
            return {key: rebuild(item) for key, item in reversed(value.items())}
        case _:
            return value


@settings(max_examples=50, suppress_health_check=PATIENT)
@given(plain)
def test_every_value_equals_a_copy_of_itself(value):
    assert equal_values(value, rebuild(value))


@settings(max_examples=50, suppress_health_check=PATIENT)
@given(plain, plain)
def test_equivalence_is_symmetric(first, second):
    assert equal_values(first, second) == equal_values(second, first)


@settings(max_examples=30, suppress_health_check=PATIENT)
@given(st.lists(plain, max_size=4), plain)
def test_a_list_with_one_more_element_differs(values, extra):
    assert not equal_values(values, [*values, extra])


@settings(max_examples=50, suppress_health_check=PATIENT)
@given(plain)
def test_a_value_differs_from_a_list_of_it(value):
    assert not equal_values(value, [value])


@settings(max_examples=50, suppress_health_check=PATIENT)
@given(plain)
def test_approx_accepts_whatever_is_equal(value):
    assert approx()(value, rebuild(value))


@given(st.lists(st.floats(-1e300, 1e300)), st.sampled_from([-1, 1]))
def test_approx_accepts_a_small_relative_change_at_any_depth(values, sign):
    changed = [value * (1 + sign * 1e-9) for value in values]
    assert approx(rel=1e-6)({"values": (values,)}, {"values": (changed,)})


def name_type(value):
    """Name a parameter by its type: in which order a set shows nan differs between processes."""
    return type(value).__name__


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NAN, OTHER_NAN),
        ([1.0, NAN], [1.0, OTHER_NAN]),
        ({NAN, 1}, {OTHER_NAN, 1}),
        ({(NAN, 1)}, {(OTHER_NAN, 1)}),
        ({"a": NAN}, {"a": OTHER_NAN}),
        ({NAN: 1}, {OTHER_NAN: 1}),
        (complex(NAN, 1), complex(OTHER_NAN, 1)),
        (Decimal("sNaN"), Decimal("sNaN")),
        (Decimal("nan"), NAN),
        (True, 1),
        ([True, 2], [1, 2.0]),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 2), 0.5),
        ({1, 2}, frozenset({2, 1})),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (collections.deque([NAN]), collections.deque([OTHER_NAN])),
        (Point(1, NAN), Point(1, OTHER_NAN)),
        (range(3), range(3)),
        (bytearray(b"a"), bytearray(b"a")),
        (slice(1, [NAN]), slice(1, [OTHER_NAN])),
        (
            Record("dataclass", "Invoice", (("total", NAN),)),
            Record("dataclass", "Invoice", (("total", OTHER_NAN),)),
        ),
    ],
    ids=name_type,
)
def test_these_are_equal(first, second):
    assert equal_values(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 2),
        (1, "1"),
        (None, False),
        ([1], (1,)),
        (Point(1, 2), (1, 2)),
        (collections.OrderedDict(a=1), {"a": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {"b": 1}),
        ({NAN, 1}, {NAN, 2}),
        (complex(NAN, 1), complex(NAN, 2)),
        (Decimal("sNaN"), Decimal(1)),
        (Decimal("sNaN"), 1.0),
        (2**53 + 1, 2.0**53),
        ("é", "e\u0301"),
        (b"a", "a"),
        (dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),  # noqa: DTZ001
        (Record("dataclass", "A", (("x", 1),)), Record("dataclass", "B", (("x", 1),))),
        (Record("dataclass", "A", (("x", 1),)), Record("dataclass", "A", (("y", 1),))),
    ],
    ids=name_type,
)
def test_these_differ(first, second):
    assert not equal_values(first, second)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: value,
        lambda value: [value],
        lambda value: {1: value},
        lambda value: (Record("namedtuple", "Pair", (("left", value),)),),
        lambda value: np.array([value], object),
    ],
)
def test_what_cannot_be_compared_decides_nothing_wherever_it_stands(wrap):
    opaque = Opaque("shop.Session", "<Session>")
    for first, second in [(opaque, opaque), (opaque, 1), ("text", opaque), (object(), object())]:
        with pytest.raises(
            Undecidable, match=r"an? (shop.Session|object) came, which does not trav"
        ):
            equal_values(wrap(first), wrap(second))


def test_a_part_that_differs_decides_beside_one_that_cannot_be_compared():
    for one, other in [([object(), 1], [object(), 2]), ({1: object()}, {2: object()})]:
        assert not equal_values(one, other)
        assert not equal_values(other, one)


class Flatterer:
    """Claims to be equal to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class FlatteringList(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 0

    __hash__ = None


class FlatteringInt(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class FlatteringEnum(enum.Enum):
    A = 1
    B = 2

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


@dataclasses.dataclass(eq=False)
class FlatteringDataclass:
    x: int

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class PretendedArray:
    dtype = 1
    shape = ()

    def __eq__(self, other):
        return True

    __hash__ = None


PretendedArray.__module__ = "numpy"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FlatteringEnum.A, FlatteringEnum.B),
        ({FlatteringEnum.A}, {FlatteringEnum.B}),
        ({FlatteringEnum.A: 1}, {FlatteringEnum.B: 1}),
        (FlatteringDataclass(1), FlatteringDataclass(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_candidates_own_eq_is_never_asked(first, second):
    assert not equal_values(first, second)
    assert not equal_values(second, first)
    assert not approx()(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Flatterer(), 1),
        (Flatterer(), Flatterer()),
        ([Flatterer()], [2]),
        ({Flatterer()}, {2}),
        ({Flatterer()}, {Flatterer()}),
        ({Flatterer(): 1}, {2: 1}),
        (slice(Flatterer(), 2), slice(1, 2)),
        (FlatteringList([1]), FlatteringList([2])),
        (FlatteringList([1]), [1]),
        (FlatteringInt(1), 2),
        (FlatteringInt(1), FlatteringInt(2)),
        (PretendedArray(), np.array(1)),
        (PretendedArray(), PretendedArray()),
        (np.array([Flatterer()], object), np.array([2], object)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nor_where_only_it_could_tell(first, second):
    for same in (equal_values, approx()):
        with pytest.raises(Undecidable):
            same(first, second)
        with pytest.raises(Undecidable):
            same(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (np.array([1, NAN]), np.array([1, NAN])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array(["NaT", "2026"], "M8[D]"), np.array(["NaT", "2026"], "M8[D]")),
        (np.array(["2026"], "M8[D]"), np.array(["2026"], "M8[s]")),
        (np.array([1, "a", None, NAN], object), np.array([1, "a", None, OTHER_NAN], object)),
        (np.array([(1, NAN)], "i4,f8"), np.array([(1, NAN)], "i4,f8")),
        (np.array([complex(NAN, 1)]), np.array([complex(NAN, 1)])),
        (np.array(3), np.array(3)),
        (np.array([np.longdouble(1) / 3]), np.array([np.longdouble(1) / 3])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.float64(1), 1.0),
        (np.float32("nan"), NAN),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.longdouble(1) / 3, np.longdouble(1) / 3),
        (np.longdouble("nan"), NAN),
        (np.datetime64("NaT", "s"), np.datetime64("NaT", "s")),
        ({np.int64(1): 2}, {1: 2}),
    ],
)
def test_these_numpy_values_are_equal(first, second):
    assert equal_values(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (np.zeros((2, 1)), np.zeros(2)),
        (np.zeros(1), np.zeros(3)),
        (np.zeros((0, 3)), np.zeros((3, 0))),
        (np.array([1]), [1]),
        (np.array(1), 1),
        (np.array(["1"]), np.array([1])),
        (np.array([b"a"]), np.array(["a"])),
        (np.array([2**53 + 1]), np.array([2.0**53])),
        (np.array([2**63], "u8"), np.array([-(2**63)], "i8")),
        (np.array(["NaT"], "M8[D]"), np.array(["NaT"], "m8[D]")),
        (np.array(["2026"], "M8[D]"), np.array(["2025"], "M8[s]")),
        (np.array([complex(NAN, 1)]), np.array([complex(NAN, 2)])),
        (np.datetime64("2026"), np.datetime64("2025")),
        (np.longdouble(1) / 3, float(np.longdouble(1) / 3)),
    ],
)
def test_these_numpy_values_differ(first, second):
    assert not equal_values(first, second)


@pytest.mark.filterwarnings("error")
def test_comparing_with_numpy_loaded_warns_about_nothing():
    assert equal_values({"a": ("b", range(2))}, {"a": ("b", range(2))})
    assert not equal_values([np.array(["a"])], [np.array([1])])


def test_nesting_deeper_than_pythons_stack_is_compared():
    first, second, other = [1], [1], [2]
    for _ in range(20_000):
        first, second, other = [first], [second], [other]
    assert equal_values(first, second)
    assert not equal_values(first, other)
    for value in (first, second, other):  # nothing else takes such a list apart without recursion
        while isinstance(value[0], list):
            value[:] = value[0]


def test_values_that_contain_themselves_are_compared():
    first, second = [1], [1]
    first.append(first)
    second.append(second)
    assert equal_values(first, second)
    second.insert(0, 0)
    assert not equal_values(first, second)


def test_values_that_share_their_parts_are_compared_once():
    first, second = [0], [0]
    for _ in range(200):
        first, second = [first, first], [second, second]
    assert equal_values(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1.0, 1.0 + 1e-9),
        (1 + 1j, 1 + 1j + 1e-9j),
        (Decimal("1.0"), Decimal("1.0000000001")),
        (Decimal("1.0"), 1.0000000001),
        (Fraction(1, 3), 1 / 3 + 1e-12),
        (Fraction(1, 3), Decimal(1) / Decimal(3)),
        (10**400, 10**400 + 1),
        (Decimal("1e1000"), Decimal("1.0000000001e1000")),
        (complex(1.5e308, 1.5e308), complex(1.5e308, 1.5e308 * (1 + 1e-9))),
        (math.inf, math.inf),
        (NAN, OTHER_NAN),
        ([10**9], [10**9 + 1]),
        (np.array([10**9]), np.array([10**9 + 1])),
        (np.array([1, 2]), np.array([1.0, 2.0 + 1e-9])),
        ({1.0, 2.0}, {1.0 + 1e-10, 2.0}),
        ({"a": [1.0]}, {"a": [1.0 + 1e-10]}),
        (np.longdouble(1) / 3, 1 / 3),
    ],
)
def test_these_are_approximately_equal(first, second):
    assert approx()(first, second)
    assert approx()(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1.0, 1.0 + 1e-5),
        (1 + 1j, 1 + 1.1j),
        (10**400, 2 * 10**400),
        (10**400, 1.0),
        (10**400, math.inf),
        (10**400, 1j),
        (10**400, Fraction(1, 3)),
        (Decimal("1e1000"), 1.0),
        (Decimal("Infinity"), 1.0),
        (Decimal("sNaN"), 1.0),
        (Decimal("sNaN"), Decimal(1)),
        (math.inf, 1e308),
        (math.inf, -math.inf),
        (1e308, -1e308),
        (NAN, 1.0),
        ("a", "b"),
        ([1.0], [1.0, 1.0]),
        ({1.0: "a"}, {1.0 + 1e-10: "a"}),
    ],
)
def test_these_are_not_approximately_equal(first, second):
    assert not approx()(first, second)
    assert not approx()(second, first)


def test_the_absolute_tolerance_counts_near_zero():
    assert not approx(abs=1e-12)(0.0, 1e-9)
    assert approx(abs=1e-8)(0.0, 1e-9)
    assert approx(rel=0, abs=0.5)([1, 2], [1.5, 2])


@pytest.mark.parametrize("tolerance", [-1, NAN, math.inf, "1", None])
def test_a_tolerance_that_is_none_is_refused(tolerance):
    with pytest.raises(ValueError, match=r"approx\(rel=.*\): a tolerance is a number >= 0"):
        approx(rel=tolerance)
