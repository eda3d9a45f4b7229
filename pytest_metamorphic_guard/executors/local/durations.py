"""What the host saw of a call's duration, against what the process that made it claims.

The clock inside that process is the finer one, and it shares the process with the candidate. The
host sees more: what the kernel and the pipes take, the time for which either process waited for a
CPU, and what the host itself computed meanwhile, such as a collection of garbage. The kernel tells.
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
    """Tells for how long nobody worked on a call in another process, or the host kept it waiting.

    Args:
        pid: Number of the process.
    """

    def __init__(self, pid: int) -> None:
        self._theirs = _open(f"/proc/{pid}/schedstat")
        self._own = _open(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._before = 0, 0
        self.start = 0.0

    def begin(self) -> float:
        """Begin with a call; return the value of ``time.monotonic()``."""
        self._before = self._read()
        self.start = time.monotonic()
        return self.start

    def read_waited_ms(self) -> float:
        """Return the milliseconds since `begin` for which either process waited for a CPU."""
        return max(0, self._read()[0] - self._before[0]) / 1e6

    def read_kept_ms(self) -> float:
        """Return these and the milliseconds for which this thread computed."""
        return max(0, sum(self._read()) - sum(self._before)) / 1e6

    def close(self) -> None:
        """Give the descriptors up; it may be called again."""
        for descriptor in (self._theirs, self._own):
            if descriptor >= 0:
                os.close(descriptor)
        self._theirs = self._own = -1

    def _read(self) -> tuple[int, int]:
        worked, waited = _read(self._own)
        return waited + _read(self._theirs)[1], worked


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


def _read(descriptor: int) -> tuple[int, int]:
    """Return the nanoseconds for which a thread had a CPU and waited for one; 0 if nobody tells."""
    try:
        worked, waited, _ = os.pread(descriptor, 100, 0).split()
        return int(worked), int(waited)
    except (OSError, ValueError):
        return 0, 0
