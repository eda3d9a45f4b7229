"""pytest-timeout's limit for our items, in a form that hypothesis does not swallow."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DEADLINE", "ItemTimeout", "report_timeout", "set_timer"]

# `time.monotonic` at which an item must end.
DEADLINE = pytest.StashKey[float]()
# Whether the item's function is running, and not a fixture of its setup or teardown.
_RUNNING = pytest.StashKey[bool]()
# What is raised in a finalizer, or in a callback of the garbage collector, is lost: so it comes
# again, and late enough for what has begun to end.
_AGAIN_S = 5.0


class ItemTimeout(BaseException):
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
    item.stash[DEADLINE] = time.monotonic() + settings.timeout
    if settings.method != "signal" or threading.current_thread() is not threading.main_thread():
        return None

    fired = False

    def end_item(_number: int, _frame: object) -> None:
        __tracebackhide__ = True
        nonlocal fired
        if fired and not item.stash.get(_RUNNING, False):
            return
        fired = True
        if not settings.disable_debugger_detection and _is_debugging():
            return
        message = f"Timeout (>{settings.timeout}s) from pytest-timeout"
        if item.stash.get(_RUNNING, False):
            raise ItemTimeout(message)
        pytest.fail(message)

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    item.cancel_timeout = cancel  # type: ignore[attr-defined]  # where pytest-timeout looks for it
    signal.signal(signal.SIGALRM, end_item)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, _AGAIN_S)
    return True


@contextlib.contextmanager
def report_timeout(item: pytest.Item) -> Iterator[None]:
    """Run an item's function in here: its time-out arrives as an ordinary failure of the item."""
    item.stash[_RUNNING] = True
    try:
        yield
    except ItemTimeout as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    finally:
        item.stash[_RUNNING] = False


def _is_debugging() -> bool:
    # pytest-timeout called us, so it is there.
    import pytest_timeout

    return bool(pytest_timeout.is_debugging())
