"""The few functions of the C library that Python does not offer, called through ctypes."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "LIBRARY",
    "PR_CAPBSET_DROP",
    "PR_SET_CHILD_SUBREAPER",
    "PR_SET_NO_NEW_PRIVS",
    "PR_SET_PDEATHSIG",
    "call_prctl",
    "call_system",
    "prepare_call",
    "unbuffer_stdout",
    "wait_with_usage",
]

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_IO_UNBUFFERED = 2

LIBRARY = ctypes.CDLL(None, use_errno=True)
_SYSCALL = LIBRARY.syscall
_SYSCALL.restype = ctypes.c_long
_WAIT4 = LIBRARY.wait4
# Longs in a struct rusage: user and system time, each as seconds and microseconds, then the peak.
_RUSAGE_LONGS = 18


def call_prctl(option: int, *arguments: int) -> None:
    """Call ``prctl(2)``.

    Raises:
        OSError: The kernel refused.
    """
    values = [*arguments, 0, 0, 0, 0][:4]
    if LIBRARY.prctl(option, *map(ctypes.c_ulong, values)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def wait_with_usage(pid: int) -> tuple[int, int, int]:
    """Wait for a child as ``os.wait4`` does, which would import a module that may be blocked.

    Returns:
        Its status, its CPU time in ns, and its peak resident memory in KiB.

    Raises:
        ChildProcessError: There is no such child.
    """
    status = ctypes.c_int()
    usage = (ctypes.c_long * _RUSAGE_LONGS)()
    while _WAIT4(pid, ctypes.byref(status), 0, usage) < 0:
        number = ctypes.get_errno()
        if number != errno.EINTR:
            raise ChildProcessError(number, os.strerror(number))
    seconds, micros = usage[0] + usage[2], usage[1] + usage[3]
    return status.value, (seconds * 1_000_000 + micros) * 1_000, usage[4]


def unbuffer_stdout() -> None:
    """Let what C code prints reach the file at once, so that it is seen before a crash."""
    symbol = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        stream = ctypes.c_void_p.in_dll(LIBRARY, symbol)
    except ValueError:
        return
    LIBRARY.setvbuf(stream, None, _IO_UNBUFFERED, 0)


def call_system(number: int, *arguments: int) -> int:
    """Call the kernel by number; pointers are given as addresses.

    Raises:
        OSError: The kernel refused.
    """
    return prepare_call(number, *arguments)()


def prepare_call(number: int, *arguments: int) -> Callable[[], int]:
    """Return what makes this call of `call_system` whenever it is called."""
    values = (ctypes.c_long(number), *map(ctypes.c_ulong, arguments))

    def call() -> int:
        result: int = _SYSCALL(*values)
        if result < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return result

    return call
