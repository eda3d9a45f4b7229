"""What the host saw of a call's duration, against what the process that made it claims.

The clock inside that process is the finer one, and it shares the process with the candidate. The
host sees more: what the kernel and the pipes take, and the time for which either process waited for
a CPU, which the kernel tells.
"""

from __future__ import annotations

import os
import threading
import time

__all__ = [
    "CPU_SLACK_MS",
    "FORK_SLACK_MS",
    "FORK_STEPS",
    "SLACK_MS",
    "Stopwatch",
    "is_contradicted",
]

# What handing over a call takes at most on a machine that is not short of anything.
SLACK_MS = 1.0
_SHARE = 0.05
# Reading arguments, of which objects are made, and answers: 10 and 50 MB/s.
_MS_PER_REQUEST_BYTE = 1e-4
_MS_PER_ANSWER_BYTE = 2e-5
# A process for every call: forked, confined, and waited for.
FORK_SLACK_MS = 25.0
# Where its zygote had to wait, a forked process had to, in every step of its beginning and end.
FORK_STEPS = 5
CPU_SLACK_MS = 5.0


class Stopwatch:
    """Tells how long calls in another process waited for a CPU, there and here.

    Args:
        pid: Number of the process.
    """

    def __init__(self, pid: int) -> None:
        paths = (f"/proc/{pid}/schedstat", f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._descriptors = [found for found in map(_open, paths) if found >= 0]
        self._waited = 0
        self.start = 0.0

    def begin(self) -> float:
        """Begin with a call; return the value of ``time.monotonic()``."""
        self._waited = self._read_waited()
        self.start = time.monotonic()
        return self.start

    def read_waited_ms(self) -> float:
        """Return the milliseconds since `begin` for which either process waited for a CPU."""
        return max(0, self._read_waited() - self._waited) / 1e6

    def close(self) -> None:
        """Give the descriptors up; it may be called again."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _read_waited(self) -> int:
        return sum(map(_read, self._descriptors))


def is_contradicted(
    claimed_ms: float, seen_ms: float, sizes: tuple[int, int], slack_ms: float
) -> bool:
    """Tell whether a call took longer than the process claims that made it.

    Args:
        claimed_ms: What the process claims.
        seen_ms: What the host saw.
        sizes: Bytes of the request and of the answer, whose transport takes time as well.
        slack_ms: What else the host may have seen.
    """
    request, answer = sizes
    slack_ms += request * _MS_PER_REQUEST_BYTE + answer * _MS_PER_ANSWER_BYTE
    return seen_ms > claimed_ms * (1 + _SHARE) + slack_ms


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # not this kernel
        return -1


def _read(descriptor: int) -> int:
    """Return the nanoseconds for which a thread waited for a CPU; 0 where nobody tells."""
    try:
        return int(os.pread(descriptor, 100, 0).split()[1])
    except (OSError, IndexError, ValueError):
        return 0
