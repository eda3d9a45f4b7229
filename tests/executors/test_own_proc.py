"""On levels that copy a process, each copy may read what the kernel says about itself alone."""

import os
import subprocess

import pytest

from pytest_metamorphic_guard.executors.local.hardening.support import SCOPE_VERSION, find_version

FILES = ("maps", "status", "statm", "stat", "cgroup", "limits", "smaps", "cmdline")
MOUNTING = "mount -t proc -o hidepid=ptraceable proc /proc"
CANDIDATE = """
import ctypes, os

def read(path):
    try:
        with open(path, "rb") as file:
            return len(file.read(64))
    except OSError as error:
        return type(error).__name__

def look(files):
    return {
        f"{who}/{name}": read(f"/proc/{who}/{name}")
        for who in ("self", "thread-self", os.getpid()) for name in files
    }

def spy(strangers):
    block = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(block), 8)
    found = []
    for pid in (os.getppid(), *range(max(2, os.getpid() - 60), os.getpid() + 20), *strangers):
        if pid == os.getpid():
            continue
        for name in ("maps", "mem", "environ", "cmdline", "status", "stat", "fd/0", "net/tcp"):
            if not isinstance(read(f"/proc/{pid}/{name}"), str):
                found.append((pid, name))
        if ctypes.CDLL(None).process_vm_readv(pid, vector, 1, vector, 1, 0) > 0:
            found.append((pid, "memory"))
    for name in ("kallsyms", "locks", "interrupts", "sys/kernel/osrelease", "self/mem"):
        if read(f"/proc/{name}") not in ("PermissionError", "OSError"):
            found.append(name)
    with open("/proc/net/tcp") as file:
        found += file.readlines()[1:]
    for folder in ("/proc", "/proc/self", "/proc/self/fd", "/proc/sys"):
        try:
            found.append(os.listdir(folder))
        except PermissionError:
            pass
    try:
        found.append(open("/proc/self/comm", "w"))
    except PermissionError:
        pass
    return found

def system(names):
    return [isinstance(read(f"/proc/{name}"), int) for name in names]
"""
# What runs in the process that is copied, or in a copy that waits, while another is at work.
HOOKS = """
import os

seen = []

def peek():
    me = {os.getpid(), os.getppid()}
    for pid in range(max(2, os.getpid() - 60), os.getpid() + 20):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if pid not in me and file.read(1):
                    seen.append(pid)
        except OSError:
            pass

os.register_at_fork(before=peek, after_in_child=peek)

def solve(x):
    return list(seen)
"""


def may_mount():
    """Whether this user may mount a /proc of its own."""
    command = ["unshare", "--mount", "sh", "-c", MOUNTING]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(
    find_version() < SCOPE_VERSION or not may_mount(), reason="no /proc of one's own on this system"
)


@pytest.mark.parametrize(
    ("level", "config"), [("fork", {}), ("fresh", {}), ("fork", {"namespaces": True})]
)
def test_a_copy_reads_about_itself_and_of_nobody_else(make_local, candidates, level, config):
    path = candidates.write(CANDIDATE)
    local = make_local(isolation=level, **config)

    def call(name, argument):
        payload = local.execute(path, name, (argument,), 10.0, 512)
        assert payload["success"], payload["error"]
        return payload["result"]

    for _ in range(2):  # a copy that was made for the call, and one that waited for it
        found = call("look", FILES)
        assert set(map(type, found.values())) == {int}, found
        assert min(found.values()) > 0
        assert call("spy", (os.getpid(), os.getppid())) == []
    assert all(call("system", ("cpuinfo", "meminfo", "stat", "sys/vm/overcommit_memory")))


def test_code_in_a_process_that_is_copied_sees_no_call_that_is_under_way(make_local, candidates):
    local = make_local(isolation="fork")
    path = candidates.write(HOOKS)

    answers = [local.execute(path, "solve", (number,), 10.0, 512) for number in range(4)]

    assert [answer["result"] for answer in answers] == [[]] * 4
