"""A candidate that is right only as long as nobody asks again is not adopted."""

import json

import pytest

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range({n})])
"""
PROPERTY = """
@t.property
def right(output, x):
    assert output == x
"""
LAW = """
@t.law
def right(solve, x):
    assert solve(x) == x
"""
RELATION = """
@t.relation(expect=lambda before, after: before + 1 == after)
def right(x):
    return (x + 0.5 + 0.5,)
"""
# Right about every input of the sample once; the follow-up inputs are floats.
ONCE = """
SEEN = set()

def solve(x):
    again = type(x) is int and x in SEEN
    SEEN.add(x if type(x) is int else None)
    return -1 if again else x
"""
CHANCE = """
import random

def solve(x):
    return x if random.random() < 0.9 else -1
"""
SAME = "def solve(x):\n    return x\n"
SAID = "right held at first and is violated when asked again on 10 of 10 inputs"


@pytest.fixture
def decide(gate):
    def run(new, *args, entry=PROPERTY, n=100, old=SAME, **options):
        (gate.path / "test_it.py").write_text(TASK.format(n=n) + entry)
        (gate.path / "new.py").write_text(new)
        (gate.path / "old.py").write_text(old)
        return gate.run(*args, **options)

    return run


@pytest.mark.parametrize("entry", [PROPERTY, LAW], ids=["property", "law"])
def test_a_candidate_that_is_right_only_once_is_not_adopted(decide, entry):
    run = decide(ONCE, entry=entry)

    assert run.outcome == "inconclusive"
    assert run.reason == SAID
    assert "keeps between calls" in run.decisions[0]["remedy"]


def test_relations_are_asked_again_as_a_whole(decide):
    run = decide(ONCE, entry=RELATION, baseline=None)

    assert run.reason == SAID


def test_workers_of_pytest_xdist_ask_the_same(decide):
    assert decide(ONCE, workers=("-n2",)).reason == SAID


def test_a_confined_process_is_asked_again(decide):
    assert decide(ONCE, "--mg-executor=local").reason == SAID


def test_rates_do_not_hide_it(decide):
    run = decide(ONCE, "--mg-policy=noninferior:margin=0.05", n=200)

    assert (run.outcome, run.adopt) == ("inconclusive", None)
    assert "when asked again on 20 of 20 inputs" in run.reason


def test_a_candidate_that_is_right_again_is_adopted(decide):
    run = decide(SAME)

    assert run.outcome == "adopt"
    assert "asked again" not in run.text


def test_what_the_baseline_does_too_counts_for_nobody(decide):
    assert decide(ONCE, old=ONCE).outcome == "adopt"


def test_a_candidate_that_answers_by_chance_is_judged_by_its_rate(decide):
    run = decide(CHANCE, "--mg-policy=noninferior:margin=0.2", n=200, old=CHANCE)

    assert "asked again" not in json.dumps(run.report["gate"])


def test_monitors_are_not_shown_what_is_asked_again(decide):
    run = decide(ONCE, "--mg-monitor=success_rate")

    assert SAID in run.text.replace("\n", " ")
    assert run.report["items"][0]["cases"] == 100
    assert run.report["monitors"][0]["summary"]["candidate"]["total"] == 100


def test_without_a_gate_nothing_is_asked_again(decide):
    assert decide(ONCE, "--mg-measure", gate=False).ret == 0
