"""How long a hosted monitor may take and how much it may say."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one monitor.

    Attributes:
        call_s: Seconds without any progress after which it counts as hanging.
        launch_s: The same while its process starts and imports it.
        total_s: Seconds for all of its calls together.
        reply_bytes: Length of one reply of a monitor in its own process.
    """

    call_s: float = 10.0
    launch_s: float = 60.0
    total_s: float = 120.0
    reply_bytes: int = 4 << 20
