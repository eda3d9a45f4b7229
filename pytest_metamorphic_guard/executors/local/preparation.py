"""The import of what inputs need, asked for by the host before a call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local import frames
from pytest_metamorphic_guard.executors.local.needs import UnpreparedError
from pytest_metamorphic_guard.executors.local.responses import ExpiredError, ForgedError, GoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.executors.local.answers import AnswerReader
    from pytest_metamorphic_guard.executors.local.channel import Channel
    from pytest_metamorphic_guard.executors.local.needs import Need
    from pytest_metamorphic_guard.executors.local.responses import Response

__all__ = ["Preparation"]


class Preparation:
    """What one process has imported for inputs.

    Args:
        channel: To the process.
        reader: Of its answers.
        timeout_s: Seconds that the import of a module may take.
        has_room: Whether the process was started with memory for such imports, which it has until
            its first call.
    """

    def __init__(
        self, channel: Channel, reader: AnswerReader, timeout_s: float, *, has_room: bool
    ) -> None:
        self._channel = channel
        self._reader = reader
        self._timeout_s = timeout_s
        self._has_room = has_room
        self._done: set[str] = set()

    def find_left(self, needs: Iterable[Need]) -> list[Need]:
        """Return those that it has not imported for an earlier call."""
        return [need for need in needs if need.module not in self._done]

    def begin_calls(self) -> None:
        """Take note of the first call."""
        self._has_room = False

    def run(self, needs: Iterable[Need], explain_end: Callable[[], str]) -> bool:
        """Import what inputs need; return whether all is there, and False where it has no room.

        Raises:
            UnpreparedError: A module cannot be imported.
        """
        for need in needs:
            try:
                if not (self._has_room or need.is_light or self._knows(need)):
                    return False
                response = self._exchange(frames.PREPARE, need.dump())
                reason = self._reader.read_prepared(response)
            except ExpiredError:
                limit = f"took longer than {self._timeout_s:g} s"
                reason = f"{limit}: set import_timeout_s in --mg-executor-config"
            except GoneError:
                reason = f"did not finish: {explain_end()}"
            except ForgedError as error:
                reason = f"broke the protocol: {error}"
            if reason:
                raise UnpreparedError(need, reason)
            self._done.add(need.module)
        return True

    def _knows(self, need: Need) -> bool:
        response = self._exchange(frames.ASK, need.module.encode())
        return self._reader.read_known(response)

    def _exchange(self, kind: bytes, body: bytes) -> Response:
        return self._channel.exchange(kind, body, time.monotonic() + self._timeout_s)
