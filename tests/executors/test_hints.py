"""A failure that the sandbox may have caused names the option that decides about it."""

import os
from pathlib import Path

import pytest

from pytest_metamorphic_guard.contracts.refused import Refused
from pytest_metamorphic_guard.executors.local.configuration import Configuration
from pytest_metamorphic_guard.executors.local.hints import Hints

CGROUPS = Path("/sys/fs/cgroup")

READING = "def solve(x):\n    return open({path!r}).read()\n"
WRITING = "def solve(x):\n    open({path!r}, 'w').write('x')\n"
REFUSED = {
    "socket": ("import socket; socket.socket()", "allow_network = true"),
    "urlopen": (
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "allow_network = true",
    ),
    "resolver": ("import socket; socket.getaddrinfo('localhost', 80)", "allow_network = true"),
    "fork": ("import os; os.fork()", "allow_subprocess = true"),
    "program": ("import subprocess; subprocess.run(['/bin/true'])", "allow_subprocess = true"),
    "lock": (
        "import fcntl, os; fcntl.flock(os.open('f', os.O_RDWR | os.O_CREAT), 2)",
        "allow_subprocess = true",
    ),
}


@pytest.mark.parametrize("level", ["worker", "fork"])
@pytest.mark.parametrize("body", REFUSED)
def test_what_the_sandbox_refuses_is_said_with_the_option(make_local, candidates, level, body):
    statement, option = REFUSED[body]
    path = candidates.write(f"def solve(x):\n    {statement}\n")

    error = make_local(isolation=level).execute(path, "solve", (1,), 10.0, 512)["error"]

    assert "(the sandbox refuses " in error
    assert error.endswith(f"; --mg-executor-config allows it with {option})")
    assert "\n" not in error


@pytest.mark.parametrize("source", [READING, WRITING])
def test_a_refused_file_is_named_with_both_options(make_local, candidates, tmp_path, source):
    table = tmp_path / "private" / "table.csv"
    table.parent.mkdir()
    table.write_text("a,b")
    path = candidates.write(source.format(path=str(table)))

    error = make_local().execute(path, "solve", (1,), 10.0, 512)["error"]

    assert error.startswith("PermissionError: [Errno 13] Permission denied: ")
    assert f"read = ['{table}'] or write = ['{table}']" in error
    allowed = {"read": [str(table)], "write": [str(table)]}
    assert make_local(**allowed).execute(path, "solve", (1,), 10.0, 512)["success"]


def test_the_same_is_said_of_an_import(make_local, candidates):
    path = candidates.write("import socket\nserver = socket.socket()\ndef solve(x): return x\n")

    error = make_local().execute(path, "solve", (1,), 10.0, 512)["error"]

    assert error.startswith(f"importing {path} failed: PermissionError: ")
    assert "allow_network = true" in error


@pytest.mark.parametrize(
    ("config", "body"),
    [
        ({}, "raise PermissionError('user 3 may not read this')"),
        ({}, "raise ValueError('permission denied for user 3')"),
        ({}, "open('/nowhere/at/all')"),
        ({"harden": "off"}, "open('/proc/self/mem', 'x')"),
    ],
)
def test_nothing_is_said_of_the_sandbox_where_it_refused_nothing(local_config, config, body):
    local, path = local_config(f"def solve(x):\n    {body}\n", **config)

    assert "sandbox" not in local.execute(path, "solve", (1,), 10.0, 512)["error"]


