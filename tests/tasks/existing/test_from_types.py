"""Inputs from type hints: what hypothesis makes of them, by the names of the parameters."""

import pytest

TASK = """
import dataclasses, enum
from typing import Annotated, Optional
import pydantic
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task, from_types

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: Optional[bool]

class Line(pydantic.BaseModel):
    sku: str = pydantic.Field(pattern=r"^[A-Z]{2}$")
    count: int = pydantic.Field(gt=0, le=9)

class Order(pydantic.BaseModel):
    lines: list[Line] = pydantic.Field(min_length=0)
    note: Annotated[str, pydantic.Field(max_length=3)] = ""
    @pydantic.field_validator("note")
    @classmethod
    def plain(cls, note):
        if "x" in note:
            raise ValueError("no x")
        return note

def old(order: Order, points: list[Point], colour: "Colour", k: int, by=1, *rest, to: str = "a"):
    return 0

t = Task("t", inputs=from_types(old, k=st.integers(1, 3)))

@t.property
def typed(output, order, points, colour, k):
    assert isinstance(order, Order) and isinstance(colour, Colour)
    assert all(isinstance(point, Point) for point in points)
    assert all(0 < line.count < 10 and len(line.sku.strip()) == 2 for line in order.lines)
    assert 1 <= k <= 3 and output == 0
"""
# Named inputs reach parameters in any order.
NEW = "def solve(k, colour, order, points):\n    return int(k not in (1, 2, 3))\n"


def test_hints_dataclasses_and_models_become_named_inputs(project):
    pytest.importorskip("pydantic", reason="without pydantic there are no models")
    (project.path / "test_it.py").write_text(TASK)
    (project.path / "new.py").write_text(NEW)

    result = project.run("--mg-candidate=new.py", "--mg-executor=inprocess", "--mg-n=30")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "t: its inputs leave out the parameter by of old; the parameter [*]rest of old; the *",
        ]
    )


WRONG = """
import typing
from pytest_metamorphic_guard import Task, from_types

class Strange:
    def __init__(self, a): ...

def f(a, b: Strange, c: list, d: typing.Any, e: int, *, g): ...

Task("t", inputs=from_types(f))
"""


def test_each_parameter_that_cannot_be_made_is_one_line_that_says_what_to_do(project):
    (project.path / "test_it.py").write_text(WRONG)

    text = " ".join(project.run().stdout.str().split())

    for said in (
        "the parameter 'a' has no type hint: write one, or give it a strategy: from_types(...",
        "the parameter 'b' has the type Strange, of which hypothesis cannot make values (",
        "the parameter 'c' has the hint list, which does not say what is in it: write list[int]",
        "the parameter 'd' has the hint Any, which may be anything: write the type it takes",
        "the parameter 'g' is passed by keyword only",
    ):
        assert f"inputs from the types of f: {said}" in text
    assert "parameter 'e'" not in text
