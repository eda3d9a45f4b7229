"""JSON values out of whatever a monitor returned, and words for what had to be replaced."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pytest_metamorphic_guard.watch.hosting.faults import shorten

__all__ = ["Plainer"]

_MOST_DEPTH = 20
_MOST_VALUES = 100_000
_MOST_TEXT = 10_000
_MOST_FAULTS = 5
# JSON readers of other languages read numbers as 64-bit floats, and Python refuses to print more.
_MOST_DIGITS = 300


class Plainer:
    """Converts values, counting them all together.

    Attributes:
        faults: What could not be kept, at most a handful.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._values = 0

    def convert(self, value: Any, path: str, depth: int = 0) -> Any:  # noqa: PLR0911 - one per type
        """Return ``value`` as JSON values only."""
        self._values += 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str(value[:_MOST_TEXT]).encode("utf-8", "replace").decode("utf-8")
        if isinstance(value, int | float):
            return self._convert_number(value, path)
        if depth >= _MOST_DEPTH or self._values > _MOST_VALUES:
            self.note(f"{path} is nested too deeply or holds too many values")
            return None
        if isinstance(value, Mapping):
            return self._convert_mapping(value, path, depth)
        if isinstance(value, list | tuple):
            return [
                self.convert(item, f"{path}[{index}]", depth + 1)
                for index, item in enumerate(value[:_MOST_VALUES])
            ]
        return self._convert_other(value, path, depth)

    def note(self, fault: str) -> None:
        """Keep one fault, if there are not enough already."""
        if len(self.faults) < _MOST_FAULTS and fault not in self.faults:
            self.faults.append(fault)

    def _convert_number(self, value: float, path: str) -> float | None:
        if isinstance(value, int):
            if value.bit_length() <= _MOST_DIGITS * 3:
                return int(value)
        elif math.isfinite(value):
            return float(value)
        self.note(f"{path} is {'too large a number' if isinstance(value, int) else value!r}")
        return None

    def _convert_mapping(self, value: Mapping[Any, Any], path: str, depth: int) -> dict[str, Any]:
        plain = {}
        for key, item in value.items():
            if self._values > _MOST_VALUES:
                self.note(f"{path} holds too many values")
                break
            name = key if isinstance(key, str) else str(key)
            plain[self.convert(name, path)] = self.convert(item, f"{path}.{name[:40]}", depth + 1)
        return plain

    def _convert_other(self, value: Any, path: str, depth: int) -> Any:
        # A number or an array of numpy, recognised by its method so that numpy is not imported.
        if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
            return self.convert(value.tolist(), path, depth + 1)
        self.note(f"{path} is a {type(value).__qualname__}, which is no JSON value")
        return shorten(repr(value), 100)
