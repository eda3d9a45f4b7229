"""Where a worker's standard output and error go, and what is read of them."""

from __future__ import annotations

import os
import tempfile

__all__ = ["Output"]

_KEEP = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


class Output:
    """Two files without a name: whatever a process prints, also from C code, ends up in them.

    Args:
        directory: Where the files are kept.
        cap: Most bytes of each that one call's payload contains.
    """

    def __init__(self, directory: str, cap: int) -> None:
        self._cap = cap
        self.stdout = _open_nameless(directory)
        self.stderr = _open_nameless(directory)

    def take(self) -> tuple[str, str]:
        """Return what was printed since the last time, and forget it."""
        return self._take(self.stdout), self._take(self.stderr)

    def read_stderr(self) -> str:
        """Return what is in the standard error without forgetting it."""
        return os.pread(self.stderr, self._cap, 0).decode("utf-8", "replace")

    def measure(self) -> int:
        """Return the size in bytes of the larger of the two."""
        return max(_measure(self.stdout), _measure(self.stderr))

    def close(self) -> None:
        """Give the files up. It may be called again."""
        for descriptor in (self.stdout, self.stderr):
            if descriptor >= 0:
                os.close(descriptor)
        self.stdout = self.stderr = -1

    def _take(self, descriptor: int) -> str:
        size = _measure(descriptor)
        if not size:
            return ""
        text = os.pread(descriptor, min(size, self._cap), 0).decode("utf-8", "replace")
        os.ftruncate(descriptor, 0)
        if size > self._cap:
            text += f"\n[cut: the first {self._cap:,} of {size:,} bytes]\n"
        return text


def _measure(descriptor: int) -> int:
    # A third of the cost of fstat; writers append, so the position means nothing to them.
    return os.lseek(descriptor, 0, os.SEEK_END)


def _open_nameless(directory: str) -> int:
    try:
        return os.open(directory, os.O_TMPFILE | _KEEP, 0o600)
    except (AttributeError, OSError):
        # Not every system and file system has files without a name.
        descriptor, path = tempfile.mkstemp(dir=directory)
        os.close(descriptor)
        descriptor = os.open(path, _KEEP)
        os.unlink(path)
        return descriptor
