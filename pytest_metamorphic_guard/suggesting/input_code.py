"""Strategies of hypothesis, as code, for shapes of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["NARROWER", "WIDE", "Range", "cannot_write", "write_strategy", "write_text"]

_MOST_EDGES = 12
_LARGEST_EDGE = 100_000
# Up to here every whole number is one of 16 bits.
_MOST_SHORT = 2_000
_MOST_LETTERS = 16
_LETTERS = "abcXYZ 019.,-é\n"


class Range(NamedTuple):
    """How far inputs reach.

    Attributes:
        least: The smallest number; None for as far below 0 as above.
        filled: Lists, texts and their like have something in them.
        said: What it leaves out, in words; empty for nothing.
    """

    least: int | None = None
    filled: bool = False
    said: str = ""


WIDE = Range()
NARROWER = (
    Range(None, filled=True, said="empty ones"),
    Range(0, said="negative numbers"),
    Range(0, filled=True, said="empty ones and negative numbers"),
    Range(1, said="numbers below 1"),
    Range(1, filled=True, said="empty ones and numbers below 1"),
)
_NO_STRATEGY = frozenset({"other"})
_MOST_ELEMENTS, _MOST_INSIDE = 8, 4
_LONGEST, _LONGEST_INSIDE = 20, 6
_FORMS = {
    "bool": "st.booleans()",
    "none": "st.none()",
    "complex": "st.complex_numbers(max_magnitude=100, allow_nan=False)",
    "date": "st.dates()",
    "datetime": "st.datetimes()",
    "timedelta": "st.timedeltas()",
    # Nothing is known of what is in it: it was empty wherever it was seen.
    "empty": "st.integers(-9, 9)",
    "text": "st.text({letters}, {least}max_size={longest})",
    "bytes": "st.binary({least}max_size={longest})",
    "list": "st.lists({part}, {least}max_size={most})",
    "tuples": "st.lists({part}, {least}max_size={most}).map(tuple)",
    "set": "st.sets({part}, {least}max_size={most})",
    "frozenset": "st.frozensets({part}, {least}max_size={most})",
    "dict": "st.dictionaries({parts}, {least}max_size={most})",
    "tuple": "st.tuples({parts})",
    "union": "st.one_of({parts})",
}


def write_text(text: str) -> str:
    """Return a text as a literal, in the quotes that formatters choose."""
    literal = repr(text)
    if literal.startswith("'") and '"' not in text:
        return f'"{literal[1:-1]}"'
    return literal


def cannot_write(shape: Shape) -> bool:
    """Tell whether there is something in a shape of which no strategy can be written."""
    return shape.kind in _NO_STRATEGY or any(map(cannot_write, shape.parts))


def write_strategy(
    shape: Shape, literals: Sequence[object] = (), reach: Range = WIDE, depth: int = 0
) -> str:
    """Return the code of a strategy.

    Args:
        shape: The shape of its values; see `cannot_write`.
        literals: What stands in the code under test: numbers near those, and texts with their
            characters, are what its branches are about.
        reach: How far its values reach.
        depth: In how many containers it stands. Elements are near each other, so that some are
            equal.
    """
    if shape.is_number:
        return _write_number(shape.kind, literals, reach, depth)
    if shape.kind == "choice":
        return f"st.sampled_from({_write_choices(shape.choices)})"
    inside = depth if shape.kind == "union" else depth + 1
    parts = [write_strategy(part, literals, reach, inside) for part in shape.parts]
    return _FORMS[shape.kind].format(
        letters=write_text(_write_letters(literals)) if shape.kind == "text" else "",
        part=parts[0] if parts else "",
        parts=", ".join(parts),
        least="min_size=1, " if reach.filled else "",
        most=_MOST_ELEMENTS if depth == 0 else _MOST_INSIDE,
        longest=_LONGEST if depth == 0 else _LONGEST_INSIDE,
    )


def _write_choices(choices: Sequence[object]) -> str:
    written = (write_text(one) if isinstance(one, str) else repr(one) for one in choices)
    return f"[{', '.join(written)}]"


def _write_number(kind: str, literals: Sequence[object], reach: Range, depth: int) -> str:
    large = _find_largest(literals)
    most = (100 if kind == "float" else 50 if depth == 0 else 20) if not large else 2 * large
    least = -most if reach.least is None else reach.least
    match kind:
        case "int":
            edges = _list_edges(literals, least)
            drawn = f"st.integers({least}, {most})"
            return f"st.one_of({drawn}, st.sampled_from({edges}))" if edges else drawn
        case "float":
            # So short that sums and multiples of them are exact.
            width = 16 if most <= _MOST_SHORT else 32
            return f"st.floats({least}, {most}, width={width})"
        case "decimal":
            return f"st.decimals({least}, {most}, places=2)"
        case _:
            return f"st.fractions({least}, {most}, max_denominator=12)"


def _find_largest(literals: Sequence[object]) -> int:
    """Return the largest number of the code, rounded up to one that reads well; 0 without one."""
    sizes = [
        abs(value)
        for value in literals
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= _LARGEST_EDGE
    ]
    largest = max(sizes, default=0)
    if largest <= 20:  # noqa: PLR2004 - which is drawn anyway
        return 0
    rounded = 10
    while rounded < largest:
        rounded *= 10
    return next(step for step in (rounded // 4, rounded // 2, rounded) if step >= largest)


def _list_edges(literals: Sequence[object], least: int) -> list[int]:
    """Return the whole numbers of the code with their neighbours, where a branch may turn."""
    edges: dict[int, None] = {}
    for value in literals:
        if type(value) is not int or not 3 <= abs(value) <= _LARGEST_EDGE:  # noqa: PLR2004 - drawn
            continue
        for near in (value - 1, value, value + 1):
            if near >= least:
                edges[near] = None
    return sorted(edges)[:_MOST_EDGES]


def _write_letters(literals: Sequence[object]) -> str:
    letters = dict.fromkeys(_LETTERS)
    for value in literals:
        if isinstance(value, str) and len(letters) < len(_LETTERS) + _MOST_LETTERS:
            letters |= dict.fromkeys(one for one in value if one.isprintable() and one.isascii())
    # With both quotes in it, it would be hard to read.
    letters.pop('"' if "'" in letters else "", None)
    return "".join(list(letters)[: len(_LETTERS) + _MOST_LETTERS])
