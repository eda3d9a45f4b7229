"""Inputs made of what a source says, without running any of it."""

import ast

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard.suggesting.hints import UnknownHint, read_hint
from pytest_metamorphic_guard.suggesting.input_code import NARROWER, write_strategy
from pytest_metamorphic_guard.suggesting.input_sources import ground_on_source
from pytest_metamorphic_guard.suggesting.layout import lay_out
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.suggesting.shapes import Shape, see_shape
from pytest_metamorphic_guard.tasks.implementations import Implementation

ALIASES = ast.parse("Point = tuple[float, float]\nT = TypeVar('T')\nId = NewType('Id', str)")
SHORT_TEXT = 'st.text("abcXYZ 019.,-é\\n", max_size=6)'


def write(hint, literals=()):
    aliases = {one.targets[0].id: one.value for one in ALIASES.body}
    return write_strategy(read_hint(ast.parse(hint, mode="eval").body, aliases), literals)


@pytest.mark.parametrize(
    ("hint", "code"),
    [
        ("int", "st.integers(-50, 50)"),
        ("list[int]", "st.lists(st.integers(-20, 20), max_size=8)"),
        ("'list[bool]'", "st.lists(st.booleans(), max_size=8)"),
        ("typing.Sequence[T]", "st.lists(st.integers(-20, 20), max_size=8)"),
        ("tuple[bool, ...]", "st.lists(st.booleans(), max_size=8).map(tuple)"),
        ("int | None", "st.one_of(st.integers(-50, 50), st.none())"),
        ("Optional[bool]", "st.one_of(st.booleans(), st.none())"),
        ('Literal["a", 2]', 'st.sampled_from(["a", 2])'),
        ("Point", "st.tuples(st.floats(-100, 100, width=16), st.floats(-100, 100, width=16))"),
        ("dict[Id, bool]", f"st.dictionaries({SHORT_TEXT}, st.booleans(), max_size=8)"),
        ("Annotated[set[int], 'x']", "st.sets(st.integers(-20, 20), max_size=8)"),
        ("Decimal", "st.decimals(-50, 50, places=2)"),
    ],
)  # fmt: skip
def test_a_hint_becomes_a_strategy_that_draws(hint, code):
    assert write(hint) == code
    assert isinstance(eval(code, {"st": st}), st.SearchStrategy)


@pytest.mark.parametrize("hint", ["Any", "object", "Foo", "list[Foo]", "tuple", "int | Foo", "f()"])
def test_a_hint_of_which_no_values_can_be_made_is_refused(hint):
    with pytest.raises(UnknownHint, match="has the hint"):
        write(hint)


def test_numbers_of_the_code_are_among_the_inputs_with_their_neighbours():
    assert write("int", [100, 2.5]) == (
        "st.one_of(st.integers(-200, 200), st.sampled_from([99, 100, 101]))"
    )
    for literal in (30, 700, 12_345, 25_000, 99_999.5):
        for hint in ("int", "float", "Decimal", "Fraction"):
            eval(write(hint, [literal, -literal]), {"st": st}).validate()
    assert write("float", [25_000]) == "st.floats(-50000, 50000, width=32)"
    assert write("str", ["a;b"]) == 'st.text("abcXYZ 019.,-é\\n;", max_size=20)'


def test_inputs_that_leave_something_out_have_none_of_it():
    for reach in NARROWER:
        code = write_strategy(Shape("list", (Shape("int"),)), (), reach)
        assert ("min_size=1" in code) == reach.filled
        assert (f"st.integers({reach.least}, " in code) == (reach.least is not None)


def test_the_shape_of_values_is_what_they_have_in_common():
    assert see_shape([[1], [2.5], []]) == Shape("list", (Shape("float"),))
    assert see_shape([(1, "a"), (2, "b")]) == Shape("tuple", (Shape("int"), Shape("text")))
    assert see_shape([(1,), (2, 3)]) == Shape("tuples", (Shape("int"),))
    assert see_shape([1, None]).kind == "union"
    assert see_shape([True, 1]).kind == "union"


def ground(tmp_path, source, function="solve"):
    path = tmp_path / "old.py"
    path.write_text(f"{source}\nraise SystemExit('it was run')\n", encoding="utf-8")
    return ground_on_source(Implementation.from_path(path, function))[0]


def test_examples_of_a_docstring_stand_in_for_hints(tmp_path):
    found = ground(tmp_path, 'def solve(xs, k=2):\n    """>>> solve([1, 2], 3)\n    [1]"""')
    assert found.inputs == (
        '{"xs": st.lists(st.integers(-20, 20), max_size=8), "k": st.integers(-50, 50)}'
    )
    assert "docstring's examples of xs, k" in found.said


def test_what_has_neither_keeps_its_default_and_several_are_two(tmp_path):
    found = ground(tmp_path, "def solve(a: int, b=1, *c: int, d: bool, e=2, **f): pass")
    assert found.names == ("a", "d")
    assert found.notes == ("Parameters b, c, e keep their defaults",)
    assert ground(tmp_path, "def solve(*xs: bool): pass").names == ("xs_1", "xs_2")
    starred = ground(tmp_path, "def solve(a: bool, b: bool): pass\nfrom heapq import *")
    assert starred.inputs == "st.tuples(st.booleans(), st.booleans())"
    method = "class Sums:\n    async def add(self, x: int): pass"
    assert ground(tmp_path, method, "Sums.add").names == ("x",)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def solve(x, y): pass", "parameters x, y without a type hint, and without an example"),
        ("def solve(x: Foo): pass", "parameter x has the hint Foo, of which values can be made"),
        ("def solve(): pass", "takes nothing that could be varied"),
        ("def other(x: int): pass", r"has no function 'solve', it has other: write --mg-baseline="),
        ("from a import solve", "its source says nothing of what 'solve' takes"),
    ],
)
def test_a_source_that_does_not_tell_its_inputs_is_refused_in_a_line(tmp_path, source, said):
    with pytest.raises(NothingToSuggest, match=said) as caught:
        ground(tmp_path, source)
    assert "\n" not in str(caught.value)


def test_a_long_statement_is_laid_out_as_formatters_do():
    line = (
        'task = Task("solve", {"a": st.lists(st.integers(-20, 20), max_size=8), "b": st.booleans()'
        '}, function="solve")'
    )
    assert lay_out(line).splitlines() == [
        "task = Task(",
        '    "solve",',
        '    {"a": st.lists(st.integers(-20, 20), max_size=8), "b": st.booleans()},',
        '    function="solve",',
        ")",
    ]
    assert lay_out("x = 1") == "x = 1"
