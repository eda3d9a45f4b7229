"""Which system calls candidate code does without, and why; how a filter is made of them."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.hardening.seccomp import OWN_PID, Filter

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.hardening.architectures import Architecture

__all__ = ["add_process_rules", "make_base_filter"]

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
    # objects that outlive the process, which others can name or number
    *("keyctl", "add_key", "request_key", "shmget", "shmat", "shmctl", "semget", "semop"),
    *("semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink"),
    *("mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr"),
    # letters about files that others use, and about what is mounted where
    *("inotify_init", "inotify_init1", "inotify_add_watch", "io_setup", "statmount", "listmount"),
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
# Leases and letters: F_SETLEASE, F_GETLEASE, F_NOTIFY. A file that is open for reading only can
# have them, and be locked for reading; who asks for locks, by F_GETLK and F_OFD_GETLK, is told.
_LETTERS = (1024, 1025, 1026, 5, 36)
# Locks that belong to an open file: F_OFD_SETLK and F_OFD_SETLKW, beside flock.
_LOCKS_OF_OPEN_FILES = (37, 38)
# Memory of the kernel that no limit counts: F_SETPIPE_SZ, and of sockets, SO_SNDBUF, SO_RCVBUF and
# what goes beyond their limits.
_PIPE_SIZE = 1031
_BUFFERS = (7, 8, 32, 33)
# A pair of these cannot name anybody else, whatever is sent: SOCK_STREAM and SOCK_SEQPACKET, each
# with SOCK_NONBLOCK and SOCK_CLOEXEC or without.
_PAIRS = tuple(kind | flags for kind in (1, 5) for flags in (0, 0x800, 0x80000, 0x80800))
_NAMING = ("bind", "connect", "listen", "accept", "accept4")
# PR_SET_PDEATHSIG, by which a process outlives its host, and PR_SET_DUMPABLE, by which it hides.
_ENDING, _HIDING = 1, 4
# What the C library asks for to start a thread: MAP_STACK, and a length. Threads have stacks that
# the limit of memory counts, so that it also limits their number.
_MAP_STACK = 0x20000
_SMALLEST_STACK = 512 << 10
_OWNERS_OF_SOCKETS = (0x8901, 0x8902)
# What changes attributes of a file that is open for reading only: SETFLAGS, SETVERSION and ext4's
# of these, with 64 and with 32 bits, FSSETXATTR, ENABLE_VERITY, SET_ENCRYPTION_POLICY, and for
# subvolumes of btrfs: create, snapshot and destroy in both versions, and their flags.
_ATTRIBUTES = (
    *(0x40086602, 0x40046602, 0x40087602, 0x40047602, 0x40086604, 0x40046604),
    *(0x401C5820, 0x40806685, 0x800C6613),
    *(0x5000940E, 0x50009418, 0x50009401, 0x50009417, 0x5000940F, 0x5000943F, 0x4008941A),
)


def make_base_filter(
    architecture: Architecture, *, allow_network: bool, allow_subprocess: bool
) -> Filter:
    """Return the filter for everything but the starting of processes."""
    made = Filter(architecture)
    made.deny(_DENIED)
    for name, values in _OWN_ONLY.items():
        made.require_all(name, {argument: [value] for argument, value in values.items()})
    # Processes need locks; threads of one process have better ones.
    locks = () if allow_subprocess else _LOCKS_OF_OPEN_FILES
    made.deny_values("fcntl", 1, [*_OWNERS, *_LETTERS, *locks, _PIPE_SIZE])
    if not allow_subprocess:
        made.deny(["flock"])
    made.deny_values("ioctl", 1, [*_OWNERS_OF_SOCKETS, *_ATTRIBUTES])
    made.deny_values("prctl", 0, [_HIDING])
    made.require_least("mmap", where=3, bits=_MAP_STACK, argument=1, least=_SMALLEST_STACK)
    if not allow_network:
        # Also a local socket reaches daemons that do what they are told.
        made.deny(["socket", *_NAMING], errno.EACCES)
        made.require_all("socketpair", {0: [_AF_UNIX], 1: _PAIRS}, errno.EACCES)
        made.deny_values("setsockopt", 2, _BUFFERS)
    return made


def add_process_rules(
    made: Filter,
    *,
    allow_network: bool,
    allow_subprocess: bool,
    only_own: bool = False,
    becomes_program: bool = False,
) -> None:
    """Add the rules about processes: threads may start, and processes only if allowed.

    Args:
        made: The filter.
        allow_network: Whether sockets may be opened.
        allow_subprocess: Whether processes may be started; never in new namespaces.
        only_own: Whether to let a process signal none but itself; `Filter.apply` says which it is.
        becomes_program: Whether the process is still to execute a program. Which ones it may is
            then for Landlock alone to say.
    """
    # Its flags are in memory, which no filter can read; the C library falls back to clone.
    made.deny(["clone3"], errno.ENOSYS)
    made.deny_values("prctl", 0, [_ENDING])
    if not (allow_network or allow_subprocess):
        # Descriptors on their way to another socket are not counted as open.
        made.deny(["sendmsg", "sendmmsg"])
    if allow_subprocess:
        made.deny_bits("clone", 0, _CLONE_NAMESPACES)
    else:
        made.deny(["fork", "vfork", "execveat"])
        if not becomes_program:
            made.deny(["execve"])
        made.require_bits("clone", 0, _CLONE_THREAD)
    if only_own:
        made.deny(["tkill"])
        for name in ("kill", "tgkill"):
            made.allow_only(name, 0, [OWN_PID])
