"""Filters of system calls, as programs for the kernel's packet filter machine.

A filter denies by name; what it does not name it allows. It is inherited by threads and processes
and can only be tightened.
"""

from __future__ import annotations

import ctypes
import errno
from dataclasses import dataclass, field
from struct import pack, pack_into
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.libc import prepare_call

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_metamorphic_guard.executors.local.hardening.architectures import Architecture

__all__ = ["Filter", "Prepared", "add_process_rules", "make_base_filter"]

_LOAD, _JUMP_EQUAL, _JUMP_BITS, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _AUDIT, _FIRST_ARGUMENT = 0, 4, 16
_SET_MODE_FILTER = 1

# Length of an instruction, and where in it the value stands.
_INSTRUCTION, _VALUE = 8, 4
# Stands for a number that is known when the filter is applied; no process has this one.
_OWN_PID = 0xFFFFFFF0

_AF_UNIX = 1
_CLONE_THREAD = 0x00010000
# NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_CLONE_NAMESPACES = 0x7E020000

_DENIED = (
    # other processes and the kernel itself
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
    *("pidfd_send_signal", "pidfd_getfd", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "kcmp"),
    *("migrate_pages", "move_pages", "bpf", "perf_event_open", "userfaultfd", "syslog"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
    *("personality", "acct", "iopl", "ioperm", "modify_ldt", "capset", "vhangup"),
    # calls that are carried out where no filter sees them, and memory that no limit counts
    *("io_uring_setup", "memfd_create", "memfd_secret"),
    # objects that outlive the process
    *("keyctl", "add_key", "request_key", "shmget", "shmat", "msgget", "semget", "mq_open"),
    # namespaces, mounts, devices
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "mknod", "mknodat"),
    *("open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("mount_setattr", "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd"),
    *("swapon", "swapoff", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime"),
    # what Landlock does not cover: a file outside needs no opening to lose its mode or its times
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr"),
    *("fremovexattr", "removexattrat", "file_setattr"),
    *("utime", "utimes", "utimensat", "futimesat"),
)
# Calls that name a process or several; by position of an argument, what alone it may be: 0 is the
# caller, and the other one says that the number is a process's, not a group's or a user's.
_OWN_ONLY = {
    "prlimit64": {0: 0},
    "sched_setparam": {0: 0},
    "sched_setscheduler": {0: 0},
    "sched_setattr": {0: 0},
    "sched_setaffinity": {0: 0},
    "setpriority": {0: 0, 1: 0},
    "ioprio_set": {0: 1, 1: 0},
}
# The owner of an open file is sent signals when there is something to read: F_SETOWN, F_SETSIG and
# F_SETOWN_EX; of a socket, also FIOSETOWN and SIOCSPGRP.
_OWNERS = (8, 10, 15)
_OWNERS_OF_SOCKETS = (0x8901, 0x8902)
# What changes attributes of a file that is open for reading only: SETFLAGS, SETVERSION and ext4's
# of these, with 64 and with 32 bits, FSSETXATTR, ENABLE_VERITY, SET_ENCRYPTION_POLICY, and for
# subvolumes of btrfs: create, snapshot and destroy in both versions, and their flags.
_ATTRIBUTES = (
    *(0x40086602, 0x40046602, 0x40087602, 0x40047602, 0x40086604, 0x40046604),
    *(0x401C5820, 0x40806685, 0x800C6613),
    *(0x5000940E, 0x50009418, 0x50009401, 0x50009417, 0x5000940F, 0x5000943F, 0x4008941A),
)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@dataclass(slots=True)
class Filter:
    """A list of rules that becomes a program when it is applied."""

    architecture: Architecture
    _code: list[bytes] = field(default_factory=list)
    _own: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
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

    def require_values(self, name: str, values: Mapping[int, int]) -> None:
        """Let a call fail unless each of these arguments has its value."""
        if name not in self.architecture.calls:
            return
        left = 2 * len(values) + 2
        self._add(_JUMP_EQUAL, 0, left, self.architecture.calls[name])
        for argument, value in values.items():
            left -= 2
            self._add(_LOAD, 0, 0, _FIRST_ARGUMENT + 8 * argument)
            self._add(_JUMP_EQUAL, 0, left - 1, value)
        self._add(_RETURN, 0, 0, _ALLOW)
        self._add(_RETURN, 0, 0, _ERRNO | errno.EPERM)

    def deny_bits(self, name: str, argument: int, mask: int) -> None:
        """Let a call fail if an argument has any of these bits."""
        self._decide(name, argument, [(_JUMP_BITS, 1, 0, mask)], [_ALLOW, _ERRNO | errno.EPERM])

    def require_bits(self, name: str, argument: int, mask: int) -> None:
        """Let a call fail if an argument has none of these bits."""
        self._decide(name, argument, [(_JUMP_BITS, 1, 0, mask)], [_ERRNO | errno.EPERM, _ALLOW])

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
        if value == _OWN_PID:
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


def make_base_filter(
    architecture: Architecture, *, allow_network: bool, allow_subprocess: bool
) -> Filter:
    """Return the filter for everything but the starting of processes."""
    made = Filter(architecture)
    made.deny(_DENIED)
    for name, values in _OWN_ONLY.items():
        made.require_values(name, values)
    made.deny_values("fcntl", 1, _OWNERS)
    made.deny_values("ioctl", 1, [*_OWNERS_OF_SOCKETS, *_ATTRIBUTES])
    if not allow_network:
        made.allow_only("socketpair", 0, [_AF_UNIX], errno.EACCES)
        # Also a local socket reaches daemons that do what they are told.
        families = [_AF_UNIX] if allow_subprocess else []
        made.allow_only("socket", 0, families, errno.EACCES)
    return made


def add_process_rules(made: Filter, *, allow_subprocess: bool, only_own: bool = False) -> None:
    """Add the rules about processes: threads may start, and processes only if allowed.

    Args:
        made: The filter.
        allow_subprocess: Whether processes may be started; never in new namespaces.
        only_own: Whether to let a process signal none but itself; `Filter.apply` says which it is.
    """
    # Its flags are in memory, which no filter can read; the C library falls back to clone.
    made.deny(["clone3"], errno.ENOSYS)
    if allow_subprocess:
        made.deny_bits("clone", 0, _CLONE_NAMESPACES)
    else:
        made.deny(["fork", "vfork", "execve", "execveat"])
        made.require_bits("clone", 0, _CLONE_THREAD)
    if only_own:
        made.deny(["tkill"])
        for name in ("kill", "tgkill"):
            made.allow_only(name, 0, [_OWN_PID])


def _encode(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return pack("<HBBI", code, if_true, if_false, value)
