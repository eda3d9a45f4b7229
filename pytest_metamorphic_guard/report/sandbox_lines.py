"""What a sandbox refused, as lines of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.gate.phrases import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls

__all__ = ["describe_refused"]

_MOST_LINES = 4
_CONFIG = "--mg-executor-config"


def describe_refused(refused: Sequence[RefusedCalls]) -> list[str]:
    """Return one line for each thing that was refused, and one for those that are too many."""
    shown = refused if len(refused) <= _MOST_LINES else refused[: _MOST_LINES - 1]
    lines = [_describe(calls) for calls in shown]
    more = refused[len(shown) :]
    if more:
        calls = count(sum(entry.calls for entry in more), "call")
        lines.append(
            f"the sandbox refused {len(more)} more things in {calls}: --mg-report=PATH lists them"
        )
    return lines


def _describe(calls: RefusedCalls) -> str:
    who = clean_line(f"{calls.role} {calls.specification}")
    how = f"{_CONFIG} allows it with {calls.option}" if calls.option else "no option allows it"
    return f"the sandbox refused {who} {_name(calls)} in {count(calls.calls, 'call')}; {how}"


def _name(calls: RefusedCalls) -> str:
    match calls.kind:
        case "network":
            return "the network"
        case "subprocess":
            return "other processes"
        case "file" if calls.path:
            return f"the file {calls.path}"
        case "unknown":
            return "what it wanted"
        case "more":
            return "other things"
        case kind:
            return f"{kind} ({calls.path})" if calls.path else kind
