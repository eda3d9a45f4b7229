"""Suites of tasks with candidates, run by a pytest inside the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import hypothesis.configuration
import pytest

# Loaded before pytester remembers which modules were there, or every run inside loads it again.

TOP_K = '''
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task, is_prefix

top_k = Task("top_k", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))

@top_k.relation
def reordered(xs, k):
    """The order of the input does not matter."""
    return xs[::-1], k

@top_k.relation(expect=is_prefix)
def larger_k(xs, k):
    """Asking for one more keeps what was there."""
    return xs, k + 1

@top_k.property
def bounded(output, xs, k):
    """No more than k come back."""
    assert len(output) <= k

@top_k.law
def merge(solve, xs, k):
    """The best of both halves are the best of the whole."""
    mid = len(xs) // 2
    assert solve(solve(xs[:mid], k) + solve(xs[mid:], k), k) == solve(xs, k)
'''
GOOD = "def solve(xs, k):\n    return sorted(xs, reverse=True)[:k]\n"
# Keeps the first k: as short as it should be, and dependent on the order.
WRONG = "def solve(xs, k):\n    return xs[:k]\n"

# Plugins that change order or output of a run inside; a test that is about one loads it again.
_QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")


class Suite:
    """Files of a user's project, and pytest runs on them.

    Attributes:
        path: Its folder.
        workers: Arguments that every run gets, such as ``-n2``.
    """

    def __init__(self, pytester, workers=()):
        self.pytester = pytester
        self.path = pytester.path
        self.workers = tuple(workers)

    def write(self, **files):
        """Write Python files, by their path without the suffix."""
        for name, source in files.items():
            path = self.path / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source))

    def write_top_k(self):
        """Write the suite that most tests use: a task, a good candidate and a wrong one."""
        self.write(test_top_k=TOP_K, good=GOOD, wrong=WRONG)

    def run(self, *args, keep_cache=False):
        """Run pytest in this process."""
        quiet = _QUIET[:2] if keep_cache else _QUIET
        return self.pytester.runpytest_inprocess(*quiet, *self.workers, *map(str, args))

    def collect(self, *args):
        """Collect in this process and return the items."""
        recorder = _Items()
        self.pytester.runpytest_inprocess("--co", *_QUIET, *map(str, args), plugins=[recorder])
        return recorder.items

    def spawn(self, *args, keep_cache=False, **variables):
        """Run pytest in a process of its own, for what changes the state of a process."""
        quiet = _QUIET[:2] if keep_cache else _QUIET
        return self.launch(*quiet, *self.workers, *args, **variables)

    def launch(self, *args, cwd=None, timeout_s=150, **variables):
        """Run pytest in a process of its own with exactly these arguments."""
        with self.start(*args, cwd=cwd, **variables) as process:
            try:
                out, err = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return read_result(process.returncode, out, err)

    def start(self, *args, cwd=None, **variables):
        """Start pytest in a process group of its own and return the process."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
        # A shell lets what it starts in the background ignore interrupts, which is inherited.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "pytest", *map(str, args)],
                cwd=cwd or self.path,
                env=environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)


class _Items:
    items = ()

    def pytest_collection_finish(self, session):
        self.items = list(session.items)


def read_result(code, out, err):
    """Return a finished run in the form that pytester gives."""
    return pytest.RunResult(code, out.splitlines(), err.splitlines(), 0.0)


@pytest.fixture
def suite(pytester):
    """A project without -n."""
    # Found once per process and kept: without this all tests would share one database.
    hypothesis.configuration.set_hypothesis_home_dir(pytester.path / ".hypothesis")
    with warnings.catch_warnings():
        # Our own runs turn warnings into errors, which a run in this process would inherit.
        warnings.resetwarnings()
        yield Suite(pytester)
    hypothesis.configuration.set_hypothesis_home_dir(None)


@pytest.fixture
def top_k():
    """The source of the suite that most tests use."""
    return TOP_K


@pytest.fixture(params=[(), ("-n2",)], ids=["n0", "n2"])
def any_suite(request, suite):
    """A project whose tests run in one process, and again in two workers."""
    suite.workers = request.param
    return suite


@pytest.fixture
def read_failures():
    """Return the text of each failure by the name in its headline."""

    def read(result):
        found = {}
        name = None
        for line in result.outlines:
            if line.startswith("___") and line.endswith("___"):
                name = line.strip("_ ")
                found[name] = []
            elif line.startswith("===") and name is not None:
                name = None
            elif name is not None and not line.startswith("[gw"):
                found[name].append(line)
        return {key: "\n".join(lines).strip() for key, lines in found.items()}

    return read


@pytest.fixture
def read_junit():
    """Return the test cases of a junit file by ``classname::name``."""

    def read(path):
        root = ET.parse(path).getroot()
        suite = next(iter(root.iter("testsuite")))
        cases = {}
        for case in suite.iter("testcase"):
            cases[f"{case.get('classname')}::{case.get('name')}"] = SimpleNamespace(
                properties={p.get("name"): p.get("value") for p in case.iter("property")},
                property_names=[p.get("name") for p in case.iter("property")],
                failure=next((f.get("message") for f in case.iter("failure")), None),
                text=next((f.text for f in case.iter("failure")), None),
                skipped=next((f.get("message") for f in case.iter("skipped")), None),
            )
        return SimpleNamespace(
            tests=int(suite.get("tests")), failures=int(suite.get("failures")), cases=cases
        )

    return read


@pytest.fixture
def find_processes():
    """Return the command lines of living processes that carry a mark in their environment."""

    def find(mark):
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in environment and state != "Z":
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
        return found

    return find
