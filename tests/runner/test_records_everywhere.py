"""A candidate's file and its copy give equal records, and subclasses plain values, everywhere."""

import pytest

SOLUTION = """
import collections
import dataclasses
import enum
import typing

import attrs
import pydantic


@dataclasses.dataclass
class Invoice:
    total: int
    lines: list


class Spot(typing.NamedTuple):
    x: int


class Color(enum.Enum):
    RED = 1


class Kind(enum.StrEnum):
    RED = "red"


@attrs.define
class Price:
    net: int


class Model(pydantic.BaseModel):
    x: int


class Price2(float):
    pass


class Answer(dict):
    pass


def solve(i):
    return [
        lambda: Invoice(1, [Invoice(2, [])]),
        lambda: {"spot": Spot(1)},
        lambda: (Color.RED, [Color.RED]),
        lambda: {Color.RED: {Color.RED}},
        lambda: Price(1),
        lambda: Model(x=1),
        lambda: Kind.RED,
        lambda: Answer(price=Price2(1.5)),
    ][i]()
"""

TEST = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(i,) for i in range(8)])

@t.relation(expect="equal")
def again(i):
    return (i,)

@t.property
def plain(output, i):
    if i == 6:
        assert output == "red" and type(output) is str
    if i == 7:
        assert output == {"price": 1.5} and output["price"] + 1 == 2.5

@t.law
def as_own_copy(solve, i):
    assert solve(i) == solve(i)

def test_both(mg_candidate, mg_baseline):
    for i in range(8):
        assert mg_candidate(i) == mg_baseline(i)
"""


@pytest.mark.parametrize("executor", ["inprocess", "local"])
def test_a_file_and_its_copy_give_equal_values(project, executor):
    project.write(one=SOLUTION, two=SOLUTION, test_it=TEST)
    result = project.spawn(
        "--mg-candidate=one.py", "--mg-baseline=two.py", f"--mg-executor={executor}",
        "--mg-gate", "--mg-monitor=output_drift", "-Wignore",
    )  # fmt: skip
    result.assert_outcomes(passed=6)
    text = " ".join(result.stdout.str().split())
    assert "output_drift passed 0 of 32 outputs differ (" in text
    assert "could not be compared" not in text
