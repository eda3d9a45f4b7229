"""Resource limits of a worker."""

from __future__ import annotations

import mmap
import os
import resource

__all__ = ["MemoryLimit", "set_fixed_limits", "use_reserve"]

# What the harness needs to report that memory ran out.
_RESERVE = 16 << 20
_PRECISION = 1 << 20


def set_fixed_limits(file_mb: int, open_files: int) -> None:
    """Limit the size of files and the number of descriptors, and write no core dumps."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, file_mb << 20)
    _lower(resource.RLIMIT_NOFILE, open_files)


class MemoryLimit:
    """A limit on the address space, counted from what the process uses already.

    It must be made before ``/proc`` is out of reach. While the candidate is imported the process
    may grow by ``mem_mb``, and afterwards by ``mem_mb`` again; the hard limit admits both, so that
    code which lifts its own limit gains no more than that. Modules that define classes of inputs
    have memory of their own.

    Args:
        mem_mb: MiB that the candidate may use; 0 for no limit.
        needs_mb: MiB that such modules may use.
    """

    def __init__(self, mem_mb: int, needs_mb: int = 0) -> None:
        self._bytes = mem_mb << 20
        self._needs = needs_mb << 20
        self._statm = -1
        self._used = 0
        if mem_mb:
            try:
                self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                self._bytes = 0
            else:
                self.measure()

    def apply_for_import(self, *, has_needs: bool = True) -> None:
        """Limit what the import may use; ``has_needs`` where imports that inputs need follow."""
        if self._bytes:
            limit = self._used + self._bytes
            self._set(limit, limit + has_needs * self._needs + self._bytes + _RESERVE)

    def apply_for_needs(self) -> None:
        """Limit what modules that define classes of inputs may use on top of what was measured."""
        if self._bytes:
            limit = self._used + self._needs
            self._set(limit, limit + self._bytes + _RESERVE)

    def measure(self) -> None:
        """Take note of what the process uses now."""
        if self._bytes:
            self._used = int(os.pread(self._statm, 100, 0).split()[0]) * mmap.PAGESIZE

    def measure_by_trying(self) -> None:
        """Do so in a forked child, for which the open file tells of its parent."""
        if self._bytes:
            self._used = self._probe()

    def apply_for_calls(self) -> None:
        """Limit what calls may use on top of what was measured last."""
        if self._bytes:
            limit = self._used + self._bytes
            self._set(limit, limit + _RESERVE)

    def lift(self) -> None:
        """Allow as much as the hard limit does."""
        if self._bytes:
            use_reserve()

    def close(self) -> None:
        """Give up what only measuring needs."""
        if self._statm >= 0:
            os.close(self._statm)
            self._statm = -1

    def _probe(self) -> int:
        page = mmap.PAGESIZE
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        # Not less than before, and not more than the import was allowed.
        low, high = self._used, self._used + self._bytes
        while high - low > _PRECISION:
            middle = (low + high) // 2
            resource.setrlimit(resource.RLIMIT_AS, (middle, hard))
            try:
                mmap.mmap(-1, page).close()
            except (OSError, MemoryError):
                low = middle
            else:
                high = middle
        return high

    @staticmethod
    def _set(soft: int, hard: int) -> None:
        ceiling = resource.getrlimit(resource.RLIMIT_AS)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def use_reserve() -> None:
    """Raise the limit on memory as far as it goes, to be able to say that it was reached."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _lower(which: int, value: int) -> None:
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        value = min(value, ceiling)
    resource.setrlimit(which, (value, value))
