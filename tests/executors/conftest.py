"""Candidates as files, and executors that end with their test."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor

if TYPE_CHECKING:
    from pathlib import Path


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
def run(local, candidates):
    """Run one function of a source text once and return the payload."""

    def run(source, *args, function="solve", timeout_s=5.0, mem_mb=512):
        return local.execute(candidates.write(source), function, args, timeout_s, mem_mb)

    return run
