"""Files of known violations: all that is wrong is said at once, and new ones are proposed."""

import tomllib
from datetime import date

import pytest

from pytest_metamorphic_guard.evaluation.known.input_language import parse_condition
from pytest_metamorphic_guard.evaluation.known.known_file import KnownError, read_known

TODAY = date(2026, 11, 26)
WRONG = """
[[known]]
task = "t"
entry = "right"
reason = ""
inputs = "(7,)"

[[known]]
task = "t"
entry = 3
input = "(7,"
condition = "x == 7"
role = "candidates"
reason = "because"
expires = "soon"

[[known]]
task = "t"
entry = "right"
condition = "__import__('os').system('touch seen')"
reason = "because"
expires = 2999-01-01

[[known]]
task = "t"
entry = "right"
input = "(9**9**9,)"
reason = "because"
expires = 2999-01-01
"""
FAULTS = """\
known.toml: entry 1 (line 2): inputs: unknown key; expected task, entry, candidate, role, input, \
condition, reason, ticket, expires. Did you mean 'input'?
known.toml: entry 1 (line 2): expires is missing, a date such as 2027-01-31
known.toml: entry 1 (line 2): reason is empty
known.toml: entry 1 (line 2): neither input nor condition says what it covers; \
condition = "True" covers every input
known.toml: entry 2 (line 8): entry: expected a text in quotes, got 3
known.toml: entry 2 (line 8): expires: expected a date such as 2027-01-31, got 'soon'
known.toml: entry 2 (line 8): give an input or a condition, not both
known.toml: entry 2 (line 8): role: expected candidate or baseline, got 'candidates'
known.toml: entry 2 (line 8): input: (7, is no Python expression: '(' was never closed
known.toml: entry 3 (line 17): condition: __import__('os').system('touch seen') may not use \
'__import__', which begins with an underscore
known.toml: entry 4 (line 24): input: (9**9**9,) computes a number of more than 100,000 bits"""
ONE = """
[[known]]
task = "t"
entry = "right"
condition = "{condition}"
reason = "because"
expires = {expires}
"""


@pytest.fixture
def read(tmp_path):
    """Read a text as a file of known violations, on a day in November 2026."""

    def read(text):
        path = tmp_path / "known.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_known(path, TODAY)

    return read


def test_all_that_is_wrong_with_a_file_is_said_before_anything_runs(gate):
    (gate.path / "known.toml").write_text(WRONG)

    run = gate.run("--mg-known=known.toml")

    assert run.ret == 4
    said = [line.removeprefix("ERROR: ") for line in run.errors.splitlines() if "entry" in line]
    assert said == [f"--mg-known: {fault}" for fault in FAULTS.splitlines()]
    assert not (gate.path / "seen").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[known]", "it is no TOML: "),
        (b"\xff\xfe", "it is no TOML: "),
        ('[known]\ntask = "t"', "known: every entry begins with [[known]], in two brackets"),
        ("[[knowns]]", "knowns: unknown key; every entry begins with [[known]]"),
        (ONE.format(condition="x", expires="2027-01-01") * 2, "entry 2 (line 9): says the same"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_line(read, text, said):
    with pytest.raises(KnownError, match=r"known\.toml: ") as caught:
        read(text)

    assert len(caught.value.faults) == 1
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("expires", "expired"),
    [
        ("2026-11-25", True),
        ("2026-11-26", False),
        ('"2026-11-26"', False),
        ("2026-11-25T23:59:59Z", True),
    ],
)
def test_it_counts_through_its_last_day(read, expires, expired):
    (known,) = read(ONE.format(condition="x", expires=expires))

    assert known.expired is expired


@pytest.mark.parametrize(
    ("text", "args", "holds"),
    [
        ("len(items) > 2 and k == 1", ([1, 2, 3], 1), True),
        ("args[1] == 1", ([], 2), False),
        ("any(item < 0 for item in items)", ([1, -1], 0), True),
        ("sum(items) / k > 1", ([3], 2), True),
        ("items[0].startswith('a')", (["ab"], 0), True),
        ("sources == ((items, k),)", ([1], 0), True),
        ("'x' in {item: k for item in items}", (["x"], 0), True),
        ("items", ([], 0), False),
    ],
)
def test_a_condition_asks_inputs_by_their_names(text, args, holds):
    assert parse_condition(text).holds((args,), ("items", "k")) is holds


@pytest.mark.parametrize(
    "text",
    [
        "(lambda: 1)()",
        "().__class__",
        "(x := 3)",
        "f'{x}'",
        "x = 3",
        "import os",
        "_x",
        "(" * 1000,
        "x" * 3000,
    ],
)
def test_what_does_more_than_ask_is_refused(text):
    with pytest.raises(ValueError, match=r"is no Python|may not|is longer"):
        parse_condition(text)


@pytest.mark.parametrize("name", ["open", "eval", "exec", "getattr", "vars", "type", "print"])
def test_no_function_of_python_reaches_beyond_the_input(name):
    condition = parse_condition(f"{name}(x)")

    assert condition.names == (name, "x")
    with pytest.raises(NameError):
        condition.holds(((1,),), ("x",))


def test_names_that_are_none_are_refused_and_what_raises_excuses_nothing(gate, workers):
    gate.write(new=(7,))
    (gate.path / "known.toml").write_text(
        ONE.format(condition="y == 7", expires=2999)
        .replace("2999", "2999-01-01")
        .replace('"t"', '"tt"')
        + ONE.format(condition="z == 7", expires="2999-01-01")
    )

    run = gate.run("--mg-known=known.toml", workers=workers)

    assert run.ret in (1, 4)
    assert "entry 1 (line 2): no task 'tt'. Did you mean 't'?" in run.text + run.errors
    assert "entry 2 (line 9): condition names 'z'; an input of t::right has x, args, sources" in (
        run.text + run.errors
    )

    (gate.path / "known.toml").write_text(ONE.format(condition="1 / (x - 7)", expires="2999-01-01"))
    run = gate.run("--mg-known=known.toml", workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert "ZeroDivisionError" in run.text


def test_proposals_can_be_used_as_they_are_and_replace_nothing(gate, workers):
    gate.write(new=(7,), extra="\nu = Task('u', [('\\x07\\\"\\\\\\u202e',)])\nu.agree()\n")
    options = ("--mg-write-known=found/known.toml",)

    first = gate.run(*options, workers=workers)
    found = tomllib.loads((gate.path / "found" / "known.toml").read_text())["known"]
    again = gate.run(*options, workers=workers)
    used = gate.run("--mg-known=found/known.toml", workers=workers)

    assert first.ret == 1
    assert "known violations to complete: " in first.text
    assert {(one["entry"], one["input"]) for one in found} == {
        ("right", "(7,)"),
        ("next_one", "(6,)"),
    }
    assert all(one["expires"] > date.today() for one in found)  # noqa: DTZ011 - as a person reads it
    assert again.ret == 4
    assert "exists already, and known violations are not written over it" in again.errors
    # next_one is violated by 7 as well, which nobody proposed.
    assert "x = 7" in used.text
    assert [one["status"] for one in used.report["known"]] == ["occurred", "occurred"]


def test_where_nothing_failed_nothing_is_proposed(gate):
    run = gate.run("--mg-write-known=known.toml")

    assert run.ret == 0
    assert "nothing failed that could be a known violation" in run.text
    assert not (gate.path / "known.toml").exists()
