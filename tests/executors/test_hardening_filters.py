"""The filters of system calls: read by an interpreter of programs, and tried on this kernel."""

import errno
import os
import struct

import pytest

from pytest_metamorphic_guard.executors.local.hardening import architectures
from pytest_metamorphic_guard.executors.local.hardening.libc import call_prctl
from pytest_metamorphic_guard.executors.local.hardening.rules import (
    add_process_rules,
    make_base_filter,
)
from pytest_metamorphic_guard.executors.local.hardening.seccomp import Filter

ALLOW, KILL = "allow", "kill"


def interpret(made, name, *arguments, audit=None, number=None):
    """Run the program of a filter on one call, as the kernel would."""
    calls = made.architecture.calls
    number = calls[name] if number is None else number
    audit = made.architecture.audit if audit is None else audit
    values = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<iIQ6Q", number, audit, 0, *(v & 2**64 - 1 for v in values))
    code = list(struct.iter_unpack("<HBBI", made.program(own_pid=42)))
    position = accumulator = 0
    while True:
        kind, if_true, if_false, value = code[position]
        position += 1
        match kind:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x15:
                position += if_true if accumulator == value else if_false
            case 0x35:
                position += if_true if accumulator >= value else if_false
            case 0x45:
                position += if_true if accumulator & value else if_false
            case 0x06:
                if value == 0x7FFF0000:
                    return ALLOW
                return KILL if value == 0x80000000 else value - 0x50000


@pytest.fixture(params=["x86_64", "aarch64"])
def architecture(request):
    return architectures.TABLES[request.param]


def make(architecture, *, allow_network=False, allow_subprocess=False, only_own=False):
    made = make_base_filter(
        architecture, allow_network=allow_network, allow_subprocess=allow_subprocess
    )
    add_process_rules(
        made,
        allow_network=allow_network,
        allow_subprocess=allow_subprocess,
        only_own=only_own,
    )
    return made


def test_dangerous_calls_are_denied_and_unknown_ones_allowed(architecture):
    made = make(architecture)
    for name in ("ptrace", "mount", "bpf", "keyctl", "io_uring_setup", "fchmodat", "utimensat"):
        assert interpret(made, name) == errno.EPERM, name
    assert interpret(made, "read", number=architecture.calls["socket"] + 10_000) == ALLOW


def test_a_foreign_architecture_ends_the_process(architecture):
    assert interpret(make(architecture), "ptrace", audit=0x40000003) == KILL


def test_the_second_convention_of_x86_is_unknown():
    made = make(architectures.TABLES["x86_64"])
    assert interpret(made, "", number=0x40000000 + 39) == errno.ENOSYS


def test_threads_may_start_and_processes_only_if_allowed(architecture):
    thread, process, users = 0x10000 | 0x100, 17, 0x10000000 | 17
    strict, loose = make(architecture), make(architecture, allow_subprocess=True)
    assert interpret(strict, "clone", thread) == ALLOW
    assert interpret(strict, "clone", process) == errno.EPERM
    assert interpret(strict, "execve") == errno.EPERM
    assert interpret(strict, "clone3") == errno.ENOSYS
    assert interpret(loose, "clone", process) == ALLOW
    assert interpret(loose, "execve") == ALLOW
    assert interpret(loose, "clone", users) == errno.EPERM


def test_sockets_depend_on_what_is_allowed(architecture):
    strict, network = make(architecture), make(architecture, allow_network=True)
    processes = make(architecture, allow_subprocess=True)
    for name in ("socket", "connect", "bind", "listen", "accept", "accept4"):
        for made in (strict, processes):
            assert interpret(made, name, 1, 1) == errno.EACCES, name
        assert interpret(network, name, 1, 1) == ALLOW, name
    assert interpret(strict, "sendmsg") == errno.EPERM
    assert interpret(network, "sendmsg") == interpret(processes, "sendmsg") == ALLOW


def test_a_pair_of_sockets_is_a_local_one_that_can_address_nobody_else(architecture):
    made = make(architecture)
    for flags in (0, 0x800, 0x80000, 0x80800):
        for kind in (1, 5):  # SOCK_STREAM, SOCK_SEQPACKET
            assert interpret(made, "socketpair", 1, kind | flags) == ALLOW
        for family, kind in ((1, 2), (1, 3), (2, 1), (16, 5), (1, 0), (1, 0x100 | 2)):
            assert interpret(made, "socketpair", family, kind | flags) == errno.EACCES
    assert interpret(make(architecture, allow_network=True), "socketpair", 1, 2) == ALLOW


def test_memory_of_the_kernel_is_not_to_be_had_beyond_its_usual_measure(architecture):
    made = make(architecture)
    for option in (7, 8, 32, 33):  # SO_SNDBUF, SO_RCVBUF, and with force
        assert interpret(made, "setsockopt", 3, 1, option) == errno.EPERM
    assert interpret(made, "setsockopt", 3, 1, 2) == ALLOW
    assert interpret(made, "fcntl", 3, 1031) == errno.EPERM  # F_SETPIPE_SZ


