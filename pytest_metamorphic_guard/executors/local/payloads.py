"""The dicts that ``execute`` returns, one function per way in which a call can end."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.missing import describe_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Payload",
    "describe_status",
    "make_ended",
    "make_failure",
    "make_missing",
    "make_result",
    "make_timeout",
]

Payload = dict[str, Any]

_MOST_LISTED = 2_500

_CODES = {
    "argument_encoding": "SANDBOX_ARGUMENT_ENCODING",
    "exception": "SANDBOX_EXCEPTION",
    "function_missing": "SANDBOX_NO_FUNCTION",
    "import_error": "SANDBOX_IMPORT",
    "keyboard_interrupt": "SANDBOX_KEYBOARD_INTERRUPT",
    "memory": "SANDBOX_MEMORY",
    "output_limit": "SANDBOX_OUTPUT_LIMIT",
    "process_exit": "SANDBOX_EXIT_CODE",
    "protocol": "SANDBOX_PROTOCOL",
    "result_encoding": "SANDBOX_RESULT_ENCODING",
    "result_endless": "SANDBOX_RESULT_ENDLESS",
    "result_too_large": "SANDBOX_RESULT_SIZE",
    "sandbox_lost": "SANDBOX_LOST",
    "not_started": "SANDBOX_NOT_STARTED",
    "system_exit": "SANDBOX_SYSTEM_EXIT",
    "timeout": "SANDBOX_TIMEOUT",
}


def make_result(result: object, duration_ms: float, stdout: str, stderr: str) -> Payload:
    """The call returned."""
    return {
        "success": True,
        "result": result,
        "duration_ms": duration_ms,
        "stdout": stdout,
        "stderr": stderr,
    }


def make_failure(error_type: str, error: str, error_code: str | None = None) -> Payload:
    """The call ended in the way of ``error_type``; ``error`` is the sentence to show."""
    return {
        "success": False,
        "result": None,
        "error": error,
        "error_type": error_type,
        "error_code": error_code or _CODES[error_type],
        "duration_ms": 0.0,
        "stdout": "",
        "stderr": "",
    }


def make_timeout(timeout_s: float) -> Payload:
    """The call was killed when its time was over."""
    return make_failure("timeout", f"timed out after {timeout_s:g} s")


def make_ended(status: int) -> Payload:
    """The process ended with this status, negative for a signal, before it answered."""
    if status >= 0:
        return make_failure("process_exit", describe_status(status))
    return make_failure("crash", describe_status(status), f"SANDBOX_SIGNAL_{_name_signal(-status)}")


def make_missing(func_name: str, where: str, found: str) -> Payload:
    """There is no such function; ``found`` is what the worker says instead."""
    if found.startswith("!"):
        text = f"{func_name!r} in {where} is of type {found[1:]} and cannot be called"
        return make_failure("function_missing", text)
    if found.startswith("?"):
        return make_failure("function_missing", f"{func_name!r} in {where} {found[1:]}")
    names: Sequence[str] = found[:_MOST_LISTED].split()
    return make_failure("function_missing", describe_missing(where, func_name, names))


def describe_status(status: int) -> str:
    """Return how a process ended, as part of a sentence."""
    if status >= 0:
        return f"exited with status {status} without returning"
    name = _name_signal(-status)
    hint = " (as the kernel does when memory runs out)" if name == "SIGKILL" else ""
    return f"killed by {name}{hint}"


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
