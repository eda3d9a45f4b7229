"""Pickles of inputs, the host's own, also of what pickle itself does not know to make anew."""

from __future__ import annotations

import io
import pickle
from types import MappingProxyType
from typing import Any, Final

from pytest_metamorphic_guard.values.lookup import find_kind

__all__ = ["dump", "reduce_value"]

_PROTOCOL: Final = 5
# By name: every value is asked about, and hardly one is of these.
_UNKNOWN_TO_PICKLE: Final = frozenset({memoryview, MappingProxyType})


def reduce_value(value: object) -> Any:
    """Return how a value is made anew that pickle does not know, or `NotImplemented`."""
    if type(value) not in _UNKNOWN_TO_PICKLE:
        return NotImplemented
    kind = find_kind(type(value))
    assert kind is not None
    assert kind.reduce is not None
    return kind.reduce(value)


def dump(value: object) -> bytes:
    """Return the pickle of a value.

    Raises:
        Exception: Whatever a class of the value raises.
    """
    try:
        return pickle.dumps(value, _PROTOCOL)
    except TypeError:  # what pickle says of what it does not know
        file = io.BytesIO()
        _Pickler(file, _PROTOCOL).dump(value)
        return file.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: object) -> Any:
        return reduce_value(value)
