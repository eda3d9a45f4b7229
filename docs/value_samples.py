"""One value of each kind, and one that differs from it in one place.

``docs/write_values.py`` asks the kinds about them for the page; the tests ask the same and more.
"""

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import io
import ipaddress
import pathlib
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, NamedTuple


@dataclasses.dataclass(frozen=True)
class Sample:
    """A value of a kind.

    Attributes:
        name: What the page calls it.
        make: Gives the value, a new one each time.
        change: Gives one that differs in one place.
        near: Gives one whose numbers differ by a billionth, if it has any.
        said: What the text about the difference between the first two must hold.
        arrives: What it arrives as, where that is another kind.
        has_source: Whether it can be written as source.
    """

    name: str
    make: Callable[[], Any]
    change: Callable[[], Any]
    near: Callable[[], Any] | None = None
    said: str = ""
    arrives: str = ""
    has_source: bool = True


class Shade(enum.Enum):
    """A candidate's own enum."""

    LIGHT = 1
    DARK = 2


class Point(NamedTuple):
    """A candidate's own named tuple."""

    x: float
    y: float


@dataclasses.dataclass
class Order:
    """A candidate's own dataclass."""

    number: int
    total: float
    note: str = "leave it at the door, but not in the rain, and ring twice before you go"


class PriceError(ValueError):
    """A candidate's own exception."""


def list_sections() -> Iterator[tuple[str, str, list[Sample]]]:
    """Yield titles, the distribution that must be installed, if one must, and samples."""
    yield "Python", "", _make_python()
    yield "Standard library", "", _make_stdlib()
    yield "numpy", "numpy", _make_numpy()
    yield "pandas", "pandas", _make_pandas()
    yield "polars", "polars", _make_polars()
    yield "pyarrow", "pyarrow", _make_arrow()
    yield "scipy", "scipy", _make_sparse()
    yield "xarray", "xarray", _make_labelled()
    yield "shapely", "shapely", _make_geometries()
    yield "PIL", "PIL", _make_images()
    yield "torch", "torch", _make_tensors()
    yield "jax", "jax", _make_jax()


def list_samples() -> list[Sample]:
    """Return all samples of libraries that are installed."""
    return [
        sample
        for _, library, samples in list_sections()
        if not library or find_spec(library)
        for sample in samples
    ]


_EPS = 1e-9


def _make_python() -> list[Sample]:
    long = list(range(40))
    record = "a record of its fields"
    return [
        Sample("None", lambda: None, lambda: 0),
        Sample("bool", lambda: True, lambda: False),
        Sample("int", lambda: 3, lambda: 4),
        Sample("float", lambda: 0.5, lambda: 0.75, lambda: 0.5 + _EPS),
        Sample("complex", lambda: 1 + 2j, lambda: 1 + 3j, lambda: 1 + (2 + _EPS) * 1j),
        Sample("str", lambda: "a" * 70, lambda: "a" * 60 + "b" + "a" * 9, said="60"),
        Sample("bytes", lambda: bytes(99), lambda: bytes(98) + b"\1", said="[98]"),
        Sample(
            "bytearray", lambda: bytearray(99), lambda: bytearray(b"\1" + bytes(98)), said="[0]"
        ),
        Sample(
            "memoryview",
            lambda: memoryview(array.array("d", long)),
            lambda: memoryview(array.array("d", [*long[:7], 0.5, *long[8:]])),
            lambda: memoryview(array.array("d", [*long[:7], 7 + _EPS, *long[8:]])),
            said="[7]",
        ),
        Sample("list", lambda: [*long], lambda: [*long[:-1], 0], said="[39]"),
        Sample("tuple", lambda: (*long,), lambda: (*long[:-1], 0), said="[39]"),
        Sample("set", lambda: {*long}, lambda: {*long[1:], 77}, said="77"),
        Sample("frozenset", lambda: frozenset(long), lambda: frozenset(long[1:]), said="0"),
        Sample(
            "dict",
            lambda: {"price": 9.99, "names": long},
            lambda: {"price": 10.01, "names": long},
            lambda: {"price": 9.99 + _EPS, "names": long},
            said="['price'] 9.99 becomes 10.01",
        ),
        Sample("range", lambda: range(3), lambda: range(4)),
        Sample("slice", lambda: slice(1, 5, 2), lambda: slice(1, 5, 3)),
        Sample("...", lambda: ..., lambda: None),
        Sample("NotImplemented", lambda: NotImplemented, lambda: None),
        Sample(
            "exceptions of Python's own",
            lambda: ValueError("no such price", *long),
            lambda: ValueError("no such prize", *long),
            said=".args[0]",
        ),
        Sample(
            "other exceptions",
            lambda: PriceError("no such price", *long),
            lambda: PriceError("no such prize", *long),
            said="args",
            arrives="a record of its arguments",
        ),
        Sample(
            "dataclass instances",
            lambda: Order(7, 9.5),
            lambda: Order(7, 9.75),
            lambda: Order(7, 9.5 + _EPS),
            said=".total 9.5 becomes 9.75",
            arrives=record,
        ),
        Sample(
            "named tuples",
            lambda: Point(1.0, 2.0),
            lambda: Point(1.0, 3.0),
            lambda: Point(1.0, 2 + _EPS),
            arrives=record,
        ),
        Sample("enum members", lambda: Shade.DARK, lambda: Shade.LIGHT, arrives=record),
    ]


