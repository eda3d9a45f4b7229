"""The event loop of one call of a candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Loop"]


class Loop:
    """One event loop for one call, made when something is to be awaited, and closed at its end.

    Tasks that are left are cancelled then, so that nothing goes on in the next call.
    """

    def __init__(self) -> None:
        self._runner: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None:
            self._alone(self._runner.close)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine to its end, and return what it returns."""
        import asyncio  # for what is asynchronous alone: it takes longer to load than a worker

        if self._runner is None:
            # Made so, it is not what `asyncio.get_event_loop` gives to others in this thread.
            self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        return self._alone(lambda: self._runner.run(coroutine))

    @staticmethod
    def _alone(work: Callable[[], Any]) -> Any:
        """Do the work in this thread, or in another one where a loop is running in this one."""
        import asyncio  # as above

        if asyncio._get_running_loop() is None:  # noqa: SLF001 - documented, and raises nothing
            return work()
        from concurrent.futures import ThreadPoolExecutor  # for notebooks alone

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(work).result()
