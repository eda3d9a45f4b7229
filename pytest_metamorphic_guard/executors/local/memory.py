"""How much memory a call touched at its peak, as the kernel counts it."""

from __future__ import annotations

import os
from resource import RUSAGE_SELF, getrusage

__all__ = ["PeakMemory"]

_pread = os.pread
_write = os.write


class PeakMemory:
    """Reads the peak resident memory of this process since the last reading.

    It must be made before ``/proc`` is out of reach.
    """

    def __init__(self) -> None:
        self._status = _try_open("/proc/self/status", os.O_RDONLY)
        self._clear = _try_open("/proc/self/clear_refs", os.O_WRONLY)
        self._faults = -1
        self._last = 0

    def read_kib(self) -> int:
        """Return the peak in KiB, or 0 where the system does not tell."""
        if self._status < 0:
            return 0
        faults = getrusage(RUSAGE_SELF).ru_minflt
        # Without a page fault no page was added, and reading the file costs more than most calls.
        if faults != self._faults:
            self._faults = faults
            self._last = self._read_high_water_mark()
        return self._last

    def _read_high_water_mark(self) -> int:
        try:
            _, found, rest = _pread(self._status, 4096, 0).partition(b"VmHWM:")
            peak = int(rest.split(None, 1)[0]) if found else 0
            if self._clear >= 0:
                _write(self._clear, b"5")  # the next reading starts from what is resident now
        except (OSError, ValueError):
            return 0
        return peak


def _try_open(path: str, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_CLOEXEC)
    except OSError:
        return -1