def _make_stdlib() -> list[Sample]:
    long = [number / 2 for number in range(40)]
    near = [*long[:7], long[7] + _EPS, *long[8:]]
    other = [*long[:7], 0.25, *long[8:]]
    when = dt.datetime(2020, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    price = decimal.Decimal("9.99")
    return [
        Sample(
            "array.array",
            lambda: array.array("d", long),
            lambda: array.array("d", other),
            lambda: array.array("d", near),
            said="[7] 3.5 becomes 0.25",
        ),
        Sample(
            "collections.deque",
            lambda: collections.deque(long, 50),
            lambda: collections.deque(other, 50),
            lambda: collections.deque(near, 50),
            said="[7]",
        ),
        Sample(
            "collections.OrderedDict",
            lambda: collections.OrderedDict(a=1.5, b=long),
            lambda: collections.OrderedDict(a=1.75, b=long),
            said="['a'] 1.5 becomes 1.75",
        ),
        Sample(
            "collections.Counter",
            lambda: collections.Counter("ab" * 20),
            lambda: collections.Counter("ab" * 20 + "b"),
        ),
        Sample(
            "collections.defaultdict",
            lambda: collections.defaultdict(list, a=long),
            lambda: collections.defaultdict(list, a=other),
            lambda: collections.defaultdict(list, a=near),
            said="['a']",
        ),
        Sample(
            "collections.ChainMap",
            lambda: collections.ChainMap({"a": long}, {"b": 1}),
            lambda: collections.ChainMap({"a": other}, {"b": 1}),
            lambda: collections.ChainMap({"a": near}, {"b": 1}),
            said=".maps[0]['a'][7]",
        ),
        Sample(
            "types.MappingProxyType",
            lambda: types.MappingProxyType({"a": long}),
            lambda: types.MappingProxyType({"a": other}),
            lambda: types.MappingProxyType({"a": near}),
            said="['a'][7]",
        ),
        Sample(
            "types.SimpleNamespace",
            lambda: types.SimpleNamespace(a=long, b=1),
            lambda: types.SimpleNamespace(a=other, b=1),
            lambda: types.SimpleNamespace(a=near, b=1),
            said=".a[7] 3.5 becomes 0.25",
        ),
        Sample(
            "decimal.Decimal",
            lambda: price,
            lambda: price + 1,
            lambda: price + decimal.Decimal(_EPS),
        ),
        Sample("decimal.Context", lambda: decimal.Context(prec=5), lambda: decimal.Context(prec=6)),
        Sample(
            "fractions.Fraction",
            lambda: fractions.Fraction(1, 3),
            lambda: fractions.Fraction(2, 3),
            lambda: fractions.Fraction(1, 3) + fractions.Fraction(_EPS),
        ),
        Sample("datetime.datetime", lambda: when, lambda: when.replace(fold=1)),
        Sample("datetime.date", lambda: dt.date(2020, 1, 2), lambda: dt.date(2020, 1, 3)),
        Sample("datetime.time", lambda: dt.time(2, 30), lambda: dt.time(2, 30, fold=1)),
        Sample("datetime.timedelta", lambda: dt.timedelta(1), lambda: dt.timedelta(1, 1)),
        Sample("datetime.timezone", lambda: dt.UTC, lambda: dt.timezone(dt.timedelta(hours=1))),
        Sample(
            "zoneinfo.ZoneInfo",
            lambda: zoneinfo.ZoneInfo("Europe/Berlin"),
            lambda: zoneinfo.ZoneInfo("Europe/Paris"),
        ),
        Sample("uuid.UUID", lambda: uuid.UUID(int=5), lambda: uuid.UUID(int=6)),
        Sample(
            "pathlib paths",
            lambda: pathlib.PurePosixPath("a/b"),
            lambda: pathlib.PurePosixPath("a/c"),
        ),
        Sample(
            "ipaddress addresses",
            lambda: ipaddress.ip_address("10.0.0.1"),
            lambda: ipaddress.ip_address("10.0.0.2"),
        ),
        Sample(
            "ipaddress networks",
            lambda: ipaddress.ip_network("10.0.0.0/8"),
            lambda: ipaddress.ip_network("10.0.0.0/9"),
        ),
        Sample(
            "re.Pattern",
            lambda: re.compile("a+b", re.IGNORECASE),
            lambda: re.compile("a+c", re.IGNORECASE),
            arrives="a record of its text and flags",
        ),
    ]


def _make_numpy() -> list[Sample]:
    if find_spec("numpy") is None:
        return []
    import numpy as np

    def fill(change: float = 0.0, kind: str = "f8") -> Any:
        made = np.arange(400, dtype=kind).reshape(20, 20)
        made[12, 3] += change
        return made

    def mask(change: float = 0.0) -> Any:
        made = np.ma.array(fill(change), mask=fill() % 7 == 0)
        made[0, 0] = np.ma.masked
        return made

    def hold(change: float = 0.0) -> Any:
        made = fill().astype(object)
        made[12, 3] = [9.5, "a", None]
        made[12, 4] = {"price": 10 + change}
        return made

    def name(change: float = 0.0, kind: Any = None) -> Any:
        made = np.zeros(
            30, [("id", "<i4"), ("price", "<f8"), ("at", "<M8[D]"), ("xy", "<f4", (2,))]
        )
        made["price"][7] = 9.5 + change
        return made if kind is None else made.view(kind)

    return [
        Sample(
            "numpy.ndarray",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="[12, 3] 243.0 becomes 243.5",
        ),
        Sample(
            "numpy.ndarray of integers",
            lambda: fill(kind="i8"),
            lambda: fill(1, "i8"),
            said="[12, 3]",
        ),
        Sample(
            "numpy.ndarray of texts",
            lambda: fill().astype("U8"),
            lambda: fill(1).astype("U8"),
            said="[12, 3]",
        ),
        Sample(
            "numpy.ndarray of moments",
            lambda: fill().astype("i8").astype("M8[D]"),
            lambda: fill(1).astype("i8").astype("M8[D]"),
            said="[12, 3]",
        ),
        Sample(
            "numpy.ndarray of objects", hold, lambda: hold(0.5), lambda: hold(_EPS), said="[12, 4]"
        ),
        Sample(
            "numpy.ndarray with fields", name, lambda: name(0.5), lambda: name(_EPS), said="[7]"
        ),
        Sample(
            "numpy.recarray",
            lambda: name(kind=np.recarray),
            lambda: name(0.5, np.recarray),
            lambda: name(_EPS, np.recarray),
            said="[7]",
        ),
        Sample("numpy.void", lambda: name()[7], lambda: name(0.5)[7], lambda: name(_EPS)[7]),
        Sample(
            "numpy.ma.MaskedArray",
            mask,
            lambda: mask(0.5),
            lambda: mask(_EPS),
            said="[12, 3] 243.0 becomes 243.5",
        ),
        Sample(
            "numpy.float64 and other scalars",
            lambda: np.float32(1.5),
            lambda: np.float32(2.5),
            lambda: np.float64(1.5 + _EPS),
        ),
        Sample(
            "numpy.datetime64",
            lambda: np.datetime64("2020-01-01"),
            lambda: np.datetime64("2020-01-02"),
        ),
        Sample("numpy.str_", lambda: np.str_("a"), lambda: np.str_("b")),
        Sample("numpy.bytes_", lambda: np.bytes_(b"a"), lambda: np.bytes_(b"b")),
        Sample(
            "numpy.matrix",
            lambda: fill().view(np.matrix),
            lambda: fill(0.5).view(np.matrix),
            lambda: fill(_EPS).view(np.matrix),
            said="[12, 3]",
            arrives="an array",
        ),
    ]


def _make_pandas() -> list[Sample]:
    if find_spec("pandas") is None:
        return []
    import pandas as pd

    def fill(change: float = 0.0) -> Any:
        made = pd.DataFrame({"id": range(100), "price": [n / 4 for n in range(100)]})
        made["when"] = pd.date_range("2020-10-24", periods=100, freq="h", tz="Europe/Berlin")
        made["name"] = [f"n{n}" for n in range(100)]
        made.loc[12, "price"] += change
        return made

    def column(kind: str, start: int = 0) -> Any:
        numbers = [*range(start, start + 20)]
        if kind.startswith("period"):
            return pd.Series(pd.period_range("2020-01", periods=20, freq="M") + start)
        if kind == "interval":
            return pd.Series(pd.interval_range(start, start + 20))
        if kind == "category":
            return pd.Series(
                pd.Categorical(["a", "b"] * 10, categories=["b", "a"][:: 1 - 2 * start])
            )
        return pd.Series(numbers, dtype=kind)

    def widen(change: float = 0.0) -> Any:
        made = fill(change).set_index(["id", "name"])
        return made.assign(
            kind=pd.Categorical(["a", "b"] * 50),
            month=pd.period_range("2020-01", periods=100, freq="M").array,
            span=pd.arrays.IntervalArray.from_breaks(range(101)),
            few=pd.arrays.SparseArray([0, 0, 0, 1] * 25),
            count=pd.array([1, None] * 50, dtype="Int64"),
            flag=pd.array([True, None] * 50, dtype="boolean"),
        )

    levels = [["a", "a", "b"] * 10, range(30)]
    interval = pd.Interval
    return [
        Sample(
            "pandas.DataFrame",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="row 12, column 'price': 3.0 becomes 3.5",
        ),
        Sample(
            "pandas.DataFrame of other columns",
            widen,
            lambda: widen(0.5),
            lambda: widen(_EPS),
            said="row (12, 'n12'), column 'price'",
        ),
        Sample(
            "pandas.Series",
            lambda: fill()["price"],
            lambda: fill(0.5)["price"],
            lambda: fill(_EPS)["price"],
            said="row 12: 3.0 becomes 3.5",
        ),
        Sample(
            "pandas.Series of categories",
            lambda: column("category"),
            lambda: column("category")[::-1].reset_index(drop=True),
            said="row 0",
        ),
        Sample(
            "pandas.Series of periods",
            lambda: column("period[M]"),
            lambda: column("period[M]", 1),
            said="row 0",
        ),
        Sample(
            "pandas.Series of intervals",
            lambda: column("interval"),
            lambda: column("interval", 1),
            said="row 0",
        ),
        Sample(
            "pandas.Series of Int64",
            lambda: column("Int64"),
            lambda: column("Int64", 1),
            said="row 0",
        ),
        Sample(
            "pandas.Series, sparse",
            lambda: column("Sparse[int]"),
            lambda: column("Sparse[int]", 1),
            said="row 0",
        ),
        Sample(
            "pandas.Index",
            lambda: pd.Index([*range(1, 31)], name="id"),
            lambda: pd.Index([*range(2, 32)], name="id"),
            said="position 0: 1 becomes 2",
        ),
        Sample(
            "pandas.MultiIndex",
            lambda: pd.MultiIndex.from_arrays(levels),
            lambda: pd.MultiIndex.from_arrays([levels[0], range(1, 31)]),
            said="position 0",
        ),
        Sample(
            "pandas.array()",
            lambda: pd.array([1, None, 3] * 10),
            lambda: pd.array([1, None, 4] * 10),
            said="position 2",
        ),
        Sample(
            "pandas.Categorical",
            lambda: pd.Categorical(["a", "b"] * 10),
            lambda: pd.Categorical(["a", "c"] * 10),
            said="position 1",
        ),
        Sample(
            "pandas.Period", lambda: pd.Period("2020-01", "M"), lambda: pd.Period("2020-02", "M")
        ),
        Sample(
            "pandas.Interval",
            lambda: interval(1.0, 2.0),
            lambda: interval(1.0, 3.0),
            lambda: interval(1.0, 2 + _EPS),
        ),
        Sample(
            "pandas.Timestamp",
            lambda: pd.Timestamp("2020-01-01"),
            lambda: pd.Timestamp("2020-01-02"),
            arrives="numpy.datetime64; with a zone datetime, or with nanoseconds as itself",
        ),
        Sample(
            "pandas.Timedelta",
            lambda: pd.Timedelta("1s"),
            lambda: pd.Timedelta("2s"),
            arrives="numpy.timedelta64",
        ),
        Sample("pandas.NaT", lambda: pd.NaT, lambda: None, arrives="numpy.datetime64"),
        Sample("pandas.NA", lambda: pd.NA, lambda: 0, arrives="None"),
    ]


def _make_arrow() -> list[Sample]:
    if find_spec("pyarrow") is None:
        return []
    import pyarrow as pa

    when = dt.datetime(2020, 10, 25, tzinfo=dt.UTC)

    def fill(change: float = 0.0) -> Any:
        prices = [n / 4 for n in range(100)]
        prices[12] += change
        return pa.table(
            {
                "id": pa.array(range(100), pa.int32()),
                "price": [*prices[:-1], None],
                "name": [f"n{n}" for n in range(99)] + [None],
                "kind": pa.array(["a", "b"] * 50).dictionary_encode(),
                "sizes": pa.array([[n, None] for n in range(99)] + [None], pa.list_(pa.int64())),
                "pair": pa.array([(n, n) for n in range(100)], pa.list_(pa.int32(), 2)),
                "part": pa.array([{"x": n, "y": "a"} for n in range(100)]),
                "map": pa.array([[("a", n)] for n in range(100)], pa.map_(pa.string(), pa.int64())),
                "when": pa.array([when + dt.timedelta(n) for n in range(100)]),
                "day": pa.array([dt.date(2020, 1, 1)] * 100),
                "cost": pa.array([decimal.Decimal("9.99")] * 100),
                "flag": pa.array([True, None] * 50),
                "none": pa.nulls(100),
            }
        )

    return [
        Sample(
            "pyarrow.Table",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="row 12, column 'price': 3.0 becomes 3.5",
        ),
        Sample(
            "pyarrow.RecordBatch",
            lambda: fill().to_batches()[0],
            lambda: fill(0.5).to_batches()[0],
            lambda: fill(_EPS).to_batches()[0],
            said="row 12, column 'price': 3.0 becomes 3.5",
        ),
        Sample(
            "pyarrow.Array",
            lambda: fill()["price"].chunk(0),
            lambda: fill(0.5)["price"].chunk(0),
            lambda: fill(_EPS)["price"].chunk(0),
            said="position 12: 3.0 becomes 3.5",
        ),
        Sample(
            "pyarrow.ChunkedArray",
            lambda: fill()["price"],
            lambda: fill(0.5)["price"],
            lambda: fill(_EPS)["price"],
            said="position 12",
        ),
        Sample(
            "pyarrow.Scalar",
            lambda: pa.scalar(1.5),
            lambda: pa.scalar(2.5),
            lambda: pa.scalar(1.5 + _EPS),
        ),
    ]


def _make_polars() -> list[Sample]:
    if find_spec("polars") is None:
        return []
    import polars as pl

    when = dt.datetime(2020, 10, 25, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))

    def fill(change: float = 0.0) -> Any:
        prices: list[float | None] = [n / 4 for n in range(99)]
        prices[12] = 3 + change
        texts = ["", "ä", "n\0", *(f"n{n}" for n in range(96)), None]
        return pl.DataFrame(
            [
                pl.Series("id", range(100), dtype=pl.UInt16),
                pl.Series("price", [*prices, None], dtype=pl.Float64),
                pl.Series("name", texts, dtype=pl.String),
                pl.Series("kind", ["a", "b"] * 50, dtype=pl.Categorical),
                pl.Series("size", ["S", "L"] * 50, dtype=pl.Enum(["S", "L"])),
                pl.Series("flag", [True, None] * 50),
                pl.Series("day", [dt.date(2020, 1, 1), None] * 50),
                pl.Series("when", [when] * 100, dtype=pl.Datetime("us", "Europe/Berlin")),
                pl.Series("took", [dt.timedelta(1)] * 100),
                pl.Series("at", [dt.time(2, 30)] * 100),
                pl.Series("cost", [decimal.Decimal("9.99")] * 100, dtype=pl.Decimal(10, 2)),
                pl.Series("sizes", [[1, None], None] * 50, dtype=pl.List(pl.Int64)),
                pl.Series("pair", [[1, 2]] * 100, dtype=pl.Array(pl.Int32, 2)),
                pl.Series("part", [{"x": 1.5, "y": ["a"]}, None] * 50),
                pl.Series("raw", [b"\0", None] * 50),
                pl.Series("none", [None] * 100, dtype=pl.Null),
            ]
        )

    return [
        Sample(
            "polars.DataFrame",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="row 12, column 'price': 3.0 becomes 3.5",
        ),
        Sample(
            "polars.Series",
            lambda: fill()["price"],
            lambda: fill(0.5)["price"],
            lambda: fill(_EPS)["price"],
            said="position 12: 3.0 becomes 3.5",
        ),
        Sample(
            "polars.Series of lists",
            lambda: fill()["sizes"],
            fill()["sizes"].reverse,
            said="position 0",
        ),
    ]


