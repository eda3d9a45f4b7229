"""The few functions of the C library that Python does not offer, called through ctypes."""

from __future__ import annotations

import ctypes
import os
import sys

__all__ = ["PR_SET_CHILD_SUBREAPER", "PR_SET_NO_NEW_PRIVS", "PR_SET_PDEATHSIG", "call_prctl"]

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_IO_UNBUFFERED = 2

LIBRARY = ctypes.CDLL(None, use_errno=True)


def call_prctl(option: int, *arguments: int) -> None:
    """Call ``prctl(2)``.

    Raises:
        OSError: The kernel refused.
    """
    values = [*arguments, 0, 0, 0, 0][:4]
    if LIBRARY.prctl(option, *map(ctypes.c_ulong, values)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def unbuffer_stdout() -> None:
    """Let what C code prints reach the file at once, so that it is seen before a crash."""
    symbol = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        stream = ctypes.c_void_p.in_dll(LIBRARY, symbol)
    except ValueError:
        return
    LIBRARY.setvbuf(stream, None, _IO_UNBUFFERED, 0)
