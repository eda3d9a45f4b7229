"""The odd ones of each kind: empty, sliced, nested, with nothing in them, and at their limits."""

import array
import collections
import datetime as dt
import decimal
import types

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import shapely
import xarray as xr
from PIL import Image

from pytest_metamorphic_guard.report.names import fit_names
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.records import Opaque
from pytest_metamorphic_guard.values.wire import decode, encode

BIG = pa.table(
    {
        "a": pa.array(range(1000)),
        "s": pa.array([f"s{i}" for i in range(1000)]),
        "l": pa.array([[i, None] for i in range(1000)]),
        "b": pa.array([i % 3 == 0 for i in range(1000)]),
        "st": pa.array([{"x": i, "y": [str(i)]} for i in range(1000)]),
        "d": pa.array(["a", "b"] * 500).dictionary_encode(),
        "fx": pa.array([[1, 2]] * 1000, pa.list_(pa.int8(), 2)),
        "m": pa.array([[("k", i)] for i in range(1000)], pa.map_(pa.string(), pa.int64())),
    }
)
VALUES = {
    "pd.cut": pd.Series(pd.cut([1, 2, 3, 4], 2)),
    "qcut idx": pd.IntervalIndex(pd.cut([1, 2, 3, 4], 2)),
    "interval ts": pd.Interval(pd.Timestamp("2020"), pd.Timestamp("2021")),
    "interval tz": pd.Interval(pd.Timestamp("2020", tz="UTC"), pd.Timestamp("2021", tz="UTC")),
    "iv dt": pd.interval_range(pd.Timestamp("2020"), periods=3),
    "period q": pd.Period("2020Q1"),
    "period 15min": pd.Period("2020-01-01 00:15", freq="15min"),
    "pi w": pd.period_range("2020", periods=3, freq="W-MON"),
    "empty df": pd.DataFrame(),
    "df no rows": pd.DataFrame({"a": pd.Series([], dtype="Int64")}),
    "df mi cols": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "df dup": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "named cols": pd.DataFrame([[1]], columns=pd.Index(["a"], name="z")),
    "cat empty": pd.Series(pd.Categorical([None, None], categories=[])),
    "cat na": pd.Series(pd.Categorical(["a", None])),
    "sparse float": pd.Series(pd.arrays.SparseArray([np.nan, 1.0])),
    "sparse bool": pd.Series(pd.arrays.SparseArray([True, False], fill_value=False)),
    "arrow str": pd.Series(["a", None], dtype=pd.ArrowDtype(pa.string())),
    "arrow ts": pd.Series([dt.datetime(2020, 1, 1)], dtype=pd.ArrowDtype(pa.timestamp("us"))),  # noqa: DTZ001
    "catidx": pd.CategoricalIndex(["a", "b", "a"]),
    "tz arr": pd.array(pd.date_range("2020", periods=2, tz="Europe/Berlin")),
    "td idx": pd.to_timedelta(["1s", None]),
    "str arr": pd.array(["a", None]),
    "obj nested": pd.Series([[1], {"a": 2}, None]),
    "df nested frame": pd.DataFrame({"f": [pd.DataFrame({"a": [1]})]}),
    "slice": BIG.slice(13, 5),
    "slice0": BIG.slice(0, 7),
    "chunked": pa.concat_tables([BIG.slice(0, 3), BIG.slice(990, 10)]),
    "empty t": BIG.slice(0, 0),
    "no cols": pa.table({}),
    "batch": BIG.slice(3, 9).to_batches()[0],
    "arr slice bool": BIG["b"].chunk(0).slice(5, 9),
    "list slice": BIG["l"].chunk(0).slice(5, 9),
    "struct slice": BIG["st"].chunk(0).slice(5, 9),
    "map slice": BIG["m"].chunk(0).slice(5, 9),
    "dict slice": BIG["d"].chunk(0).slice(5, 9),
    "fx slice": BIG["fx"].chunk(0).slice(5, 9),
    "sv": pa.array(["a", None], pa.string_view()),
    "ch0": pa.chunked_array([], pa.int64()),
    "sc none": pa.scalar(None, pa.int64()),
    "sc struct": pa.scalar({"a": 1}),
    "sc str": pa.scalar("x"),
    "nan": pa.array([float("nan"), None]),
    "union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    "f16": pa.array([np.float16(1.5)]),
    "time": pa.array([dt.time(1)]),
    "dur": pa.array([dt.timedelta(1)]),
    "far ts": pa.array([2**62], pa.timestamp("s")),
    "d256": pa.array([decimal.Decimal("1.5")], pa.decimal256(50, 2)),
    "uint8": pa.array([1], pa.uint8()),
    "pl empty": pl.DataFrame(),
    "pl norows": pl.DataFrame({"a": []}),
    "pl obj": pl.Series("o", [object()], dtype=pl.Object),
    "pl dec": pl.Series([decimal.Decimal("1.5")]),
    "pl nested": pl.DataFrame({"a": [{"x": {"y": [1, 2]}}, None]}),
    "pl cat": pl.Series(["a", None], dtype=pl.Categorical),
    "pl far": pl.Series([2**62]).cast(pl.Datetime("ms")),
    "pl nan": pl.Series([float("nan"), None]),
    "pl bool": pl.Series([True, None]),
    "pl i128": pl.Series([1], dtype=pl.Int128),
    "pl u64": pl.Series([2**63], dtype=pl.UInt64),
    "pl slice": pl.Series(range(100))[5:9],
    "pl chunk": pl.concat([pl.Series([1]), pl.Series([2])], rechunk=False),
    "pl dur ms": pl.Series([dt.timedelta(1)], dtype=pl.Duration("ms")),
    "pl arr2": pl.Series([[[1, 2], [3, 4]]], dtype=pl.Array(pl.Array(pl.Int8, 2), 2)),
    "pl tz": pl.Series([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)]),
    "coo1": sp.coo_array(np.array([0, 1.5])),
    "csr bool": sp.csr_array(np.eye(2, dtype=bool)),
    "dia": sp.dia_array(np.eye(3)),
    "bsr": sp.bsr_array(np.eye(4)),
    "sp empty": sp.csr_array((0, 5)),
    "sp int": sp.csc_matrix(np.eye(2, dtype="i1")),
    "sp none": sp.csr_array((3, 3)),
    "coo dup": sp.coo_array(([1, 2], ([0, 0], [0, 0])), shape=(2, 2)),
    "xr mi": xr.DataArray(
        [1, 2],
        dims="x",
        coords={"x": pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["p", "q"])},
    ),
    "xr 0d": xr.DataArray(1.5),
    "xr nocoord": xr.DataArray([[1]]),
    "xr ds": xr.Dataset({"a": ("x", [1, 2]), "b": 3}),
    "xr str": xr.DataArray(["a", "b"]),
    "xr dt": xr.DataArray(pd.date_range("2020", periods=2)),
    "xr obj": xr.DataArray(np.array([{}, None], object)),
    "xr attrs": xr.DataArray([1], attrs={"a": [1, {"b": 2}]}),
    "pt empty": shapely.Point(),
    "pt z": shapely.Point(1, 2, 3),
    "poly empty": shapely.Polygon(),
    "gc": shapely.GeometryCollection(),
    "mls": shapely.MultiLineString([[(0, 0), (1, 1)]]),
    "srid": shapely.set_srid(shapely.Point(1, 2), 4326),
    "ring": shapely.LinearRing([(0, 0), (1, 0), (1, 1)]),
    "nan pt": shapely.Point(float("nan"), 1),
    "gc nested": shapely.GeometryCollection([shapely.GeometryCollection([shapely.Point(1, 1)])]),
    "img0": Image.new("RGB", (0, 5)),
    "img1": Image.new("1", (9, 3), 1),
    "imgI16": Image.new("I;16", (3, 2), 7),
    "imgI": Image.new("I", (3, 2), 7),
    "imgLA": Image.new("LA", (3, 2)),
    "imgP": Image.new("RGB", (3, 3)).quantize(4),
    "imgCMYK": Image.new("CMYK", (2, 2)),
    "arr h": array.array("h", [1]),
    "mv h": memoryview(b"ab").cast("h"),
    "mv empty": memoryview(b"").cast("d"),
    "mv strided": memoryview(b"abcdef")[::2],
    "mv np": memoryview(np.arange(6.0).reshape(2, 3)),
    "proxy od": types.MappingProxyType(collections.OrderedDict(a=1)),
    "ns empty": types.SimpleNamespace(),
    "chain0": collections.ChainMap(),
    "exc import": ImportError("x", name="m"),
    "exc attr": AttributeError("a", name="n"),
    "exc unicode": UnicodeDecodeError("utf8", b"\xff", 0, 1, "bad"),
    "exc sysexit": SystemExit(3),
    "exc stop": StopIteration([1]),
    "exc syntax": SyntaxError("m", ("f", 1, 2, "t")),
    "oserr": OSError(1, "a"),
    "ts fold": dt.datetime(2020, 1, 1, fold=1),  # noqa: DTZ001
    "rec sub": np.zeros(
        2, [("a", "f4", (2, 2)), ("b", "U3"), ("c", "M8[ns]"), ("d", "?"), ("e", [("x", "i2")])]
    ),
    "rec 0": np.zeros((0,), [("a", "i4")]),
    "rec nd": np.zeros((2, 3), [("a", "i4")]),
    "rec aligned": np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True)),
    "rec obj": np.array([(1, [2])], [("a", "i4"), ("b", "O")]),
    "obj 0d": np.array(None, object),
    "obj empty": np.empty((0, 3), object),
    "obj ragged": np.array([[1], [1, 2]], dtype=object),
    "obj arrs": np.array([np.zeros(2), np.zeros(3)], dtype=object),
    "ma nomask": np.ma.array([1, 2]),
    "ma all": np.ma.masked_all((2, 2)),
    "ma str": np.ma.array(["a", "b"], mask=[1, 0]),
    "ma rec": np.ma.array([(1, 2.0)], mask=[(0, 1)], dtype=[("a", "i4"), ("b", "f8")]),
    "ma obj": np.ma.array([1, None], mask=[0, 1], dtype=object),  # type: ignore[type-var]
    "ma const": np.ma.masked,
    "np void": np.void(b"abc"),
    "timedelta": np.timedelta64(3, "M"),
}

# What no reader could tell apart, or show; each says what to return instead.
OPAQUE = {"union", "far ts", "pl obj", "pl far", "ma const", "np void"}
NO_SOURCE = {"sv", "srid", "imgP"}


@pytest.mark.parametrize("name", [name for name in VALUES if name not in OPAQUE])
def test_an_odd_value_arrives_equal_and_its_source_makes_it(name):
    value = VALUES[name]

    arrived = decode(encode([value]))

    assert equal_values(arrived, [value])
    assert all(len(line) <= 60 for line in format_value(value, 60, 8))
    if name in NO_SOURCE:
        with pytest.raises(SyntaxError):
            compile(to_source(value), "", "eval")
        return
    line, imports = fit_names(f"[{to_source(value)}]", [value], {})
    names = {}
    exec("\n".join(imports), names)
    assert equal_values(eval(line, names), [value]), line


@pytest.mark.parametrize("name", sorted(OPAQUE))
def test_what_nobody_can_compare_is_opaque(name):
    assert type(decode(encode(VALUES[name]))) is Opaque
