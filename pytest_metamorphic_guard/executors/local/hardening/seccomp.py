"""Filters of system calls, as programs for the kernel's packet filter machine.

A filter denies by name; what it does not name it allows. It is inherited by threads and processes
and can only be tightened.
"""

from __future__ import annotations

import ctypes
import errno
from struct import pack, pack_into
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.libc import prepare_call

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pytest_metamorphic_guard.executors.local.hardening.architectures import Architecture

__all__ = ["OWN_PID", "Filter", "Prepared"]

_LOAD, _JUMP_EQUAL, _JUMP_BITS, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _AUDIT, _FIRST_ARGUMENT = 0, 4, 16
_SET_MODE_FILTER = 1

# Length of an instruction, and where in it the value stands.
_INSTRUCTION, _VALUE = 8, 4
# Stands for a number that is known when the filter is applied; no process has this one.
OWN_PID = 0xFFFFFFF0


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Filter:
    """A list of rules that becomes a program when it is applied."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self._code: list[bytes] = []
        self._own: list[int] = []
        self._add(_LOAD, 0, 0, _AUDIT)
        self._add(_JUMP_EQUAL, 1, 0, self.architecture.audit)
        self._add(_RETURN, 0, 0, _KILL)
        self._add(_LOAD, 0, 0, _NUMBER)
        if self.architecture.first_foreign:
            self._add(_JUMP_FROM, 0, 1, self.architecture.first_foreign)
            self._add(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)

    def deny(self, names: Iterable[str], number: int = errno.EPERM) -> None:
        """Let these calls fail with an error number."""
        for name in names:
            if name in self.architecture.calls:
                self._add(_JUMP_EQUAL, 0, 1, self.architecture.calls[name])
                self._add(_RETURN, 0, 0, _ERRNO | number)

    def allow_only(
        self, name: str, argument: int, values: Iterable[int], number: int = errno.EPERM
    ) -> None:
        """Let a call fail unless an argument has one of these values."""
        allowed = list(values)
        tests = [(_JUMP_EQUAL, len(allowed) - i, 0, value) for i, value in enumerate(allowed)]
        self._decide(name, argument, tests, [_ERRNO | number, _ALLOW])

    def deny_values(self, name: str, argument: int, values: Iterable[int]) -> None:
        """Let a call fail if an argument has one of these values."""
        denied = list(values)
        tests = [(_JUMP_EQUAL, len(denied) - i, 0, value) for i, value in enumerate(denied)]
        self._decide(name, argument, tests, [_ALLOW, _ERRNO | errno.EPERM])

    def deny_bits(self, name: str, argument: int, mask: int) -> None:
        """Let a call fail if an argument has any of these bits."""
        self._decide(name, argument, [(_JUMP_BITS, 1, 0, mask)], [_ALLOW, _ERRNO | errno.EPERM])

    def require_bits(self, name: str, argument: int, mask: int) -> None:
        """Let a call fail if an argument has none of these bits."""
        self._decide(name, argument, [(_JUMP_BITS, 1, 0, mask)], [_ERRNO | errno.EPERM, _ALLOW])

    def require_all(
        self, name: str, values: Mapping[int, Collection[int]], number: int = errno.EPERM
    ) -> None:
        """Let a call fail unless each of these arguments has one of its values."""
        left = sum(len(allowed) + 1 for allowed in values.values()) + 2
        self._add(_JUMP_EQUAL, 0, left, self.architecture.calls[name])
        for argument, allowed in values.items():
            left -= len(allowed) + 1
            self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument)
            for behind in range(len(allowed) - 1, -1, -1):
                # The last one that does not match goes to the refusal.
                last = 0 if behind else left - 1
                self._add(_JUMP_EQUAL, behind, last, sorted(allowed)[-1 - behind])
        self._add(_RETURN, 0, 0, _ALLOW)
        self._add(_RETURN, 0, 0, _ERRNO | number)

    def require_least(self, name: str, *, where: int, bits: int, argument: int, least: int) -> None:
        """Let a call whose argument ``where`` has any of ``bits`` fail if another is too small."""
        if name not in self.architecture.calls:
            return
        self._add(_JUMP_EQUAL, 0, 8, self.architecture.calls[name])
        self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * where)
        self._add(_JUMP_BITS, 0, 4, bits)
        # The upper half, too: it alone would make the number large enough.
        self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument + 4)
        self._add(_JUMP_FROM, 2, 0, 1)
        self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument)
        self._add(_JUMP_FROM, 0, 1, least)
        self._add(_RETURN, 0, 0, _ALLOW)
        self._add(_RETURN, 0, 0, _ERRNO | errno.ENOMEM)

    def program(self, own_pid: int = 0) -> bytes:
        """Return the instructions.

        Args:
            own_pid: Number of the process for which rules about its own number are meant.
        """
        code = bytearray().join([*self._code, _encode(_RETURN, 0, 0, _ALLOW)])
        self.write_own(code, own_pid)
        return bytes(code)

    def write_own(self, code: bytearray | ctypes.Array[ctypes.c_char], own_pid: int) -> None:
        """Write the number of a process into the instructions that compare with it."""
        for position in self._own:
            pack_into("<I", code, position, own_pid)

    def apply(self, own_pid: int = 0) -> None:
        """Put the filter into force for this thread and everything it starts.

        Args:
            own_pid: As for `program`.

        Raises:
            OSError: The kernel has no filters, or refused this one.
        """
        Prepared(self).apply(own_pid)

    def _decide(
        self, name: str, argument: int, tests: list[tuple[int, int, int, int]], ends: list[int]
    ) -> None:
        if name not in self.architecture.calls:
            return
        self._add(_JUMP_EQUAL, 0, 1 + len(tests) + len(ends), self.architecture.calls[name])
        # The lower half: the kernel reads these arguments as 32 bits.
        self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument)
        for test in tests:
            self._add(*test)
        for end in ends:
            self._add(_RETURN, 0, 0, end)

    def _add(self, code: int, if_true: int, if_false: int, value: int) -> None:
        if value == OWN_PID:
            self._own.append(len(self._code) * _INSTRUCTION + _VALUE)
        self._code.append(_encode(code, if_true, if_false, value))


class Prepared:
    """A filter in the kernel's form, so that a forked child has next to nothing left to do.

    What a child touches for the first time is copied for it: to build the program there would take
    several times as long as the kernel takes to accept it.

    Args:
        made: The filter.
    """

    def __init__(self, made: Filter) -> None:
        code = made.program()
        self._write_own = made.write_own
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // _INSTRUCTION, ctypes.addressof(self._code))
        self._call = prepare_call(
            made.architecture.calls["seccomp"], _SET_MODE_FILTER, 0, ctypes.addressof(self._program)
        )

    def apply(self, own_pid: int = 0) -> None:
        """Do what `Filter.apply` does."""
        self._write_own(self._code, own_pid)
        self._call()


def _encode(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return pack("<HBBI", code, if_true, if_false, value)
