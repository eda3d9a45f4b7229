"""The dicts that ``execute`` returns, for each way in which a call of a program can end."""

from __future__ import annotations

import signal
from typing import Any

__all__ = ["Payload", "describe_end", "make_failure", "make_result"]

Payload = dict[str, Any]


def make_result(result: object, duration_ms: float, stderr: str, **further: Any) -> Payload:
    """The program answered."""
    return {
        "success": True,
        "result": result,
        "duration_ms": duration_ms,
        "stdout": "",
        "stderr": stderr,
        **further,
    }


def make_failure(error_type: str, error: str, code: str = "", **further: Any) -> Payload:
    """The call ended in the way of ``error_type``; ``error`` is the sentence to show."""
    return {
        "success": False,
        "result": None,
        "error": error,
        "error_type": error_type,
        "error_code": f"COMMAND_{code or error_type.upper()}",
        "duration_ms": 0.0,
        "stdout": "",
        "stderr": "",
        **further,
    }


def describe_end(status: int, stderr: str) -> str:
    """Say how a program ended, and what it said last.

    Args:
        status: Its exit status, or the number of a signal, negative.
        stderr: What it wrote to standard error.
    """
    if status >= 0:
        said = f"exited with status {status}"
    else:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"SIG{-status}"
        hint = " (as the kernel does when memory runs out)" if name == "SIGKILL" else ""
        said = f"was killed by {name}{hint}"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return f"{said}: {lines[-1][:200]}" if lines else said
