"""The environment that every test of this project starts from, whoever starts it."""

import os
import random
import re
import subprocess
import sys
import textwrap
import warnings

import pytest

# What a developer's shell or a CI service sets must not change what a test sees: our own options,
# the options of the outer pytest, colours and width of its output, bytecode that is compiled anew
# for each of hundreds of processes, and the marks of a CI service,
# for which pytest stops shortening its text and hypothesis loads another profile. Done on import,
# because hypothesis chooses its profile when the first test module imports it.
_FOREIGN = (
    "BUILD_NUMBER",
    "CI",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "NO_COLOR",
    "PYTEST_ADDOPTS",
    "PYTHONDONTWRITEBYTECODE",
    "TF_BUILD",
    "__TOX_ENVIRONMENT_VARIABLE_ORIGINAL_CI",
)
for _name in [name for name in os.environ if name.startswith("MG_") or name in _FOREIGN]:
    del os.environ[_name]
os.environ["COLUMNS"] = "80"

import hypothesis.configuration  # noqa: E402 - see above
import numpy as np  # noqa: E402, F401

from pytest_metamorphic_guard.contracts.monitoring import (  # noqa: E402 - see above
    MonitorContext,
    MonitorRecord,
)

# Loaded before pytester remembers which modules were there, or every run inside loads it again,
# which numpy does not survive.


class Project:
    """A user's files, and pytest runs on them.

    Attributes:
        path: Its folder.
    """

    def __init__(self, pytester):
        self._pytester = pytester
        self.path = pytester.path

    def write(self, **sources):
        """Write Python files by their name without suffix."""
        for name, source in sources.items():
            (self.path / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")

    def write_task(self, body, *, inputs="[(1,), (2,), (3,)]", **options):
        """Write ``test_it.py`` with a task ``t`` and what ``body`` declares for it."""
        words = "".join(f", {key}={value}" for key, value in options.items())
        head = (
            "import numpy as np\nimport pytest\nfrom hypothesis import assume, strategies as st\n"
            f"from pytest_metamorphic_guard import *\n\nt = Task('t', inputs={inputs}{words})\n\n"
        )
        (self.path / "test_it.py").write_text(
            head + textwrap.dedent(body).lstrip("\n"), encoding="utf-8"
        )

    def run(self, *args):
        """Run pytest in this process."""
        return self._pytester.runpytest_inprocess(*_QUIET, *map(str, args))

    def spawn(self, *args, cwd=None, timeout_s=120, **variables):
        """Run pytest in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *_QUIET, *map(str, args)],
            cwd=cwd or self.path,
            env=os.environ | {key: str(value) for key, value in variables.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        return pytest.RunResult(
            done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0.0
        )


# Plugins that change order or output of a run inside.
_QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester):
    """An empty project of a user."""
    # Found once per process and kept: without this all tests would share one database.
    hypothesis.configuration.set_hypothesis_home_dir(pytester.path / ".hypothesis")
    with warnings.catch_warnings():
        # Our own runs turn warnings into errors, which a run in this process would inherit.
        warnings.resetwarnings()
        yield Project(pytester)
    hypothesis.configuration.set_hypothesis_home_dir(None)


@pytest.fixture
def read_texts():
    """Return the text of every failure and error of a run by the name in its headline."""

    def read(result):
        texts = {}
        name = None
        for line in result.outlines:
            headline = re.fullmatch(r"_+ (.*?) _+", line)
            if headline:
                name = headline[1].removeprefix("t.")
                texts[name] = []
            elif line.startswith("===") and name is not None:
                name = None
            elif name is not None:
                texts[name].append(line)
        return {key: "\n".join(lines).strip() for key, lines in texts.items()}

    return read


# --- records as a run makes them, and one way to show them to a monitor


def _make_record(case_index, role, **given):
    payload = {"success": given.get("success", True), "result": given.pop("value", case_index)}
    payload |= given.pop("payload", {})
    fields = {"duration_ms": 1.0, "success": True, "relation": "task::relation", **given}
    return MonitorRecord(case_index=case_index, role=role, result=payload, **fields)


def _make_pairs(n, describe, *, seed=0, **common):
    """Return both roles' records of n cases in random order within each.

    ``describe(role, i)`` returns the fields of one record.
    """
    rng = random.Random(seed)
    records = []
    for i in range(n):
        pair = [
            _make_record(i, role, **{**common, **describe(role, i)})
            for role in ("baseline", "candidate")
        ]
        rng.shuffle(pair)
        records += pair
    return records


def _observe(monitor, records):
    monitor.start(MonitorContext("task", len(records)))
    for record in records:
        monitor.record(record)
    return monitor.finalize()


@pytest.fixture
def make_record():
    return _make_record


@pytest.fixture
def make_pairs():
    return _make_pairs


@pytest.fixture
def observe():
    return _observe


@pytest.fixture
def make_durations():
    """Durations with noise per call and inputs of different sizes, in milliseconds."""

    def durations(n, factor, *, seed, sigma=0.2):
        rng = random.Random(seed)
        sizes = [rng.lognormvariate(0, 0.7) for _ in range(n)]
        noisy = {
            role: [size * rng.lognormvariate(0, sigma) for size in sizes]
            for role in ("baseline", "candidate")
        }
        return lambda role, i: {
            "duration_ms": noisy[role][i] * (factor if role == "candidate" else 1)
        }

    return durations
