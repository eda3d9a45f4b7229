"""Values of numpy: arrays of plain numbers, texts and times, and single ones of these."""

from __future__ import annotations

import math
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pytest_metamorphic_guard.values.attoseconds import count_attoseconds, same_times
from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.frames import (
    ARRAY,
    CHUNK,
    NUMPY_BYTES,
    NUMPY_STR,
    SCALAR,
    DecodeError,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.structures import (
    compare_fields,
    to_source,
    write_objects,
    write_structure,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Pair, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

# Kinds of numpy whose elements are plain numbers, text or times; never objects or structures.
_ARRAYS: Final = frozenset("biufcSUmM")
_SCALARS: Final = _ARRAYS - frozenset("SU")
_REAL: Final = frozenset("biuf")
_COMPLEX: Final = frozenset("biufc")
_AT_ONCE: Final = 64  # comparisons in C that take as long as one in Python
_DTYPE: Final = re.compile(r"[<>|=][biufcSUmM]\d{1,8}(\[\d{0,9}[A-Za-z]{1,7}\])?")


def _write_array(writer: Writer, value: Any) -> None:
    kind = value.dtype
    if kind.kind == "O":
        write_objects(writer, value)
        return
    if kind.names is not None:
        write_structure(writer, value)
        return
    if kind.kind not in _ARRAYS or not _DTYPE.fullmatch(kind.str):
        writer.opaque(value)
        return
    writer.check_size(value.nbytes)
    flags = value.flags
    order = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    writer.mark(ARRAY)
    writer.scalar(kind.str)
    writer.scalar(order)
    writer.sequence(list(value.shape))
    if flags.c_contiguous and value.nbytes:
        writer.data(value.reshape(-1).view(np.uint8).data)
    else:
        writer.scalar(value.tobytes(order))


def _take_scalar_apart(value: Any) -> tuple[str, bytes] | None:
    return (value.dtype.str, value.tobytes()) if value.dtype.kind in _SCALARS else None


def _list_scalars() -> set[type]:
    named = [kind for kind in vars(np).values() if isinstance(kind, type)]
    found = {kind for kind in (*np.sctypeDict.values(), *named) if issubclass(kind, np.generic)}
    return found - {np.str_, np.bytes_, np.void, np.record}


def _read_array(dtype: str, order: Any, shape: list[int], data: bytes) -> object:
    """Return the array, writable and owning its memory."""
    kind = _require_dtype(dtype, _ARRAYS)
    if type(shape) is not list or type(data) is not bytes or order not in ("C", "F"):
        raise DecodeError("no shape or bytes of an array")
    require_ints(*shape)
    if any(length < 0 for length in shape):
        raise DecodeError("an array of negative length")
    count = math.prod(shape)
    if count * kind.itemsize != len(data) or (kind.itemsize == 0 and count > CHUNK):
        raise DecodeError("an array's shape does not fit its bytes")
    if count * kind.itemsize == 0:
        return np.zeros(shape, kind, order=order)
    flat = np.frombuffer(data, kind)
    if kind.kind in "bU":
        _check_elements(flat)
    if len(shape) == 1:
        return flat.copy()
    return flat.reshape(shape, order=order).copy(order="K")


def _read_scalar(dtype: str, data: bytes) -> object:
    kind = _require_dtype(dtype, _SCALARS)
    if type(data) is not bytes or len(data) != kind.itemsize:
        raise DecodeError("a numpy scalar's type does not fit its bytes")
    flat = np.frombuffer(data, kind)
    _check_elements(flat)
    return flat[0]


def _to_array(value: Any) -> Any:
    return np.ndarray.view(value, np.ndarray)


def _require_dtype(dtype: str, kinds: frozenset[str]) -> Any:
    # Only the plain form: numpy's own parser takes structures and objects too.
    if type(dtype) is not str or not _DTYPE.fullmatch(dtype) or dtype[1] not in kinds:
        raise DecodeError("no plain type of numpy")
    return np.dtype(dtype)


def _check_elements(flat: Any) -> None:
    """Refuse bit patterns that numpy itself never makes and later trips over."""
    if flat.dtype.kind == "b" and flat.view("u1").max() > 1:
        raise DecodeError("a boolean that is neither")
    if flat.dtype.kind == "U" and flat.view(flat.dtype.byteorder + "u4").max() > sys.maxunicode:
        raise DecodeError("a character beyond Unicode")


def _unwrap(value: Any) -> Any:
    """Return a number or text of numpy's as Python's, and anything else as it is."""
    if value.dtype.kind not in "biufcSU":
        return value
    if value.dtype.kind in "SU":  # of which the array that `item` asks drops NULs at the end
        return str.__str__(value) if value.dtype.kind == "U" else bytes.__bytes__(value)
    item = value.item()
    if type(item) is not type(value):
        return item
    if value.dtype.kind == "c":
        return complex(value)
    # Python has no type for long double, but exact fractions; which no worker needs to load.
    from fractions import Fraction

    return Fraction(*value.as_integer_ratio()) if np.isfinite(value) else float(value)


def _make_key(value: Any, _: bool) -> object:  # noqa: FBT001 - the protocol's
    if value.dtype.kind not in "mM":
        raise Incomparable(value)
    return ("time", type(value).__name__, *count_attoseconds(value))


def _compare(  # noqa: C901, PLR0911 - one answer per kind of element
    first: Any, second: Any, rules: Rules
) -> Iterable[tuple[Any, Any]] | None:
    if first.shape != second.shape:
        return None
    kinds = first.dtype.kind + second.dtype.kind
    if kinds == "VV":
        return compare_fields(first, second)
    if kinds[0] != kinds[1] and any(kind in "mMSU" for kind in kinds):
        return None
    if _REAL.issuperset(kinds) and rules.same_floats is not None:
        rules.charge(first.size // _AT_ONCE)
        if bool((first == second).all()):
            return ()
        found = rules.same_floats(first, second)
        if found is not None:
            return () if found else None
    if first.dtype == second.dtype and first.dtype.kind in "biufmMSU":
        missing = (first != first) & (second != second)  # noqa: PLR0124 - nan differs from itself
        if bool(((first == second) | missing).all()):
            return ()
        if rules.is_exact:
            return None
    if all(kind in "mM" for kind in kinds):
        return () if same_times(first, second) else None
    rules.charge(first.size)
    if "c" in kinds and rules.is_exact and _COMPLEX.issuperset(kinds):
        # Python's complex has no room for the digits of a long one.
        return [(first.real, second.real), (first.imag, second.imag)]
    return zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)


def _identify(value: Any) -> str | None:
    if value.dtype.hasobject:
        return None
    import hashlib  # which no worker needs to load

    # All of it, where a repr leaves out the middle, and at a hundredth of the time.
    content = hashlib.sha256(value.tobytes()).hexdigest()
    return f"array({value.dtype.str}, {value.shape}, {content})"


def _array_to_source(value: Any, write: Callable[[object], str]) -> str:
    """Write an array so that numpy makes the same of it again, whatever its size."""
    try:
        kind = value.dtype.kind
        if kind in "OV":
            return to_source(value, write)
        plain = value
        if kind in "mM":  # of a span the number is what numpy reads
            plain = value.astype(str) if kind == "M" else value.view("i8")
        shape = f".reshape({value.shape})" if value.size == 0 and value.ndim > 1 else ""
        natural = str(value.dtype) in ("int64", "float64", "bool", "complex128") or kind in "US"
        dtype = "" if natural and value.size else f", dtype={str(value.dtype)!r}"
        return f"np.array({write(plain.tolist())}{dtype}){shape}"
    except Exception:  # noqa: BLE001 - structured and object arrays of strangers' classes
        from pytest_metamorphic_guard.contracts.texts import clean  # which no worker needs to load

        return "np." + " ".join(clean(repr(value)).split())


def _scalar_to_source(value: Any, write: Callable[[object], str]) -> str:
    if value.dtype.kind == "f" and not np.isfinite(value):
        return f"np.{type(value).__name__}({write(float(value))})"
    return repr(value)


def _pair_arrays(first: Any, second: Any) -> Iterable[Pair]:
    if type(first) is not type(second):
        return ()
    if first.ndim and first.shape == second.shape:
        return ((f"[{i}]", a, b) for i, (a, b) in enumerate(zip(first, second, strict=True)))
    return () if first.ndim else [("", first.tolist(), second.tolist())]


def _pair_scalars(first: Any, second: Any) -> Iterable[Pair]:
    # Of nanoseconds, a time's own value is a bare number.
    if first.dtype.kind in "mM":
        return ()
    left, right = first.item(), second.item()
    return [] if type(left) is type(first) else [("", left, right)]


def _describe(*asked: Any) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    return describe_arrays(*asked)


KINDS: Final = (
    Kind(
        types=lambda: (np.ndarray,),
        mark=ARRAY,
        write=_write_array,
        put_together=_read_array,
        compare=_compare,
        list_elements=lambda value: list(value.tolist()),
        measure=lambda value: int(value.nbytes),
        copy=lambda value: None if value.dtype.hasobject else value.copy("K"),
        to_source=_array_to_source,
        identify=_identify,
        pair=_pair_arrays,
        describe=_describe,
    ),
    # These differ from an array in how they are written; others may hold a mask, or a unit.
    Kind(
        types=lambda: (np.matrix, np.memmap),
        shape="sequence",
        write=lambda writer, value: writer.value(_to_array(value)),
        unwrap=_to_array,
        to_source=lambda value, write: _array_to_source(_to_array(value), write),
        describe=lambda first, second, asker: _describe(_to_array(first), _to_array(second), asker),
    ),
    Kind(
        types=_list_scalars,
        mark=SCALAR,
        take_apart=_take_scalar_apart,
        put_together=_read_scalar,
        unwrap=_unwrap,
        make_key=_make_key,
        compare=_compare,
        to_source=_scalar_to_source,
        pair=_pair_scalars,
    ),
    # An array would lose NUL characters at the end of these.
    Kind(
        types=lambda: (np.str_,),
        mark=NUMPY_STR,
        take_apart=lambda value: (str.__str__(value),),
        put_together=lambda text: np.str_(require(text, str)),
        unwrap=_unwrap,
        compare=_compare,
        pair=_pair_scalars,
    ),
    Kind(
        types=lambda: (np.bytes_,),
        mark=NUMPY_BYTES,
        take_apart=lambda value: (value.tobytes(),),
        put_together=lambda data: np.bytes_(require(data, bytes)),
        unwrap=_unwrap,
        compare=_compare,
        pair=_pair_scalars,
    ),
)