def _make_sparse() -> list[Sample]:
    if find_spec("scipy") is None:
        return []
    import numpy as np
    from scipy import sparse

    def fill(change: float = 0.0) -> Any:
        made = np.zeros((40, 30))
        made[3, 4], made[12, 3], made[39, 29] = 1.5, 9.5 + change, -2
        return made

    def make(name: str) -> Sample:
        kind = getattr(sparse, name)
        return Sample(
            f"scipy.sparse.{name}",
            lambda: kind(fill()),
            lambda: kind(fill(0.5)),
            lambda: kind(fill(_EPS)),
            said="[12, 3] 9.5 becomes 10.0",
        )

    return [
        make(name)
        for name in ("csr_array", "csc_array", "coo_array", "csr_matrix", "lil_array", "dok_array")
    ]


def _make_labelled() -> list[Sample]:
    if find_spec("xarray") is None:
        return []
    import numpy as np
    import xarray as xr

    def fill(change: float = 0.0) -> Any:
        data = np.arange(60.0).reshape(6, 10)
        data[5, 3] += change
        days = np.arange("2020-01-01", "2020-01-11", dtype="M8[D]").astype("M8[ns]")
        return xr.DataArray(
            data,
            {"site": list("abcdef"), "day": days},
            ["site", "day"],
            name="rain",
            attrs={"unit": "mm"},
        )

    return [
        Sample(
            "xarray.DataArray",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="[5, 3] 53.0 becomes 53.5",
        ),
        Sample(
            "xarray.Dataset",
            lambda: fill().to_dataset(),
            lambda: fill(0.5).to_dataset(),
            lambda: fill(_EPS).to_dataset(),
            said="['rain']: [5, 3] 53.0 becomes 53.5",
        ),
        Sample(
            "xarray.Variable",
            lambda: fill().variable,
            lambda: fill(0.5).variable,
            lambda: fill(_EPS).variable,
            said="[5, 3]",
        ),
    ]