@pytest.mark.parametrize(
    "name", ["maps", "status", "statm", "stat", "cgroup", "limits", "smaps", "cmdline"]
)
@pytest.mark.parametrize("level", ["worker", "spawn"])
def test_a_process_may_read_what_the_kernel_says_about_itself_alone(
    make_local, candidates, level, name
):
    path = candidates.write(
        f"""
        import gc, os
        def solve(x):
            for number in range(2_000):  # enough to have the kernel forget what it may
                try:
                    os.stat("/proc/self/task/%d" % number)
                except OSError:
                    pass
            return open("/proc/self/{name}").read(), open(f"/proc/{{os.getpid()}}/{name}").read()
        def spy(pid):
            return open(f"/proc/{{pid}}/{name}").read()
        """
    )
    local = make_local(isolation=level)

    payload = local.execute(path, "solve", (1,), 10.0, 512)

    assert payload["success"], payload["error"]
    assert payload["result"][0]
    for pid in (os.getpid(), os.getppid(), 1):
        assert local.execute(path, "spy", (pid,), 10.0, 512)["exception_type"] == "PermissionError"


def test_a_copy_that_may_not_read_about_itself_names_what_opens_that():
    said = "[Errno 13] Permission denied: '/proc/{}/maps'"
    levels = 'isolation = "worker" or isolation = "spawn"'
    for names, more in (
        (False, " or, where users may make namespaces, namespaces = true"),
        (True, ""),
    ):
        hints = Hints(Configuration(isolation="fork", namespaces=names), 512, is_confined=True)

        error = hints.explain_failure("PermissionError", said.format("self"), "")

        option = f"{levels}{more}"
        assert error == f" (the sandbox refuses it; --mg-executor-config allows it with {option})"
        found = hints.find_refused(said.format("self"), "")
        assert found == Refused("process", option, "/proc/self/maps")
        others = hints.explain_failure("PermissionError", said.format(1), "")
        assert "no option allows it: a process may read what the kernel says about itself" in others


@pytest.mark.skipif(not CGROUPS.is_dir(), reason="this system has no cgroups")
@pytest.mark.parametrize("level", ["worker", "fork"])
def test_limits_of_a_container_can_be_read(make_local, candidates, level):
    path = candidates.write(
        "import os\ndef solve(x): return sorted(os.listdir('/sys/fs/cgroup'))\n"
    )

    found = make_local(isolation=level).execute(path, "solve", (1,), 10.0, 512)

    assert found["result"] == sorted(found.name for found in CGROUPS.iterdir())


@pytest.mark.parametrize("level", ["worker", "fork"])
def test_an_import_that_ends_keeps_what_it_wrote_and_names_the_limit(make_local, candidates, level):
    path = candidates.write(
        "import os, sys\nprint('libthings.so: cannot map 1 GiB', file=sys.stderr)\nos._exit(1)\n"
    )

    payload = make_local(isolation=level).execute(path, "solve", (1,), 10.0, 300)

    assert payload["error"].endswith(
        "the process exited with status 1 without returning; it wrote: libthings.so: cannot map"
        " 1 GiB (if memory was short: its limit is 300 MiB of address space, --mg-mem-mb)"
    )
    assert "libthings.so" in payload["stderr"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("raise MemoryError", "MemoryError (its memory limit is 300 MiB: --mg-mem-mb)"),
        (
            "import threading as t\n    while x: t.Thread(target=t.Event().wait).start()",
            "can't start new thread (its memory limit is 300 MiB: --mg-mem-mb)",
        ),
        (
            "import os\n    os.write(2, b'std::bad_alloc'); os.abort()",
            "killed by SIGABRT (if memory was short: its limit is 300 MiB of address space,",
        ),
    ],
)
def test_an_end_that_memory_may_cause_names_the_limit(make_local, candidates, body, text):
    path = candidates.write(f"def solve(x):\n    {body}\n")

    assert text in make_local().execute(path, "solve", (1,), 10.0, 300)["error"]


@pytest.mark.parametrize("level", ["worker", "fresh"])
def test_an_import_without_end_names_its_limit(make_local, candidates, level):
    path = candidates.write("while True: pass\n")

    payload = make_local(isolation=level, import_timeout_s=1).execute(path, "solve", (1,), 5.0, 300)

    assert payload["error"].endswith(
        "took longer than 1 s (the limit is import_timeout_s in --mg-executor-config)"
    )
