"""A candidate that uses its baseline is not adopted for the baseline's answers."""

import pytest

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.api import EvaluationConfig, Implementation
from pytest_metamorphic_guard.api import run as run_task
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range(60)])

@t.property
def right(output, x):
    assert output == x + 1
"""
OLD = "def solve(x):\n    return x + 1\n"


@pytest.fixture
def decide(gate):
    def run(new, *args, **options):
        (gate.path / "test_it.py").write_text(TASK)
        (gate.path / "old.py").write_text(OLD)
        (gate.path / "new.py").write_text(new)
        return gate.run(*args, **options)

    return run


@pytest.mark.parametrize(
    "new",
    [
        "from old import solve\n",
        "import json, old as it\n\ndef solve(x):\n    return it.solve(x)\n",
        "import importlib\n\ndef solve(x):\n    return importlib.import_module('old').solve(x)\n",
        "import os.path\n\ndef solve(x):\n    return x + 1\n\nPATH = os.path.join('.', 'old.py')\n",
    ],
)
def test_a_candidate_that_uses_the_baseline_is_not_adopted(decide, new, workers):
    run = decide(new, workers=workers)

    assert run.outcome == "inconclusive"
    assert "new.py uses old.py, the baseline, and could return its answers" in run.reason


@pytest.mark.parametrize(
    "new",
    [
        "def solve(x):\n    # faster than old\n    old = {'old': x}\n    return old['old'] + 1\n",
        "from json import loads as old\n\ndef solve(x):\n    return x + 1\n",
    ],
)
def test_a_candidate_that_only_speaks_of_the_baseline_is_adopted(decide, new):
    assert decide(new).outcome == "adopt"


def test_two_functions_of_one_file_are_compared(decide):
    both = f"{OLD}\n\ndef faster(x):\n    return 1 + x\n"

    run = decide(both, candidate="new.py:faster", baseline="new.py:solve")

    assert run.outcome == "adopt"


needs_landlock = pytest.mark.skipif(bool(find_missing()), reason="needs Landlock")
HIDDEN = "import importlib\nfound = importlib.import_module('o' + 'ld')\nsolve = found.solve\n"
LATER = "def solve(x):\n    return __import__('o' + 'ld').solve(x)\n"
SENTENCE = (
    "new.py imports old.py, the baseline, which candidates cannot read: keep what both need in a "
    "module of its own"
)


@needs_landlock
def test_a_candidate_that_imports_the_baseline_cannot_be_called(decide, workers):
    run = decide(HIDDEN, "--mg-executor=local", workers=workers)

    assert (run.outcome, run.ret) == ("inconclusive", 1)
    assert SENTENCE in run.reason
    assert "module of its own" in run.decisions[0]["remedy"]
    assert SENTENCE in run.text


@needs_landlock
def test_a_candidate_that_reads_the_baseline_when_it_is_called_is_rejected(decide):
    run = decide(LATER, "--mg-executor=local")

    assert run.outcome == "reject"
    assert "new.py reads old.py, the baseline, which" in " ".join(run.text.split())


def test_a_candidate_may_read_anything_where_nothing_is_decided(decide):
    run = decide(HIDDEN, "--mg-executor=local", gate=False)

    assert run.ret == 0


@needs_landlock
def test_candidates_cannot_read_each_other(gate, decide):
    decide(LATER.replace("'ld'", "'ther'"))
    (gate.path / "other.py").write_text(OLD)

    run = gate.run("--mg-executor=local", "--mg-candidate=other.py")

    outcomes = {one["candidate"]: one["outcome"] for one in run.decisions}
    assert outcomes == {"new.py": "reject", "other.py": "adopt"}
    assert "new.py reads other.py, another candidate" in " ".join(run.text.split())


@needs_landlock
def test_a_package_that_imports_the_baseline_by_itself_works(gate):
    package = gate.path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from .core import solve\n")
    (package / "core.py").write_text("from .old import solve\n")
    (package / "old.py").write_text(OLD)
    (package / "new.py").write_text(OLD)
    (gate.path / "test_it.py").write_text(TASK)

    run = gate.run("--mg-executor=local", candidate="shop/new.py", baseline="shop/old.py")

    assert run.outcome == "adopt"


def test_a_baseline_of_the_standard_library_is_not_withheld(gate):
    (gate.path / "test_it.py").write_text(
        "from pytest_metamorphic_guard import *\n"
        "t = Task('t', inputs=[([x, 1, 2],) for x in range(60)], function='median')\n"
        "@t.property\n"
        "def inside(output, values):\n    assert min(values) <= output <= max(values)\n"
    )
    (gate.path / "new.py").write_text(
        "import random\n\ndef median(values):\n    return sorted(values)[1]\n"
    )

    run = gate.run("--mg-executor=local", baseline="statistics:median")

    assert run.outcome == "adopt"


def test_a_script_is_told_too(gate):
    (gate.path / "old.py").write_text(OLD)
    (gate.path / "new.py").write_text(HIDDEN)
    task = Task("t", inputs=[(x,) for x in range(60)])
    task.property(lambda output, x: output == x + 1, name="right")
    made = [Implementation.from_path(gate.path / name) for name in ("old.py", "new.py")]

    result = run_task(task, *made, EvaluationConfig())

    assert not result.adopt
    if not find_missing():
        assert result.outcome == "inconclusive"
        assert "old.py, the baseline, which candidates cannot read" in result.reason


@needs_landlock
def test_inputs_of_a_class_of_the_baseline_need_a_module_of_their_own(gate):
    (gate.path / "old.py").write_text(
        "from dataclasses import dataclass\n\n@dataclass\nclass Order:\n    size: int\n\n"
        "def solve(order):\n    return order.size + 1\n"
    )
    (gate.path / "new.py").write_text("def solve(order):\n    return order.size + 1\n")
    (gate.path / "test_it.py").write_text(
        "from old import Order\nfrom pytest_metamorphic_guard import *\n"
        "t = Task('t', inputs=[(Order(x),) for x in range(60)])\n"
        "@t.property\ndef right(output, order):\n    assert output == order.size + 1\n"
    )

    run = gate.run("--mg-executor=local")

    assert run.outcome == "inconclusive"
    assert SENTENCE in run.reason


@needs_landlock
def test_a_package_is_withheld_with_all_that_is_in_it(gate):
    package = gate.path / "old"
    package.mkdir()
    (package / "__init__.py").write_text("from .core import solve\n")
    (package / "core.py").write_text(OLD)
    (gate.path / "test_it.py").write_text(TASK)
    (gate.path / "new.py").write_text(
        "import runpy, pathlib\n"
        "solve = runpy.run_path(pathlib.Path(__file__).parent / 'old' / 'core.py')['solve']\n"
    )

    run = gate.run("--mg-executor=local", baseline="old/__init__.py")

    assert run.outcome == "inconclusive"
    assert "new.py imports old/__init__.py, the baseline, which candidates cannot" in run.reason
