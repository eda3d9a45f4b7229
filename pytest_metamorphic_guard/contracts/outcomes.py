"""What one execution concluded, read from the dict that an executor returned."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_metamorphic_guard.contracts.texts import clean, clean_name, cut
from pytest_metamorphic_guard.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BASES_KEY",
    "READ_KEY",
    "STEPS_KEY",
    "Crashed",
    "NotCalled",
    "Outcome",
    "PluginIdentity",
    "Raised",
    "Returned",
    "TimedOut",
    "Unavailable",
    "find_refusal",
    "to_outcome",
]

# EPERM and EACCES, as the system writes them: a PermissionError that code makes has no number.
_REFUSED = re.compile(r"\[Errno (1|13)\]")
_CRASHES = frozenset({"crash", "process_exit", "protocol", "sandbox_lost"})
_NOT_CALLED = frozenset({"not_started", "import_error", "function_missing", "argument_encoding"})
# What else executors call it. A lost connection is not among them: a candidate that ends its own
# service on some inputs would be excused for these.
_UNAVAILABLE = frozenset(
    {
        "unavailable",
        "rate_limit",
        "rate_limit_error",
        "rate_limited",
        "overloaded",
        "overloaded_error",
        "service_unavailable",
    }
)
# The payload's key for the names of the classes that a raised exception's class is derived from.
BASES_KEY: Final = "exception_bases"
# And for the number of steps whose answers the result lists, where operations were done.
STEPS_KEY: Final = "steps"
# And for the numbers of those, from 0, that named no method but something to be read.
READ_KEY: Final = "steps_read"
_QUIET_KEYS: Final = frozenset(
    {"success", "result", "duration_ms", "stdout", "stderr", "resource_usage"}
)
_NUMBERS: Final = frozenset({int, float})
_MOST_ERROR: Final = 4_000
_MOST_TRACEBACK: Final = 10_000
_MOST_OUTPUT: Final = 1 << 20


class PluginIdentity(NamedTuple):
    """Who a plugin is, for messages: the entry point's name and its distribution."""

    kind: str
    name: str
    distribution: str | None = None

    def fault(self, text: str) -> PluginError:
        """Return the error that says this plugin broke its contract in the way of ``text``."""
        # What a plugin raises may quote a candidate.
        return PluginError(self.kind, self.name, self.distribution, clean(text, _MOST_ERROR))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Execution:
    """What every execution has; see `Outcome`."""

    duration_ms: float = 0.0
    stdout: str = ""
    stderr: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(_Execution):
    """The call returned ``value``."""

    value: object


# Those below have the same fields and what was made of them; to make it again for each takes time
# at every start.
@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure(_Execution):
    """What every execution has that did not return; see `Outcome`."""

    error: str
    error_type: str
    error_code: str


class Raised(_Failure):
    """The call ended with an exception, or with a failure that the executor names."""

    __slots__ = ()


class TimedOut(_Failure):
    """The call was still running when its time was over, and was ended."""

    __slots__ = ()


class Crashed(_Failure):
    """The process that ran the call ended, or answered something that is no answer."""

    __slots__ = ()


class NotCalled(_Failure):
    """The function could not be called: no import, no such function, or arguments cannot travel."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(_Failure):
    """What the executor needs could not be had: a server that is down, a limit on its use.

    It says nothing about the implementation. ``retry_after_s`` is the number of seconds after which
    the executor wants to be asked again; None where it does not.
    """

    retry_after_s: float | None = None


Outcome = Returned | Raised | TimedOut | Crashed | NotCalled | Unavailable


def to_outcome(  # noqa: PLR0911 - one per way to end
    payload: object, executor: PluginIdentity
) -> Outcome:
    """Read what ``execute`` returned; its texts come out harmless and short, see `texts`.

    Raises:
        PluginError: The value is not what the contract asks for; it names the executor.
    """
    if not isinstance(payload, dict):
        raise executor.fault(
            f"execute() returned {type(payload).__name__}, expected a dict with the key 'success'"
        )
    if _is_quiet(payload):
        return Returned(
            value=payload["result"],
            duration_ms=float(payload["duration_ms"]),
            payload=dict(payload),
        )
    faults = _find_faults(payload)
    if faults:
        raise executor.fault("execute() returned a dict with " + "; ".join(faults))
    payload = _clean_texts(payload)
    execution: dict[str, Any] = {
        "duration_ms": float(payload.get("duration_ms") or 0.0),
        "stdout": payload.get("stdout") or "",
        "stderr": payload.get("stderr") or "",
        "payload": payload,
    }
    if payload["success"]:
        return Returned(value=payload.get("result"), **execution)
    error_type = payload.get("error_type") or "error"
    failure: dict[str, Any] = {
        "error": payload.get("error") or error_type,
        "error_type": error_type,
        "error_code": payload.get("error_code") or error_type.upper(),
        **execution,
    }
    if error_type == "timeout":
        return TimedOut(**failure)
    if error_type in _CRASHES:
        return Crashed(**failure)
    if error_type in _NOT_CALLED:
        return NotCalled(**failure)
    if error_type in _UNAVAILABLE:
        return Unavailable(**failure, retry_after_s=payload.get("retry_after_s"))
    return Raised(**failure)


def _is_quiet(payload: dict[str, Any]) -> bool:
    """Tell whether a payload of a call that returned has no text to clean and no fault to find."""
    return (
        payload.keys() == _QUIET_KEYS
        and payload["success"] is True
        and payload["stdout"] == payload["stderr"] == ""
        and type(payload["duration_ms"]) in _NUMBERS
        and type(payload["stdout"]) is type(payload["stderr"]) is str
        and type(payload["resource_usage"]) is dict
    )


def _clean_texts(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with every text of it cleaned, but for the result, which is a value."""
    cleaned = dict(payload)
    for key, value in payload.items():
        if key == "result" or not isinstance(value, str) or not value:
            continue
        match key:
            case "error":
                cleaned[key] = clean(value, _MOST_ERROR)
            case "traceback":
                # Its end says what was raised and where.
                cleaned[key] = clean(value[-_MOST_TRACEBACK:], 2 * _MOST_TRACEBACK)
            case "error_type" | "error_code" | "exception_type":
                cleaned[key] = clean_name(value)
            case _:
                cleaned[key] = clean(cut(value, _MOST_OUTPUT), _MOST_OUTPUT)
    return cleaned


def find_refusal(outcome: Outcome) -> str | None:
    """Return what kept a call from running, or from what it wanted; None where nothing did."""
    if isinstance(outcome, NotCalled) or (
        isinstance(outcome, Raised) and _REFUSED.search(outcome.error)
    ):
        return " ".join(outcome.error.split())
    return None


def _find_faults(payload: Mapping[str, Any]) -> list[str]:
    faults = []
    if "success" not in payload:
        faults.append("no key 'success'")
    elif not isinstance(payload["success"], bool):
        faults.append(f"success={payload['success']!r:.60}, expected True or False")
    for key in ("error", "stdout", "stderr", "error_type", "error_code"):
        value = payload.get(key)
        if value is not None and not isinstance(value, str):
            faults.append(f"{key} of type {type(value).__name__}, expected str")
    for key in ("duration_ms", "retry_after_s"):
        value = payload.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            faults.append(f"{key} of type {type(value).__name__}, expected a number")
    return faults
