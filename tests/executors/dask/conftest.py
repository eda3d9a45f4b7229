"""A cluster of real processes on this machine, and executors that end with their test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("distributed", reason="pip install 'pytest-metamorphic-guard[dask]'")

from pytest_metamorphic_guard.executors.dask import DaskExecutor
from pytest_metamorphic_guard.executors.dask.library import import_library
from pytest_metamorphic_guard.executors.isolation import _said

if TYPE_CHECKING:
    from pathlib import Path

QUIET = ("--no-dashboard",)


# Loaded as a session of a user loads it, whose terminal it leaves alone.
Client = import_library().Client


class Cluster:
    """A scheduler and workers, as `dask scheduler` and `dask worker` start them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self.file)
        )
        self.address = self._read_address()

    def add_worker(self, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        where = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        return self._start("worker", self.address, *where, *options, **variables)

    def wait_for_workers(self, number: int) -> None:
        with Client(self.address, set_as_default=False, timeout=60) as client:
            client.wait_for_workers(number, timeout=60)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _start(self, what: str, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *QUIET, *words]
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=os.environ | variables, cwd=self.folder
            )
        self.processes.append(process)
        return process

    def _read_address(self) -> str:
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline, (self.folder / "scheduler.log").read_text()
            try:
                return str(json.loads(self.file.read_text())["address"])
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.02)


@pytest.fixture(scope="session")
def start_cluster(tmp_path_factory):
    """Start a cluster that ends with the session at the latest."""
    made = []

    def start():
        cluster = Cluster(tmp_path_factory.mktemp("cluster"))
        made.append(cluster)
        return cluster

    yield start
    for cluster in made:
        cluster.close()


@pytest.fixture(scope="session")
def cluster(start_cluster):
    """Two workers with a thread each, for tests that leave them alive."""
    started = start_cluster()
    for _ in range(2):
        started.add_worker()
    started.wait_for_workers(2)
    return started


@pytest.fixture
def make_dask(cluster):
    made = []

    def make(**config):
        executor = DaskExecutor({"address": cluster.address, "connect_s": 60.0, **config})
        made.append(executor)
        return executor

    yield make
    for executor in made:
        executor.close()


@pytest.fixture(autouse=True)
def says_everything():
    """Let what is said once per process be said in every test."""
    _said.clear()
