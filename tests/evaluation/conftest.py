"""Projects that ask for a decision: a task over whole numbers, and candidates that err on some."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pytest_metamorphic_guard.contracts.measurements import Measurement
from pytest_metamorphic_guard.evaluation.certainty import Watcher
from pytest_metamorphic_guard.runner.stepping import run_in_step

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range({n})]{options})

@t.property
def right(output, x):
    assert output == x

@t.relation(expect=lambda before, after: after == before + 1)
def next_one(x):
    return (x + 1,)
"""
# Errs on the inputs that a test names; -1 is right for no input.
CANDIDATE = "def solve(x):\n    return -1 if x in {wrong!r} else x\n"
# Right and wrong in turns, in whatever process it runs.
FLAKY = """
from pathlib import Path
SEEN = Path(__file__).with_name("seen.txt")

def solve(x):
    if x != 7 or SEEN.exists():
        return x
    SEEN.touch()
    return -1
"""


class Gate:
    """A project, and runs of it with a gate.

    Attributes:
        path: Its folder.
    """

    def __init__(self, project):
        self.project = project
        self.path = project.path

    def write(self, *, n=100, options="", extra="", **wrong):
        """Write the task, and one implementation per name with the inputs on which it errs."""
        text = TASK.format(n=n, options=options) + extra
        (self.path / "test_it.py").write_text(text)
        for name, inputs in wrong.items():
            self.write_implementation(name, *inputs)

    def write_implementation(self, name, *wrong):
        """Write an implementation with the inputs on which it errs."""
        (self.path / f"{name}.py").write_text(CANDIDATE.format(wrong=set(wrong)))

    def run(self, *args, workers=(), candidate="new.py", baseline="old.py", gate=True):
        """Run pytest here, or in a process of its own with workers; return what it said."""
        report = self.path / "report.json"
        report.unlink(missing_ok=True)
        given = ["--mg-executor=inprocess", f"--mg-report={report}", *workers]
        given += [f"--mg-candidate={candidate}"] if candidate else []
        given += [f"--mg-baseline={baseline}"] if baseline else []
        given += ["--mg-gate"] if gate else []
        start = self.project.spawn if workers else self.project.run
        result = start(*given, *args)
        document = json.loads(report.read_text()) if report.exists() else None
        decided = document and document["gate"]
        return SimpleNamespace(
            result=result,
            ret=int(result.ret),
            lines=result.outlines,
            text=result.stdout.str(),
            errors=result.stderr.str(),
            report=document,
            outcome=decided and decided["outcome"],
            reason=decided and decided["reason"],
            adopt=decided and decided["adopt"],
            decisions=(decided and decided["decisions"]) or [],
        )


@pytest.fixture
def gate(project):
    """A project with a baseline that is right and a candidate that is right, too."""
    made = Gate(project)
    made.write(old=(), new=())
    return made


@pytest.fixture(params=[(), ("-n2",)], ids=["n0", "n2"])
def workers(request):
    """One process, and two workers."""
    return request.param


@pytest.fixture
def flaky():
    """The source of a candidate that errs once."""
    return FLAKY


@pytest.fixture
def make_task_run():
    """Run made-up results through what runs items in step; return what the items measured."""

    def run(rows, relations, rules):
        names = [f"relation {number}" for number in range(relations)]
        made = [MadeUp(name, number, names, rows) for number, name in enumerate(names)]
        run_in_step(made, Watcher(made, rules).is_enough)
        for one in made:
            one.drive()
        return [one.conclude() for one in made]

    return run


class MadeUp:
    """Measures what it was told, where an item would run implementations."""

    def __init__(self, name, number, names, rows):
        self.run = SimpleNamespace(entry=SimpleNamespace(name=name), says_something=True)
        self.sample = rows
        self._number = number
        self.gave_up = False
        self._names = names
        self._cases = []

    def measure_input(self, index):
        held = replace(self.sample[index][self._number], index=index)
        self._cases.append(held)
        return held

    def stop_ahead(self):
        """Nothing of it is begun before its turn."""

    def conclude(self):
        return Measurement(
            task="made up",
            entry=self.run.entry.name,
            kind="relation",
            position=0,
            candidate="new",
            baseline="old",
            declared=tuple(self._names),
            planned=len(self.sample),
            skipped=0,
            min_pass_rate=None,
            soft=False,
            cases=tuple(self._cases),
        )
