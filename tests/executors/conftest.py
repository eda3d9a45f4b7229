"""Candidates as files, and executors that end with their test."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor


class Candidates:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def write(self, source: str, name: str | None = None) -> str:
        self._count += 1
        path = self.folder / (name or f"candidate_{self._count}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return str(path)


@pytest.fixture
def candidates(tmp_path):
    folder = tmp_path / "candidates"
    folder.mkdir()
    return Candidates(folder)


@pytest.fixture
def make_local():
    made = []

    def make(**config):
        executor = LocalExecutor(config)
        made.append(executor)
        return executor

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def local(make_local):
    return make_local()


@pytest.fixture
def local_config(make_local, candidates):
    """Make an executor, and a candidate for it."""

    def make(source, **config):
        return make_local(**config), candidates.write(source)

    return make


@pytest.fixture
def run(local, candidates):
    """Run one function of a source text once and return the payload."""

    def run(source, *args, function="solve", timeout_s=5.0, mem_mb=512):
        return local.execute(candidates.write(source), function, args, timeout_s, mem_mb)

    return run


class Processes:
    """What runs on this machine, seen through /proc."""

    def is_gone(self, pid):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        return state == "Z"

    def list_marked(self, mark):
        """Processes that were started with ``mark`` in their environment."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    is_marked = mark.encode() in (folder / "environ").read_bytes()
                except OSError:
                    continue
                if is_marked and not self.is_gone(folder.name):
                    found.append(int(folder.name))
        return found

    def wait_until(self, condition, seconds=30.0):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "did not happen in time"
            time.sleep(0.01)


@pytest.fixture
def processes():
    return Processes()


HOST = """
    import json, os, sys
    from pytest_metamorphic_guard.executors.local import LocalExecutor
    executor = LocalExecutor(json.loads(sys.argv[2]))
    pid, directory = executor.execute(sys.argv[1], "where", (), 60, 512)["result"]
    print(pid, directory, flush=True)
    {then}
"""
SLEEPER = """
    import os, time
    def where(): return os.getpid(), os.getcwd()
    def sleep(): time.sleep(100)
    def sleep_with_daemon():
        if os.fork() == 0:
            os.setsid()
            time.sleep(100)
            os._exit(0)
        time.sleep(100)
"""


@pytest.fixture
def start_host(candidates, monkeypatch):
    """Start another host; return it, its processes' mark, and its worker's pid and directory."""
    hosts = []

    def start(then, **config):
        mark = secrets.token_hex(8)
        monkeypatch.setenv("HOST_MARK", mark)
        path = candidates.write(SLEEPER)
        script = candidates.write(textwrap.dedent(HOST).format(then=then), "host/host.py")
        config = json.dumps({"env": ["HOST_MARK"], **config})
        host = subprocess.Popen(
            [sys.executable, script, path, config], stdout=subprocess.PIPE, text=True
        )
        hosts.append(host)
        pid, directory = host.stdout.readline().split()
        return host, mark, int(pid), directory

    yield start
    for host in hosts:
        host.kill()
        host.wait()
        host.stdout.close()
