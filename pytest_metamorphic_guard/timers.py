"""pytest-timeout's limit for our items, in a form that hypothesis does not swallow."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

__all__ = ["ItemTimeout", "set_timer"]


class ItemTimeout(BaseException):  # noqa: N818 - reads as what happened
    """The item's time is over.

    It is no `Exception`: pytest-timeout's own failure would be taken for a falsifying example,
    which hypothesis replays without a timer.
    """


def set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Arm the timer of one of our items; None leaves it to pytest-timeout.

    Args:
        item: The item.
        settings: What pytest-timeout found out: ``timeout`` in seconds and ``method``.
    """
    item._mg_deadline = time.monotonic() + settings.timeout  # type: ignore[attr-defined]
    if settings.method != "signal" or threading.current_thread() is not threading.main_thread():
        return None

    def end_item(_number: int, _frame: object) -> None:
        raise ItemTimeout(f"Timeout (>{settings.timeout}s) from pytest-timeout")

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    item.cancel_timeout = cancel  # type: ignore[attr-defined]  # where pytest-timeout looks for it
    signal.signal(signal.SIGALRM, end_item)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout)
    return True
