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
    from collections.abc import Iterable

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
# Calls that name a process; by position of that argument, where only 0, the caller, is allowed.
_OWN_ONLY = {
    "prlimit64": 0,
    "sched_setparam": 0,
    "sched_setscheduler": 0,
    "sched_setattr": 0,
    "sched_setaffinity": 0,
    "setpriority": 1,
    "ioprio_set": 1,
}


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
    for name, argument in _OWN_ONLY.items():
        made.allow_only(name, argument, [0])
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
