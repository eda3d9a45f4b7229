"""The processes that come from one that was started, as the kernel shows them to the host.

What such a process says of itself may be a candidate's word; what is read here is not.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Kin", "describe_lost"]

_DELETED = " (deleted)"
_FIELDS = 5
# The directory of threads has a link for itself, one from above, and one for each thread.
_LINKS_OF_ONE_THREAD = 3


class Kin:
    """A started process, the parents that stay between it and the one that serves, and that one.

    On systems that show nothing of this there is nobody to see, and nothing is done.

    Args:
        started: Number of the started process, in which no candidate code ran yet; 0 for nobody.
    """

    def __init__(self, started: int = 0) -> None:
        self._line: list[int] = []
        self._inner = -1
        self._families: list[_Family] = []
        if not started or sys.platform != "linux":
            return
        with contextlib.suppress(OSError, AttributeError):
            self._line = _follow(started)
            self._inner = os.pidfd_open(self._line[-1])
            self._files = _list_files(self._line[-1])

    @property
    def inner_pid(self) -> int:
        """Number of the process that serves; 0 where the system does not show it."""
        return self._line[-1] if self._inner >= 0 else 0

    def signal(self, number: int) -> None:
        """Send a signal to the process that serves, if it lives."""
        if self._inner >= 0:
            try:
                signal.pidfd_send_signal(self._inner, number)
            except ProcessLookupError:
                return

    def count_strangers(self) -> int:
        """Return how many processes there are beside those of the line and one child of its last.

        That one is the copy that waits for the next call.
        """
        if self._inner < 0:
            return 0
        if not self._families:
            self._families = [_Family(pid) for pid in self._line]
        count = 0
        for family, ours in zip(self._families, [*self._line[1:], 0], strict=True):
            children = family.list_children()
            count += len(children) - (ours in children if ours else len(children[:1]))
        return count

    def find_shared(self) -> str:
        """Return what copies of the serving process would share or lack, as part of a sentence."""
        if self._inner < 0:
            return ""
        try:
            pid = self._line[-1]
            threads = len(os.listdir(f"/proc/{pid}/task")) - 1
            if threads:
                return describe_lost(threads)
            files = len(_list_files(pid) - self._files)
            if files:
                return f"kept {files} files open when it was imported, which copies would share"
            if _has_shared_memory(pid):
                return "made memory when it was imported which copies would share"
        except OSError:
            pass  # it has ended, or this system keeps it from us
        return ""

    def close(self) -> None:
        """Give up what it takes to signal it. It may be called again."""
        if self._inner >= 0:
            os.close(self._inner)
            self._inner = -1
        while self._families:
            self._families.pop().close()


class _Family:
    """The children of one process; its files stay open, as they are read after every call."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._threads = os.open(f"/proc/{pid}/task", os.O_PATH | os.O_CLOEXEC)
        self._children = os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY | os.O_CLOEXEC)

    def list_children(self) -> list[int]:
        if os.fstat(self._threads).st_nlink > _LINKS_OF_ONE_THREAD:
            return list(_list_children(self._pid))
        return [int(pid) for pid in os.pread(self._children, 1 << 16, 0).split()]

    def close(self) -> None:
        os.close(self._threads)
        os.close(self._children)


def describe_lost(threads: int) -> str:
    """Return what a fork does to so many threads, as part of a sentence."""
    return f"started {threads} threads when it was imported, which a fork would lose"


def _follow(started: int) -> list[int]:
    line = [started]
    while True:
        children = list(_list_children(line[-1]))
        if len(children) != 1:
            return line
        line += children


def _list_children(pid: int) -> Iterator[int]:
    for thread in os.listdir(f"/proc/{pid}/task"):
        # A thread that ends meanwhile leaves its children to another one.
        with (
            contextlib.suppress(FileNotFoundError, ProcessLookupError),
            open(f"/proc/{pid}/task/{thread}/children", "rb") as file,
        ):
            yield from map(int, file.read().split())


def _list_files(pid: int) -> set[tuple[str, str]]:
    folder = f"/proc/{pid}/fd"
    found = set()
    for name in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            found.add((name, os.readlink(f"{folder}/{name}")))
    return found


def _has_shared_memory(pid: int) -> bool:
    """Return whether the process maps something that it, and copies of it, can write to."""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
        for line in file:
            _, permissions, _, _, _, *path = line.rstrip("\n").split(maxsplit=_FIELDS)
            is_gone = not path or path[0].endswith(_DELETED)
            if permissions[3] == "s" and (permissions[1] == "w" or is_gone):
                return True
    return False
