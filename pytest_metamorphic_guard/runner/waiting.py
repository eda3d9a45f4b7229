"""Waiting for what another thread makes, in a way that Ctrl-C ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

__all__ = ["wait_for"]

T = TypeVar("T")

_LOOK_AGAIN_S = 0.5


def wait_for(future: Future[T], look: Callable[[], None] | None = None) -> T:
    """Return what a future came to.

    A signal that comes just before the main thread begins to wait, or that the kernel gives to
    another thread, does not wake it, so it wakes by itself again and again.

    Args:
        future: What is waited for.
        look: Called whenever it takes long; what it raises ends the waiting.

    Raises:
        BaseException: What ended the work behind the future.
    """
    __tracebackhide__ = True
    while True:
        try:
            return future.result(timeout=_LOOK_AGAIN_S)
        except TimeoutError:
            if future.done():  # its own, or it ended meanwhile
                return future.result()
        if look is not None:
            look()
