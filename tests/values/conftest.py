"""Candidates as files, and executors that end with their test."""

import textwrap

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor


class Candidates:
    def __init__(self, folder):
        self.folder = folder

    def write(self, source):
        path = self.folder / f"candidate_{len(list(self.folder.iterdir()))}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
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
