"""Where two outputs are not as expected, for values that are not read at a glance."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.report.changes import (
    MOST_ASKED,
    Change,
    Total,
    describe_change,
    list_pairs,
    shorten,
    shorten_text,
    write_changes,
)
from pytest_metamorphic_guard.report.text_differences import describe_texts
from pytest_metamorphic_guard.report.values import to_source
from pytest_metamorphic_guard.values.deciding import Incomparable, Undecidable
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.records import Record
from pytest_metamorphic_guard.values.standins import freeze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.report.expected_parts import Refusal
    from pytest_metamorphic_guard.values.sides import Pair

__all__ = ["describe_difference"]

_LONG_TEXT = 60
_MANY_MEMBERS = 10
_FEW_ELEMENTS = 3
_MOST_MATCHED = 1_000


def describe_difference(  # noqa: C901, PLR0911 - one answer per kind of value
    first: Any, second: Any, width: int, refusal: Refusal
) -> list[str]:
    """Say in lines of at most ``width`` characters what of two outputs was refused.

    The first parts are shown; of several it says how many there are, and which numbers are farthest
    from each other. Short values that are only to be equal say that themselves.
    """
    if refusal.form == "members":
        return _describe_members(first, second, width, refusal)
    kind = find_kind(type(first))
    if kind is not None and kind is find_kind(type(second)):
        if refusal.form == "head" and kind.list_elements is not None:
            first, second = kind.list_elements(first), kind.list_elements(second)
        elif kind.describe is not None:
            return kind.describe(first, second, _Asker(refusal, width))
    if not refusal.refuses(first, second) and refusal.form == "each":
        return []
    if isinstance(first, str) and isinstance(second, str):
        return describe_texts(first, second, width) if refusal.compare is None else []
    if isinstance(first, set | frozenset) and isinstance(second, set | frozenset):
        return _describe_sets(first, second, width) if refusal.compare is None else []
    if _is_short(first, second, refusal):
        return []
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return _describe_sequences(first, second, width, refusal)
    if isinstance(first, dict) and isinstance(second, dict):
        return _describe_mappings(first, second, width, refusal)
    if type(first) is Record and type(second) is Record:
        return [describe_change(Change("", first, second), refusal, width)]
    changes = [
        part for part in list_pairs(first, second) if refusal.refuses(part.first, part.second)
    ]
    return write_changes(changes, Total("parts"), refusal, width)


@dataclass(frozen=True, slots=True)
class _Asker:
    """What a kind of values is handed to describe where two of them differ."""

    refusal: Refusal
    width: int
    most_asked: int = MOST_ASKED

    @property
    def is_plain(self) -> bool:
        return self.refusal.is_plain

    @property
    def compare(self) -> Callable[[Any, Any], Any] | None:
        return self.refusal.compare

    def refuses(self, first: Any, second: Any) -> bool:
        return self.refusal.refuses(first, second)

    def name(self, item: Any) -> object:
        return _name(item)

    def shorten(self, value: object, room: int) -> str:
        return shorten(value, room)

    def write(self, refused: Sequence[Pair], counted: str, *, all_asked: bool) -> list[str]:
        changes = [Change(*part) for part in refused]
        total = Total(counted, all_asked=all_asked, first=True)
        return write_changes(changes, total, self.refusal, self.width)


def _is_short(first: Any, second: Any, refusal: Refusal) -> bool:
    if len(to_source(first)) + len(to_source(second)) >= 2 * _LONG_TEXT:
        return False
    try:
        return refusal.is_plain or max(len(first), len(second)) <= _FEW_ELEMENTS
    except TypeError:
        return True


def _describe_sequences(first: Any, second: Any, width: int, refusal: Refusal) -> list[str]:
    lines = []
    if len(first) > len(second) or (len(first) < len(second) and refusal.form == "each"):
        lines.append(f"{len(first)} elements become {len(second)}")
    pairs = zip(first[:MOST_ASKED], second[:MOST_ASKED], strict=False)
    changes = [
        Change(f"[{index}]", a, b) for index, (a, b) in enumerate(pairs) if refusal.refuses(a, b)
    ]
    shorter = min(len(first), len(second))
    total = Total(f"of {shorter} elements", all_asked=shorter <= MOST_ASKED)
    return lines + write_changes(changes, total, refusal, width)


def _describe_mappings(first: Any, second: Any, width: int, refusal: Refusal) -> list[str]:
    gone = [key for key in first if key not in second]
    new = [key for key in second if key not in first]
    lines = []
    for word, keys in (("gone", gone), ("new", new)):
        lines += [f"key {shorten(key, width - 12)} is {word}" for key in keys[:2]]
        if len(keys) > 2:  # noqa: PLR2004 - as many as are shown
            lines.append(f"{len(keys)} keys are {word}")
    changes = [
        Change(f"[{_name_key(key, width // 3)}]", value, second[key])
        for key, value in islice(first.items(), MOST_ASKED)
        if key in second and refusal.refuses(value, second[key])
    ]
    total = Total("values", all_asked=len(first) <= MOST_ASKED)
    return lines + write_changes(changes, total, refusal, width)


def _name_key(key: Any, room: int) -> str:
    # Of a hundred thousand keys nearly all are texts or numbers.
    return (
        repr(key)
        if type(key) is int or (type(key) is str and len(key) < room // 2)
        else (shorten(key, room))
    )


def _describe_sets(first: Any, second: Any, width: int) -> list[str]:
    if len(first) + len(second) <= _MANY_MEMBERS:
        return []
    return [
        line
        for word, members in (("gone", first - second), ("new", second - first))
        for line in _name_members(word, list(members), width)
    ]


def _describe_members(first: Any, second: Any, width: int, refusal: Refusal) -> list[str]:
    try:
        left, right = _list_elements(first), _list_elements(second)
    except Exception:  # noqa: BLE001 - an iterator of a stranger's
        return []
    if len(left) + len(right) <= _FEW_ELEMENTS:
        return []
    gone, new = _match(left, right, refusal)
    lines = _name_members("gone", gone, width) if refusal.gone else []
    return lines + (_name_members("new", new, width) if refusal.new else [])


def _name_members(word: str, members: list[Any], width: int) -> list[str]:
    if not members:
        return []
    texts = heapq.nsmallest(width, map(to_source, members), key=lambda text: (len(text), text))
    line = f"{word}: {', '.join(texts)}"
    if len(line) <= width and len(texts) == len(members):
        return [line]
    end = f" {len(members)} in all"
    return [shorten_text(line, width - len(end)) + end]


def _match(left: list[Any], right: list[Any], refusal: Refusal) -> tuple[list[Any], list[Any]]:
    """Return what only the first has and what only the second has.

    Where members may be new or gone, one stands for all that are the same.
    """
    once = not (refusal.gone and refusal.new)
    rest: dict[object, list[Any]] = {}
    for item in right:
        rest.setdefault(_name(item), []).append(item)
    held = {key: len(items) for key, items in rest.items()}
    gone, known = [], set()
    for item in left:
        key = _name(item)
        known.add(key)
        if rest.get(key):
            rest[key].pop()
        elif not (once and key in held):
            gone.append(item)
    new = [item for key, items in rest.items() if not (once and key in known) for item in items]
    if len(gone) > _MOST_MATCHED or len(new) > _MOST_MATCHED:
        return gone, new
    # What does not look the same may be so to the task.
    if once:
        return (
            [item for item in gone if all(refusal.refuses(item, other) for other in right)],
            [item for item in new if all(refusal.refuses(other, item) for other in left)],
        )
    left_over = []
    for item in gone:
        at = next((i for i, other in enumerate(new) if not refusal.refuses(item, other)), None)
        if at is None:
            left_over.append(item)
        else:
            del new[at]
    return left_over, new


def _name(item: Any) -> object:
    try:
        return freeze(item)
    except (Incomparable, RecursionError, Undecidable):
        return to_source(item)


def _list_elements(value: Any) -> list[Any]:
    kind = find_kind(type(value))
    if kind is not None and kind.list_elements is not None:
        return kind.list_elements(value)
    if hasattr(value, "tolist"):
        return list(value.tolist())
    return list(value.items()) if isinstance(value, dict) else list(value)
