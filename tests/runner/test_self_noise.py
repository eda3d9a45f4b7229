"""What answers at random is judged beyond what repeats of the same input give."""

import importlib.util
import json

import pytest

from pytest_metamorphic_guard import MetamorphicRelation, TaskError, same_distribution
from pytest_metamorphic_guard.runner.self_noise import judge_noise

CODE = """
import random

chance = random.Random(7)

def noisy(x):
    return x // 10 + (chance.random() < 0.3)

def biased(x):
    return x // 10 + (chance.random() < 0.3) + (x % 2) * 5

def skewed(x):
    return chance.gauss(10 * (x % 2), 1)

def steady(x):
    return "heads" if chance.random() < 0.5 else "tails"
"""
TASKS = """
from pytest_metamorphic_guard import *

NUMBERS = [(10 * n,) for n in range(30)]

def make(function, **words):
    task = Task(function, inputs=NUMBERS, function=function)

    @task.relation(**words)
    def next_one(x):
        return (x + 1,)

    return task

noisy = make("noisy", repeats=6)
noisy.example(10)(noisy.entries[0].function)
biased = make("biased", repeats=6)
skewed = make("skewed", repeats=30, expect=same_distribution())
steady = make("steady", repeats=30, expect=same_distribution())
"""


def test_violations_count_beyond_what_repeats_of_the_same_input_give(project, read_texts):
    project.write(code=CODE, test_it=TASKS)
    options = ("-rA", "--mg-executor=inprocess", "--mg-report=r.json")
    result = project.run("--mg-candidate=code.py", *options)
    texts = read_texts(result)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED test_it.py::noisy::next_one",
            "PASSED test_it.py::steady::next_one",
            "*'next_one': no more violations than noise: violated by * at 99 %*",
            "noise of test_it.py::biased::next_one: violated by 100 % of the pairs, by",
            "*the examples of 'next_one' are not run: with repeats= one input says nothing*",
        ]
    )
    assert "rate        violated by 100 % of the pairs" in texts["biased.next_one"]
    assert "points at 99 %" in texts["biased.next_one"]
    assert "with repeats= no input is kept or shrunk" in texts["biased.next_one"]
    items = json.loads((project.path / "r.json").read_text())["items"]
    noise = {item["task"]: item["noise"][0] for item in items}
    assert set(noise) == {"noisy", "biased", "skewed", "steady"}
    assert noise["biased"]["violated"] == 1.0
    assert noise["biased"]["upper"] > noise["biased"]["lower"] > 0 > noise["noisy"]["lower"]
    assert (noise["noisy"]["role"], noise["noisy"]["confidence"]) == ("candidate", 0.99)
    assert "repeats of both have one distribution, at 0.01" in texts["skewed.next_one"]
    result.assert_outcomes(passed=2, failed=2, warnings=result.parseoutcomes()["warnings"])


def test_a_gate_adopts_what_is_as_noisy_as_before_and_rejects_what_is_not(project):
    project.write(code=CODE, test_it=TASKS.partition("biased =")[0])
    gate = ("--mg-gate", "--mg-executor=inprocess", "--mg-baseline=code.py:noisy")
    assert project.run("--mg-candidate=code.py:noisy", *gate).ret == 0
    result = project.run("--mg-candidate=code.py:biased", *gate)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["REJECT: *next_one*"])


def test_noise_is_judged_by_the_interval_of_the_mean_difference():
    assert not judge_noise([(0.4, 0.5), (0.5, 0.4)] * 20).is_beyond
    judged = judge_noise([(0.2, 0.7), (0.3, 0.9)] * 20)
    assert judged.is_beyond
    assert str(judged).startswith("violated by 80 % of the pairs, by repeats of one input in 25 %")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"repeats": 0}, "repeats=0, expected a number from 1"),
        ({"repeats": 3, "sources": 2, "expect": lambda a, b: True}, "takes one source"),
        ({"repeats": 3, "expect": "properties_hold"}, "takes one source"),
        ({"expect": same_distribution()}, "needs repeats="),
    ],
)
def test_what_cannot_be_repeated_is_refused(words, said):
    with pytest.raises(TaskError, match=said):
        MetamorphicRelation("r", lambda *inputs: inputs[0], **words)


def test_without_scipy_one_line_says_what_to_install(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "scipy" else found(name)
    )
    with pytest.raises(TaskError, match=r"needs scipy: pip install 'pytest-metamorphic-guard"):
        same_distribution()
    with pytest.raises(TaskError, match="expected a number between 0 and 1"):
        same_distribution(alpha=2)
