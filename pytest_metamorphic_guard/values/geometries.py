"""Geometries of shapely, which is imported inside of functions.

They travel as arrays of coordinates, and those that hold others as a list of these: so they nest no
deeper than lists do. The binary form that shapely itself reads has no such limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import GEOMETRY, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Pair, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_LINES: Final = ("Point", "LineString", "LinearRing")
_HOLDERS: Final = ("MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
_NAMES: Final = (*_LINES, "Polygon", *_HOLDERS)
_PLANE, _SPACE = 2, 3


def _write(writer: Writer, value: Any) -> None:
    import shapely

    if getattr(value, "has_m", False):
        writer.opaque(value)
        return
    writer.mark(GEOMETRY)
    writer.scalar(type(value).__name__)
    writer.scalar(int(shapely.get_srid(value)))
    writer.sequence(_list_parts(value))


def _list_parts(value: Any) -> list[Any]:
    import shapely

    name = type(value).__name__
    if name in _HOLDERS:
        return list(value.geoms)
    if name == "Polygon":
        return [] if value.is_empty else [value.exterior, *value.interiors]
    return [shapely.get_coordinates(value, include_z=bool(value.has_z))]


def _put_together(name: Any, srid: Any, parts: Any) -> object:
    require_ints(srid)
    if type(name) is not str or name not in _NAMES or abs(srid) >= 1 << 31:
        raise DecodeError("no geometry")
    try:
        import shapely
    except ImportError:
        return Record("table", f"shapely.{name}", (("srid", srid), ("parts", parts)))
    made = _build(shapely, name, require(parts, list))
    return shapely.set_srid(made, srid) if srid else made


def _build(shapely: Any, name: str, parts: Any) -> Any:
    if name in _HOLDERS:
        wanted = name.removeprefix("Multi")
        for part in parts:
            kind = type(part).__name__
            if not isinstance(part, shapely.Geometry) or wanted not in (name, kind):
                raise DecodeError("no part of a geometry")
        return getattr(shapely, name)(parts)
    if name == "Polygon":
        if {type(part) for part in parts} - {shapely.LinearRing}:
            raise DecodeError("no ring of a polygon")
        return shapely.Polygon(parts[0], parts[1:]) if parts else shapely.Polygon()
    return _build_line(shapely, name, *parts)


def _build_line(shapely: Any, name: str, coordinates: Any) -> Any:
    import numpy as np

    shape = require(coordinates, np.ndarray).shape
    if coordinates.dtype != np.float64 or len(shape) != _PLANE or shape[1] not in (_PLANE, _SPACE):
        raise DecodeError("no coordinates")
    if not shape[0]:
        return getattr(shapely, name)()
    if name == "Point":
        (only,) = coordinates
        return shapely.points(only, handle_nan="allow")
    make = shapely.linestrings if name == "LineString" else shapely.linearrings
    return make(coordinates, handle_nan="allow")


def _list_same(value: Any) -> list[Any]:
    import shapely

    coordinates = shapely.get_coordinates(value, include_z=bool(value.has_z))
    return [_read_structure(value), int(shapely.get_srid(value)), coordinates]


def _read_structure(value: Any) -> list[Any]:
    """Return which geometries a geometry consists of, and how many points each has."""
    import shapely

    name = type(value).__name__
    if name in _LINES:
        return [name, int(shapely.count_coordinates(value))]
    return [name, bool(value.has_z), *map(_read_structure, _list_parts(value))]


def _pair(first: Any, second: Any) -> Iterable[Pair]:
    import shapely

    if type(first) is not type(second) or _read_structure(first) != _read_structure(second):
        return ()
    both = [
        shapely.get_coordinates(value, include_z=bool(value.has_z)) for value in (first, second)
    ]
    points = [list(map(tuple, coordinates.tolist())) for coordinates in both]
    return [(f"point {at}:", a, b) for at, (a, b) in enumerate(zip(*points, strict=True))]


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    import shapely

    name = type(value).__name__
    parts = _list_parts(value)
    if name in _HOLDERS:
        return f"shapely.{name}([{', '.join(_to_source(part, write) for part in parts)}])"
    if value.is_empty:
        return f"shapely.{name}()"
    if shapely.get_srid(value) or getattr(value, "has_m", False):
        raise TypeError("a geometry with a reference or a measure")
    if name == "Polygon":
        rings = [write(_list_points(ring)) for ring in parts]
        holes = f", [{', '.join(rings[1:])}]" if rings[1:] else ""
        return f"shapely.Polygon({rings[0]}{holes})"
    points = _list_points(value)
    return f"shapely.{name}({write(points if name != 'Point' else points[0])})"


def _list_points(value: Any) -> list[Any]:
    return list(map(tuple, _list_parts(value)[0].tolist()))


def _list_types() -> list[type]:
    import shapely

    return [getattr(shapely, name) for name in _NAMES]


KINDS: Final = (
    Kind(
        types=_list_types,
        mark=GEOMETRY,
        write=_write,
        put_together=_put_together,
        list_parts=_list_same,
        list_elements=_list_parts,
        # Nobody can change one.
        copy=lambda value: value,
        to_source=_to_source,
        pair=_pair,
    ),
)
