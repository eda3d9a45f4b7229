"""Where a worker's standard output and error go, and what is read of them."""

from __future__ import annotations

import os
import tempfile

__all__ = ["Output"]

_LONG_AGO_NS = 1_000_000_000 * 10**9
_KEEP = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


class Output:
    """Two files without a name: whatever a process prints, also from C code, ends up in them.

    Each is opened twice, because whoever holds an open file decides where it is read next and by
    what way: a candidate that has its own decides nothing for the host.

    Args:
        directory: Where the files are kept.
        cap: Most bytes of each that one call's payload contains.

    Attributes:
        theirs: The two descriptors for the process that prints.
    """

    def __init__(self, directory: str, cap: int) -> None:
        self._directory = directory
        self._cap = cap
        self._stdout, out = _open_nameless(directory)
        self._stderr, err = _open_nameless(directory)
        self.theirs: tuple[int, ...] = (out, err)

    def renew(self) -> None:
        """Open the files anew for another process, and other ones where these were touched."""
        self.hand_over()
        self._stdout, out = _reopen(self._stdout, self._directory)
        self.theirs = (out,)
        self._stderr, err = _reopen(self._stderr, self._directory)
        self.theirs = (out, err)

    def take(self) -> tuple[str, str]:
        """Return what was printed since the last time, and forget it."""
        return self._take(self._stdout), self._take(self._stderr)

    def read_stderr(self) -> str:
        """Return what is in the standard error without forgetting it."""
        return _read(self._stderr, self._cap)

    def measure(self) -> int:
        """Return the size in bytes of the larger of the two."""
        return max(_measure(self._stdout), _measure(self._stderr))

    def hand_over(self) -> None:
        """Give up what belongs to the process that prints, which has it by now."""
        for descriptor in self.theirs:
            os.close(descriptor)
        self.theirs = ()

    def close(self) -> None:
        """Give the files up. It may be called again."""
        self.hand_over()
        for descriptor in (self._stdout, self._stderr):
            if descriptor >= 0:
                os.close(descriptor)
        self._stdout = self._stderr = -1

    def _take(self, descriptor: int) -> str:
        size = _measure(descriptor)
        if not size:
            return ""
        text = _read(descriptor, min(size, self._cap))
        os.ftruncate(descriptor, 0)
        if size > self._cap:
            text += f"\n[cut: the first {self._cap:,} of {size:,} bytes]\n"
        return text


def _measure(descriptor: int) -> int:
    # A third of the cost of fstat; writers append, so the position means nothing to them.
    return os.lseek(descriptor, 0, os.SEEK_END)


def _read(descriptor: int, length: int) -> str:
    try:
        return os.pread(descriptor, length, 0).decode("utf-8", "replace")
    except OSError as error:
        # A disk that fails is no reason to lose the result.
        return f"[the output cannot be read: {error}]\n"


def _reopen(ours: int, directory: str) -> tuple[int, int]:
    """Return what `_open_nameless` does, of the same file if that tells nothing of its past."""
    found = os.fstat(ours)
    if found.st_size == 0 and found.st_atime_ns == found.st_mtime_ns == _LONG_AGO_NS:
        try:
            their = os.open(f"/proc/self/fd/{ours}", _KEEP)
        except OSError:
            pass  # not this system
        else:
            # Also where nothing changed: the kernel notes when its times were set.
            os.utime(ours, ns=(_LONG_AGO_NS, _LONG_AGO_NS))
            return ours, their
    made = _open_nameless(directory)
    os.utime(made[0], ns=(_LONG_AGO_NS, _LONG_AGO_NS))
    os.close(ours)
    return made


def _open_nameless(directory: str) -> tuple[int, int]:
    """Open a new file twice: for us, and for the process that prints."""
    try:
        ours = os.open(directory, os.O_TMPFILE | _KEEP, 0o600)
    except (AttributeError, OSError):
        # Not every system and file system has files without a name.
        return _open_unlinked(directory)
    try:
        return ours, os.open(f"/proc/self/fd/{ours}", _KEEP)
    except OSError:
        os.close(ours)
        return _open_unlinked(directory)


def _open_unlinked(directory: str) -> tuple[int, int]:
    descriptor, path = tempfile.mkstemp(dir=directory)
    os.close(descriptor)
    try:
        return os.open(path, _KEEP), os.open(path, _KEEP)
    finally:
        os.unlink(path)