def _make_geometries() -> list[Sample]:
    if find_spec("shapely") is None:
        return []
    import shapely

    def ring(change: float = 0.0) -> list[tuple[float, float]]:
        return [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0 + change), (0.0, 9.0)]

    hole = [(1, 1), (2, 1), (2, 2)]
    far = [(n, n) for n in range(20, 30)]

    def polygon(change: float = 0.0) -> Any:
        return shapely.Polygon(ring(change), [hole])

    def several(change: float = 0.0) -> Any:
        return shapely.GeometryCollection(
            [polygon(change), shapely.LineString(far), shapely.Point(1, 2, 3)]
        )

    def both(change: float = 0.0) -> Any:
        return shapely.MultiPolygon([polygon(change), shapely.Polygon([*far, (0, 30)])])

    return [
        Sample(
            "shapely.Point",
            lambda: shapely.Point(1, 2),
            lambda: shapely.Point(1, 3),
            lambda: shapely.Point(1, 2 + _EPS),
        ),
        Sample(
            "shapely.LineString",
            lambda: shapely.LineString(ring()),
            lambda: shapely.LineString(ring(1)),
            lambda: shapely.LineString(ring(_EPS)),
            said="point 2: (9.0, 9.0) becomes (9.0, 10.0)",
        ),
        Sample(
            "shapely.Polygon", polygon, lambda: polygon(1), lambda: polygon(_EPS), said="point 2:"
        ),
        Sample("shapely.MultiPolygon", both, lambda: both(1), lambda: both(_EPS), said="point 2:"),
        Sample(
            "shapely.GeometryCollection",
            several,
            lambda: several(1),
            lambda: several(_EPS),
            said="point 2:",
        ),
    ]


