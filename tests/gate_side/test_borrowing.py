"""A candidate that uses its baseline is not adopted for the baseline's answers."""

import pytest

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
