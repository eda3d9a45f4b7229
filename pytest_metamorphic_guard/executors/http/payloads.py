"""What a call concluded, in the form of the executors' contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.http.exchange import Trouble
    from pytest_metamorphic_guard.executors.http.retrying import Attempts

__all__ = ["describe_trouble", "make_payload"]


def make_payload(attempts: Attempts, **known: Any) -> dict[str, Any]:
    """Return a payload with every key of the contract."""
    return {
        "success": False,
        "result": None,
        "error": "",
        "duration_ms": 0.0,
        "stdout": "",
        "stderr": "",
        "attempts": attempts.made,
        **known,
    }


def describe_trouble(
    prefix: str, trouble: Trouble, attempts: Attempts, **known: Any
) -> dict[str, Any]:
    """Return the payload of a call that has no result.

    Args:
        prefix: Begins its code.
        trouble: Why it has none.
        attempts: How often it asked.
        known: Further keys.
    """
    kind = "unavailable" if trouble.kind == "aborted" else trouble.kind
    if kind == "unavailable" and attempts.retry_after_s is not None:
        known["retry_after_s"] = attempts.retry_after_s
    return make_payload(
        attempts,
        error=trouble.said,
        error_type=kind,
        error_code=f"{prefix}_{kind.upper()}",
        **known,
    )
