"""What a monitor did wrong, in words that name it."""

from __future__ import annotations

import re
import traceback
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from pytest_metamorphic_guard.errors import MetamorphicGuardError

__all__ = ["MonitorCallError", "MonitorFault", "explain_exception", "shorten"]

_MOST_CHARACTERS = 300
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


@dataclass(frozen=True, slots=True)
class MonitorFault:
    """One breach of the monitor contract.

    Attributes:
        monitor: The monitor's id.
        distribution: The distribution that ships it, or None where it is unknown.
        did: What it did, and what it should have done.
    """

    monitor: str
    distribution: str | None
    did: str

    def __str__(self) -> str:
        origin = f" (from {self.distribution})" if self.distribution else ""
        return f"monitor {self.monitor!r}{origin}: {self.did}"

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MonitorFault:
        """Read what `to_dict` wrote."""
        return cls(data["monitor"], data["distribution"], data["did"])


class MonitorCallError(MetamorphicGuardError):
    """A call of a hosted monitor that did not end well; its handle turns it into a fault.

    Args:
        did: What the monitor did.
    """

    def __init__(self, did: str) -> None:
        super().__init__(did)
        self.did = did


def explain_exception(call: str, error: BaseException) -> str:
    """Return ``record() raised KeyError: 'x' (my_monitor.py:12)``."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a stranger's exception may not even have a text
        text = ""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    reason = f": {text}" if text else ""
    return shorten(f"{call} raised {type(error).__name__}{reason}", _MOST_CHARACTERS) + where


def shorten(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Return the text in one line of at most so many characters, without memory addresses.

    An address differs from run to run and says nothing to a reader.
    """
    line = " ".join(_ADDRESS.sub("0x...", text[: 4 * most]).split())
    return line if len(line) <= most else line[: most - 3] + "..."
