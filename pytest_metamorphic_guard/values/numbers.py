"""Exact numbers of the standard library: of the modules ``decimal`` and ``fractions``."""

from __future__ import annotations

import decimal
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import read_int, require, require_ints
from pytest_metamorphic_guard.values.frames import (
    CONTEXT,
    DECIMAL,
    FRACTION,
    MAX_DECIMAL_DIGITS,
    MAX_FRACTION_BYTES,
    DecodeError,
    EncodeError,
    keep_builtins,
    to_signed_bytes,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.sides import Reader, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_SMALL_FRACTION: Final = 64
_get_numerator, _get_denominator = (
    vars(Fraction)[name].__get__ for name in ("_numerator", "_denominator")
)


def _take_decimal_apart(value: Any) -> tuple[str]:
    text = str(value)
    if len(text) > MAX_DECIMAL_DIGITS:
        raise EncodeError(
            "too_large",
            f"the result holds a Decimal of {len(text)} characters; "
            f"at most {MAX_DECIMAL_DIGITS} are sent",
        )
    return (text,)


def _read_decimal(text: str) -> object:
    if type(text) is not str or len(text) > MAX_DECIMAL_DIGITS:
        raise DecodeError("no text of a Decimal")
    return Decimal(text)


def _take_fraction_apart(value: Any) -> list[bytes]:
    parts = (value.numerator, value.denominator)
    return [to_signed_bytes(part, MAX_FRACTION_BYTES) for part in parts]


def _read_fraction(reader: Reader, numerator: bytes, denominator: bytes) -> object:
    # Small ones are limited by their number, large ones take long to reduce.
    if len(denominator) <= _SMALL_FRACTION:
        return _reduce(numerator, denominator)
    return reader.spend(_reduce, numerator, denominator)


def _reduce(numerator: bytes, denominator: bytes) -> object:
    parts = [read_int(part, MAX_FRACTION_BYTES) for part in (numerator, denominator)]
    return Fraction(*parts)


def _list_context(value: Context) -> list[Any]:
    numbers = [value.prec, value.Emin, value.Emax, value.capitals, value.clamp]
    traps, flags = (
        [signal.__name__ for signal in decimal.Context().traps if chosen[signal]]
        for chosen in (value.traps, value.flags)
    )
    return [numbers, value.rounding, traps, flags]


def _write_context(writer: Writer, value: Context) -> None:
    numbers, rounding, traps, flags = _list_context(value)
    writer.mark(CONTEXT)
    writer.sequence(numbers)
    writer.scalar(rounding)
    writer.sequence(traps)
    writer.sequence(flags)


def _read_context(numbers: Any, rounding: Any, traps: Any, flags: Any) -> object:
    require_ints(*require(numbers, list))
    prec, least, most, capitals, clamp = numbers
    known = {signal.__name__: signal for signal in decimal.Context().traps}
    chosen = [[known[name] for name in require(names, list)] for names in (traps, flags)]
    return Context(prec, require(rounding, str), least, most, capitals, clamp, chosen[1], chosen[0])


def _context_to_source(value: Context, _: Callable[[object], str]) -> str:
    numbers, rounding, traps, flags = _list_context(value)
    names = ("prec", "Emin", "Emax", "capitals", "clamp")
    parts = [f"{name}={number}" for name, number in zip(names, numbers, strict=True)]
    lists = [
        f"{word}=[{', '.join(f'decimal.{name}' for name in signals)}]"
        for word, signals in (("flags", flags), ("traps", traps))
    ]
    return f"decimal.Context({', '.join([*parts, f'rounding={rounding!r}', *lists])})"


KINDS: Final = (
    Kind(
        library="decimal",
        types=lambda: (Context,),
        mark=CONTEXT,
        write=_write_context,
        put_together=_read_context,
        list_parts=_list_context,
        to_source=_context_to_source,
        identify=lambda value: _context_to_source(value, repr),
    ),
    Kind(
        types=lambda: (Decimal,),
        mark=DECIMAL,
        shape="number",
        take_apart=_take_decimal_apart,
        put_together=_read_decimal,
        to_plain=lambda value: Decimal.__new__(Decimal, value),
    ),
    Kind(
        types=lambda: (Fraction,),
        mark=FRACTION,
        shape="number",
        take_apart=_take_fraction_apart,
        read=_read_fraction,
        to_plain=lambda value: Fraction(_get_numerator(value), _get_denominator(value)),
    ),
)
