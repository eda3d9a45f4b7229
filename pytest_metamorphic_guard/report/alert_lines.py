"""What the monitors of a run concluded, as lines of a terminal: figures, then alerts in words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.report.tables import clean, find_tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_metamorphic_guard.report.contents import MonitorResult
    from pytest_metamorphic_guard.report.tables import Tone

__all__ = ["list_messages", "render_monitors"]


def list_messages(monitor: MonitorResult) -> list[str]:
    """Return what a monitor's alerts say, without those that are information only."""
    return [clean(str(a["message"])) for a in monitor.alerts if a["severity"] != "info"]


def render_monitors(
    monitors: Sequence[MonitorResult], width: int, style: Callable[[str, Tone], str]
) -> list[str]:
    """Return one line per monitor, and below it one paragraph per alert.

    Args:
        monitors: The monitors.
        width: Columns.
        style: Colours a piece of a line by its tone.
    """
    lines = []
    for monitor in monitors:
        lines += _wrap(f"{clean(monitor.monitor)}: {clean(monitor.line)}", width, "  ")
        for message in list_messages(monitor):
            first, *rest = _wrap(f"  {monitor.status}: {message}", width, "    ")
            tone = find_tone(monitor.status)
            lines.append(f"  {style(monitor.status, tone)}{first[2 + len(monitor.status) :]}")
            lines += rest
    return lines


def _wrap(text: str, width: int, indent: str) -> list[str]:
    lines = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=True) or [""]
    return list(map(clean_line, lines))
