"""Images of PIL, which is imported inside of functions: mode, size, palette, bytes of pixels."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.frames import IMAGE, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Pair, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

# Modes, how many numbers a pixel has, and what type these are; of mode 1 eight pixels are a byte.
_MODES: Final = {
    "1": (1, "B"),
    "L": (1, "B"),
    "P": (1, "B"),
    "LA": (2, "B"),
    "PA": (2, "B"),
    "RGB": (3, "B"),
    "YCbCr": (3, "B"),
    "LAB": (3, "B"),
    "HSV": (3, "B"),
    "RGBA": (4, "B"),
    "RGBX": (4, "B"),
    "RGBa": (4, "B"),
    "CMYK": (4, "B"),
    "La": (2, "B"),
    "I": (1, "i"),
    "F": (1, "f"),
    "I;16": (1, "H"),
}
_LONGEST: Final = 1 << 20
_MOST_BITS: Final = 1 << 25
_MOST_PALETTE: Final = 1024
_MOST_BYTES_PER_PIXEL: Final = 4


def _write(writer: Writer, value: Any) -> None:
    if value.mode not in _MODES:
        writer.opaque(value)
        return
    writer.check_size(value.width * value.height * _MOST_BYTES_PER_PIXEL)
    writer.mark(IMAGE)
    writer.scalar(value.mode)
    writer.sequence(list(value.size))
    writer.sequence(_take_palette(value))
    writer.scalar(value.tobytes())


def _take_palette(value: Any) -> list[Any]:
    """Return mode and colours of the palette, and which of them or what colour is not seen."""
    clear = value.info.get("transparency")
    if not isinstance(clear, (int, bytes)) and not (
        isinstance(clear, tuple) and set(map(type, clear)) <= {int}
    ):
        clear = None
    if value.mode not in ("P", "PA"):
        return [] if clear is None else ["", b"", clear]
    mode = "RGBA" if value.palette is not None and value.palette.mode == "RGBA" else "RGB"
    return [mode, bytes(value.getpalette(mode) or ()), clear]


def _put_together(mode: Any, size: Any, palette: Any, data: Any) -> object:
    width, height = require(size, list)
    require_ints(width, height)
    if type(mode) is not str or mode not in _MODES or type(data) is not bytes:
        raise DecodeError("no mode or bytes of an image")
    numbers, kind = _MODES[mode]
    row = (width + 7) // 8 if mode == "1" else width * numbers * array.array(kind).itemsize
    if min(width, height) < 0 or row * height != len(data):
        raise DecodeError("an image whose size does not fit its bytes")
    # A row takes memory without any pixels, and eight pixels of mode 1 become as many bytes.
    if max(width, height) > _LONGEST or (mode == "1" and width * height > _MOST_BITS):
        raise DecodeError("an image that is too large")
    try:
        from PIL import Image
    except ImportError:
        fields = (("mode", mode), ("size", (width, height)), ("data", data))
        return Record("table", "PIL.Image.Image", fields)
    # An image without pixels has no bytes to be made of.
    made = (
        Image.frombytes(mode, (width, height), data) if data else Image.new(mode, (width, height))
    )
    if require(palette, list):
        colours, listed, clear = palette
        if colours not in ("", "RGB", "RGBA") or len(require(listed, bytes)) > _MOST_PALETTE:
            raise DecodeError("no palette")
        if colours:
            made.putpalette(listed, colours)
        if clear is not None:
            if not isinstance(clear, (int, bytes)):
                require_ints(*require(clear, tuple))
            made.info["transparency"] = clear
    return made


def _read(value: Any) -> Any:
    """Return the numbers of all pixels, row by row."""
    if value.mode not in _MODES:
        raise Incomparable(value)
    plain = value.convert("L") if value.mode == "1" else value
    return array.array(_MODES[value.mode][1], plain.tobytes())


def _compare(first: Any, second: Any, rules: Rules) -> Iterable[tuple[Any, Any]] | None:
    if (first.mode, first.size) != (second.mode, second.size):
        return None
    if first.mode not in _MODES:
        raise Incomparable(first)
    if _take_palette(first) != _take_palette(second):
        return None
    left, right = _read(first), _read(second)
    if first.mode != "F" and left == right:
        return ()
    rules.charge(len(left))
    return [(left.tolist(), right.tolist())]


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    for word in ("mode", "size"):
        before, after = getattr(first, word), getattr(second, word)
        if before != after:
            return [f"{word} {before} becomes {after}"]
    if _take_palette(first)[:2] != _take_palette(second)[:2]:
        return ["the palettes differ"]
    if _take_palette(first) != _take_palette(second):
        return ["what is transparent differs"]
    count = _MODES[first.mode][0]
    left, right = _read(first), _read(second)
    refused: list[Pair] = []
    total = len(left) // count
    for at in range(total):
        a, b = (tuple(numbers[at * count : (at + 1) * count]) for numbers in (left, right))
        if a != b and len(refused) < asker.most_asked and asker.refuses(a, b):
            pair = (a[0], b[0]) if count == 1 else (a, b)
            refused.append((f"[{at % first.width}, {at // first.width}]", *pair))
    return asker.write(refused, f"of {total} pixels", all_asked=len(refused) < asker.most_asked)


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    if value.mode in ("P", "PA") or value.mode not in _MODES:
        raise TypeError("an image with a palette")
    return f"PIL.Image.frombytes({value.mode!r}, {value.size}, {write(value.tobytes())})"


def _show(value: Any, _: int) -> list[str]:
    return [f"{value.mode} image of {value.width} x {value.height} pixels"]


def _list_types() -> list[type]:
    from PIL import Image

    return [Image.Image]


def _list_files() -> list[type]:
    from PIL import Image, ImageFile

    # The formats that most files have; each is a module that opening a file would load.
    Image.preinit()
    found: list[type] = []
    waiting: list[type] = [ImageFile.ImageFile]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        below: list[type] = kind.__subclasses__()
        waiting += [sub for sub in below if sub.__module__.startswith("PIL.")]
    return found


KINDS: Final = (
    Kind(
        types=_list_types,
        mark=IMAGE,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=lambda value: _read(value).tolist(),
        count_elements=lambda value: value.width * value.height * _MOST_BYTES_PER_PIXEL,
        measure=lambda value: value.width * value.height * _MOST_BYTES_PER_PIXEL,
        copy=lambda value: value.copy(),
        show=_show,
        to_source=_to_source,
        describe=_describe,
    ),
    # An image that was opened is of the class of its format, and is what a copy of it is.
    Kind(
        types=_list_files,
        shape="sequence",
        write=lambda writer, value: writer.value(value.copy()),
        unwrap=lambda value: value.copy(),
        show=_show,
        to_source=_to_source,
        describe=_describe,
    ),
)