def _make_images() -> list[Sample]:
    if find_spec("PIL") is None:
        return []
    from PIL import Image

    def draw(mode: str, value: Any = None) -> Any:
        made = Image.linear_gradient("L").resize((20, 10)).convert("RGB").convert(mode)
        if value is not None:
            made.putpixel((12, 3), value)
        return made

    def open_file(value: Any = None) -> Any:
        stream = io.BytesIO()
        draw("RGB", value).save(stream, "PNG")
        return Image.open(stream)

    return [
        Sample(
            "PIL.Image.Image of a file",
            open_file,
            lambda: open_file((1, 2, 3)),
            said="1 of 200 pixels differ",
            arrives="an Image of its pixels",
        ),
        Sample(
            "PIL.Image.Image",
            lambda: draw("RGB"),
            lambda: draw("RGB", (1, 2, 3)),
            said="1 of 200 pixels differ",
        ),
        Sample(
            "PIL.Image.Image of mode L", lambda: draw("L"), lambda: draw("L", 7), said="[12, 3]"
        ),
        Sample(
            "PIL.Image.Image of mode 1",
            lambda: draw("1"),
            lambda: draw("1", 1 - draw("1").getpixel((12, 3)) // 255),
            said="[12, 3]",
        ),
        Sample(
            "PIL.Image.Image of mode F",
            lambda: draw("F", 0.5),
            lambda: draw("F", 0.75),
            lambda: draw("F", 0.5 + 1e-7),
            said="[12, 3] 0.5 becomes 0.75",
        ),
        Sample(
            "PIL.Image.Image with a palette",
            lambda: draw("P"),
            lambda: draw("P", 7),
            said="[12, 3]",
            has_source=False,
        ),
    ]


def _make_tensors() -> list[Sample]:
    if find_spec("torch") is None:
        return []
    import torch

    def fill(change: float = 0.0, kind: str = "float64") -> Any:
        made = torch.arange(400, dtype=torch.float64).reshape(20, 20)
        made[12, 3] += change
        return made.to(getattr(torch, kind))

    return [
        Sample(
            "torch.Tensor",
            fill,
            lambda: fill(0.5),
            lambda: fill(_EPS),
            said="[12, 3] 243.0 becomes 243.5",
        ),
        Sample(
            "torch.Tensor of bfloat16",
            lambda: fill(0, "bfloat16"),
            lambda: fill(64, "bfloat16"),
            said="[12, 3]",
        ),
    ]


def _make_jax() -> list[Sample]:
    if find_spec("jax") is None:
        return []
    import jax.numpy as jnp

    return [
        Sample(
            "jax.Array",
            lambda: jnp.arange(40),
            lambda: jnp.arange(40) % 39,
            said="[39] 39 becomes 0",
            arrives="a numpy.ndarray",
        ),
    ]
