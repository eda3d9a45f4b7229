"""Values of the module ``collections``."""

from __future__ import annotations

import builtins
from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.builtins import read_mapping, to_dict, write_mapping
from pytest_metamorphic_guard.values.checks import require, require_ints
from pytest_metamorphic_guard.values.frames import (
    COUNTER,
    DEFAULTDICT,
    DEQUE,
    ORDERED_DICT,
    keep_builtins,
)
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Pair, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_FEW_ITEMS: Final = 10
_get_maxlen: Any = vars(deque)["maxlen"].__get__


def _write_deque(writer: Writer, value: Any) -> None:
    writer.mark(DEQUE)
    writer.sequence(list(value))
    writer.scalar(value.maxlen)


def _read_deque(items: Any, maxlen: Any) -> object:
    if maxlen is not None:
        require_ints(maxlen)
    return deque(require(items, list), maxlen)


def _to_counter(value: Any) -> Counter[Any]:
    made: Counter[Any] = Counter()
    dict.update(made, to_dict(value))
    return made


def _pair_deques(first: Any, second: Any) -> Iterable[Pair]:
    if len(first) != len(second):
        return ()
    return [(f"[{at}]", a, b) for at, (a, b) in enumerate(zip(first, second, strict=True))]


def _describe_deques(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.buffers import describe_items

    if asker.is_plain and len(first) + len(second) <= _FEW_ITEMS:
        return []
    return describe_items(list(first), list(second), asker, "elements")


def _defaultdict_to_source(value: Any, write: Callable[[object], str]) -> str:
    factory = value.default_factory
    named = getattr(vars(builtins).get(getattr(factory, "__name__", "")), "__name__", "None")
    return f"defaultdict({named}, {write(dict(value))})"


KINDS: Final = (
    Kind(
        types=lambda: (OrderedDict,),
        mark=ORDERED_DICT,
        # Of the kinds of mappings the one that is equal in the same order only.
        list_parts=lambda value: list(value.items()),
        write=write_mapping(ORDERED_DICT),
        read=read_mapping(OrderedDict, OrderedDict.update),
        to_plain=lambda value: OrderedDict(list(OrderedDict.items(value))),
        to_source=lambda value, write: f"OrderedDict({write(list(value.items()))})",
    ),
    Kind(
        types=lambda: (Counter,),
        mark=COUNTER,
        shape="mapping",
        write=write_mapping(COUNTER),
        read=read_mapping(Counter, dict.update),
        to_plain=_to_counter,
    ),
    Kind(  # without its factory, which is code
        types=lambda: (defaultdict,),
        mark=DEFAULTDICT,
        shape="mapping",
        write=write_mapping(DEFAULTDICT),
        read=read_mapping(defaultdict, dict.update),
        to_plain=lambda value: defaultdict(None, to_dict(value)),
        to_source=_defaultdict_to_source,
    ),
    Kind(
        types=lambda: (deque,),
        mark=DEQUE,
        shape="sequence",
        write=_write_deque,
        put_together=_read_deque,
        pair=_pair_deques,
        describe=_describe_deques,
        to_plain=lambda value: deque(list(deque.__iter__(value)), _get_maxlen(value)),
    ),
)