def test_stacks_of_threads_are_large_enough_to_be_counted(architecture):
    made = make(architecture)
    for length, flags, expected in (
        (16 << 10, 0x20022, errno.ENOMEM),
        ((512 << 10) - 1, 0x20022, errno.ENOMEM),
        (512 << 10, 0x20022, ALLOW),
        (1 << 32, 0x20022, ALLOW),
        (4096, 0x22, ALLOW),
    ):
        assert interpret(made, "mmap", 0, length, 0, flags) == expected


def test_objects_with_names_or_numbers_and_letters_are_denied(architecture):
    made = make(architecture)
    for name in ("msgrcv", "msgsnd", "msgctl", "semop", "semtimedop", "semctl", "shmctl"):
        assert interpret(made, name) == errno.EPERM, name
    for name in ("mq_open", "mq_unlink", "mq_timedsend", "inotify_init1", "inotify_add_watch"):
        assert interpret(made, name) == errno.EPERM, name
    for name in ("io_setup", "statmount", "listmount"):
        assert interpret(made, name) == errno.EPERM, name
    for command in (1024, 1025, 1026, 5, 36):  # leases, letters, and who holds which lock
        assert interpret(made, "fcntl", 3, command) == errno.EPERM
    for command in (6, 7):  # F_SETLK, F_SETLKW: a database of the candidate's own needs them
        assert interpret(made, "fcntl", 3, command) == ALLOW


def test_locks_of_open_files_are_for_several_processes_only(architecture):
    strict, processes = make(architecture), make(architecture, allow_subprocess=True)
    assert interpret(strict, "flock") == errno.EPERM
    assert interpret(processes, "flock") == ALLOW
    for command in (37, 38):  # F_OFD_SETLK, F_OFD_SETLKW
        assert interpret(strict, "fcntl", 3, command) == errno.EPERM
        assert interpret(processes, "fcntl", 3, command) == ALLOW


def test_no_process_takes_back_that_it_ends_with_its_host(architecture):
    # Two filters: what forks a child for a call has to tie it to itself.
    first = make_base_filter(architecture, allow_network=False, allow_subprocess=False)
    second = Filter(architecture)
    add_process_rules(second, allow_network=False, allow_subprocess=False)
    assert interpret(first, "prctl", 4, 0) == errno.EPERM  # PR_SET_DUMPABLE
    assert interpret(first, "prctl", 1, 9) == ALLOW  # PR_SET_PDEATHSIG
    assert interpret(second, "prctl", 1, 0) == errno.EPERM
    assert interpret(second, "prctl", 15) == ALLOW  # PR_SET_NAME


def test_limits_and_priorities_of_others_are_out_of_reach(architecture):
    made = make(architecture)
    for name, own, *others in (
        ("prlimit64", (0,), (7,)),
        ("setpriority", (0, 0), (0, 7), (1, 0), (2, 0)),  # another process, my group, my user
        ("ioprio_set", (1, 0), (1, 7), (2, 0), (3, 0)),
    ):
        assert interpret(made, name, *own) == ALLOW
        for arguments in others:
            assert interpret(made, name, *arguments) == errno.EPERM


def test_nobody_is_made_the_owner_of_a_file_and_attributes_stay(architecture):
    made = make(architecture)
    for command in (8, 10, 15):  # F_SETOWN, F_SETSIG, F_SETOWN_EX
        assert interpret(made, "fcntl", 3, command, 42) == errno.EPERM
    for command in (0, 2, 4, 1030):  # F_DUPFD, F_SETFD, F_SETFL, F_DUPFD_CLOEXEC
        assert interpret(made, "fcntl", 3, command) == ALLOW
    for request in (0x8901, 0x8902, 0x40086602, 0x401C5820, 0xFFFFFFFF_40086602, 0x4008941A):
        assert interpret(made, "ioctl", 3, request) == errno.EPERM
    for request in (0x5401, 0x5413, 0x541B, 0x80086601):  # TCGETS, TIOCGWINSZ, FIONREAD, GETFLAGS
        assert interpret(made, "ioctl", 3, request) == ALLOW


def test_only_the_own_process_is_signalled_where_landlock_cannot_see_to_it(architecture):
    made = make(architecture, only_own=True)
    for name in ("kill", "tgkill"):
        assert interpret(made, name, 42, 9) == ALLOW
        assert interpret(made, name, 43, 9) == errno.EPERM
        assert interpret(made, name, -1, 9) == errno.EPERM
    assert interpret(made, "tkill", 42, 9) == errno.EPERM
    assert interpret(make(architecture), "kill", 43, 9) == ALLOW


def test_this_kernel_takes_the_filter_and_obeys_it():
    found = architectures.find_architecture()
    if found is None:
        pytest.skip("no table for this architecture")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            call_prctl(38, 1)
            make(found, only_own=True).apply(os.getpid())
            try:
                os.kill(os.getppid(), 0)
            except PermissionError:
                status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
