"""Resource limits of a worker."""

from __future__ import annotations

import os
import resource

__all__ = ["MemoryLimit", "set_fixed_limits"]


def set_fixed_limits(file_mb: int, open_files: int) -> None:
    """Limit the size of files and the number of descriptors, and write no core dumps."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, file_mb << 20)
    _lower(resource.RLIMIT_NOFILE, open_files)


class MemoryLimit:
    """A limit on the address space, counted from what the process uses already.

    It must be made before ``/proc`` is out of reach. While the candidate is imported the process
    may grow by ``mem_mb``, and afterwards by ``mem_mb`` again; the hard limit admits both, so that
    code which lifts its own limit gains no more than that. A forked child inherits the limit, but
    what it measures is the process that made it.

    Args:
        mem_mb: MiB that the candidate may use; 0 for no limit.
    """

    def __init__(self, mem_mb: int) -> None:
        self._bytes = mem_mb << 20
        self._statm = -1
        if mem_mb:
            try:
                self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                self._bytes = 0

    def apply_for_import(self) -> None:
        """Limit what the import may use."""
        if self._bytes:
            used = self._measure()
            self._set(used + self._bytes, used + 2 * self._bytes)

    def apply_for_calls(self) -> None:
        """Limit what calls may use on top of what the process uses now."""
        if self._bytes:
            limit = self._measure() + self._bytes
            self._set(limit, limit)

    def lift(self) -> None:
        """Allow as much as the hard limit does."""
        if self._bytes:
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))

    def close(self) -> None:
        """Give up what only measuring needs."""
        if self._statm >= 0:
            os.close(self._statm)
            self._statm = -1

    def _measure(self) -> int:
        pages = int(os.pread(self._statm, 100, 0).split()[0])
        return pages * resource.getpagesize()

    @staticmethod
    def _set(soft: int, hard: int) -> None:
        ceiling = resource.getrlimit(resource.RLIMIT_AS)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _lower(which: int, value: int) -> None:
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        value = min(value, ceiling)
    resource.setrlimit(which, (value, value))
