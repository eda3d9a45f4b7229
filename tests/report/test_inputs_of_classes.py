"""The text of a violation whose inputs or outputs are no plain data."""

import shlex

import pytest

KINDS = """
import collections
import dataclasses
import datetime
import enum
from zoneinfo import ZoneInfo


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Right(enum.IntFlag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass(frozen=True)
class Price:
    net: float
    color: Color


Pair = collections.namedtuple("Pair", "left right")


class Frame:
    def __repr__(self):
        return "   a  b" + chr(10) + "0  1  2"

"""
NEW = """
import sys

sys.path.insert(0, {path!r})
from kinds import Price


def echo(x):
    return x


def answer_with_an_object(x):
    return object()


def answer_with_a_generator(x):
    return [(x for _ in range(1))]


def answer_with_a_price(x):
    return Price(2.0, x)
"""
DECLARED = """
@t.relation(expect="not_equal")
def same(x):
    return (x,)
"""


@pytest.fixture
def read(project, read_texts, monkeypatch):
    """Run a task with inputs of the module ``kinds`` and return the text of its one violation."""
    monkeypatch.syspath_prepend(project.path)

    def run(inputs, function="echo", *options, declared=DECLARED):
        project.write(kinds=KINDS, new=NEW.format(path=str(project.path)))
        project.write_task(declared, inputs="[]", function=repr(function))
        file = project.path / "test_it.py"
        text = file.read_text().replace("inputs=[]", f"inputs=[({inputs},)]")
        file.write_text("from kinds import *\n" + text)
        (text,) = read_texts(project.run("--mg-candidate=new.py", *options)).values()
        return text

    return run


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("Color.RED", "Color.RED"),
        ("[Color.BLUE]", "[Color.BLUE]"),
        ("Right.WRITE", "Right.WRITE"),
        ("Price(float('nan'), Color.RED)", "Price(net=float('nan'), color=Color.RED)"),
        ("Pair(float('inf'), (1,))", "Pair(left=float('inf'), right=(1,))"),
    ],
)
def test_an_example_of_a_users_class_is_source(read, value, source):
    text = read(value)
    assert f"source      x = {source}\n" in text
    assert text.endswith(f"            @t.example({source})")


@pytest.mark.parametrize("value", ["Frame()", "[Frame()]", "Right(3)", "object()"])
def test_an_input_that_is_no_source_gets_no_example(read, value):
    text = read(
        value, "answer_with_a_price", declared="@t.property\ndef no(out):\n    return False"
    )
    assert "@t.example(" not in text
    assert text.endswith(
        "            the input cannot be written as an @example line; the command finds it"
    )


@pytest.mark.parametrize("function", ["answer_with_an_object", "answer_with_a_generator"])
@pytest.mark.parametrize("expect", ["equal", "not_equal"])
def test_what_cannot_be_compared_is_neither_equal_nor_different(read, function, expect):
    text = read("1", function, declared=DECLARED.replace("not_equal", expect))
    assert "decides nothing: from the candidate a" in text
    assert "does not travel" in text
    assert "change from run to run" not in text


def test_equal_records_have_no_difference(read):
    assert "difference" not in read("'word ' * 40", "answer_with_a_price")


def test_equal_long_texts_have_no_difference(read):
    assert "difference" not in read("'word ' * 40")


def test_a_difference_far_inside_is_shown(read):
    text = read(
        "(datetime.datetime(2026, 11, 22, 20, 0, 59, tzinfo=ZoneInfo('Asia/Tokyo')), 'name')",
        declared="@t.relation\ndef later(x):\n    return ((x[0].replace(minute=7), x[1]),)\n",
    )
    (line,) = [line for line in text.splitlines() if line.startswith("difference")]
    before, after = line.split(" becomes ")
    assert "20, 0, 59" in before
    assert "20, 7, 59" in after


def test_a_law_is_written_with_its_own_name_for_the_implementation(read):
    text = read("1", declared="@t.law\ndef no(convert, x):\n    assert convert(x) == 0\n")
    assert "candidate   convert(1) -> 1" in text


def test_a_law_shows_both_ends_of_a_long_input_and_a_long_output(read):
    text = read("list(range(100))", declared="@t.law\ndef no(f, x):\n    assert not f(x)\n")
    call, output = text.partition("candidate   ")[2].splitlines()[:2]
    assert call.startswith("f([0, 1, 2, ")
    assert " ... " in call
    assert call.endswith(" 98, 99])")
    assert output.removeprefix("E").strip().startswith("-> [0, 1, 2, ")
    assert output.endswith(" 98, 99]")


def test_the_command_names_what_the_violation_may_depend_on(read):
    options = [
        "--mg-timeout-s=0.5",
        "--mg-mem-mb=300",
        "--mg-isolation=fork",
        "--mg-candidate-executor=local",
        "--mg-baseline-executor=local",
        "--mg-fail-on=regression",
    ]
    text = read("1", "echo", *options)
    words = shlex.split(text.partition("reproduce   ")[2].partition("@t.example")[0])
    assert words[3:] == options


def test_a_data_frame_is_shown_as_a_table_and_compared_by_its_elements(project, read_texts):
    project.write(
        test_it="""
        import pandas as pd
        from pytest_metamorphic_guard import Task

        rows = pd.DataFrame({"key": list("ba"), "value": [1.5, 2.0]})
        t = Task("t", inputs=[(rows,)])

        @t.relation
        def reversed_rows(frame):
            return (frame.iloc[::-1],)

        @t.property
        def complete(output, frame):
            assert output["value"].sum() == frame["value"].sum()
        """,
        good="def solve(frame): return frame.groupby('key').sum()",
        wrong="def solve(frame): return frame.groupby('key', sort=False).sum()",
    )

    project.run("--mg-candidate=good.py").assert_outcomes(passed=2)
    result = project.run("--mg-candidate=wrong.py")

    result.assert_outcomes(passed=1, failed=1)
    (text,) = read_texts(result).values()
    shown = """
source      frame =   key  value
                    0   b    1.5
                    1   a    2.0
"""
    assert shown in text
    assert "source    ->      value\n" in text
