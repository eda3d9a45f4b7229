"""What is found for functions of every kind, in this process so that it is found soon."""

import importlib.util
import statistics
import subprocess
import sys
import textwrap

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.suggesting.input_sources import ground_on_source, ground_on_task
from pytest_metamorphic_guard.suggesting.inverses import list_inverses
from pytest_metamorphic_guard.suggesting.jobs import find_suggestions
from pytest_metamorphic_guard.suggesting.module_text import write_module
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.suggesting.suggestion import write_percent
from pytest_metamorphic_guard.suggesting.summary_text import render_found
from pytest_metamorphic_guard.tasks.implementations import Implementation

pytestmark = pytest.mark.filterwarnings("ignore:the executor 'inprocess'")


@pytest.fixture
def find(tmp_path):
    def search(source, function="solve", n=30):
        path = tmp_path / "old.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        implementation = Implementation.from_path(path, function)
        settings = Settings(executor="inprocess", n=n)
        return find_suggestions(settings, implementation, ground_on_source(implementation))[0]

    return search


def list_held(found):
    return {one.idea.name for one in found.suggestions} | {*found.spare, *found.untried}


MEDIAN = """
def solve(xs: list[float]) -> float:
    ys = sorted(xs)
    n = len(ys)
    return ys[n // 2] if n % 2 else (ys[n // 2 - 1] + ys[n // 2]) / 2
"""


def test_a_median_has_what_every_median_has_and_its_file_is_well_formatted(find, tmp_path):
    found = find(MEDIAN)
    held = list_held(found)
    assert {"order_free", "moves_with", "between_xs"} <= held
    assert not {"copies_free", "additive", "idempotent", "even", "shift_free"} & held
    assert found.killed == found.mutants > 5
    assert found.suggestions[0].new == found.suggestions[0].kills >= found.suggestions[1].kills
    assert found.dropped["violated"] > 20
    assert found.accepted == ()
    assert dict(found.ground.words).keys() == {"raises", "equivalence"}
    assert max(map(len, render_found(found, 80))) <= 80
    path = tmp_path / "test_it.py"
    path.write_text(write_module(found), encoding="utf-8")
    assert "so that at most" in path.read_text(encoding="utf-8")
    # The formatter is no part of what the tests need.
    installed = importlib.util.find_spec("ruff") is not None
    for arguments in (["check", "--select=E4,E7,E9,F"], ["format", "--diff"]) if installed else ():
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "test_it.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_entries_of_a_task_notice_already_is_not_new(tmp_path):
    path = tmp_path / "old.py"
    path.write_text(MEDIAN, encoding="utf-8")
    implementation = Implementation.from_path(path, "solve")
    settings = Settings(executor="inprocess", n=30)

    def find(*properties):
        inputs = {"xs": st.lists(st.integers(-9, 9), min_size=1)}
        task = Task("median", inputs=inputs, function="solve")
        for check in properties:
            task.property(check)
        ground = ground_on_task(task, "test_median", "task")
        return find_suggestions(settings, implementation, (ground,))[0]

    def at_the_end(output, xs):
        assert output <= max(xs)

    def exact(output, xs):
        assert output == statistics.median(xs)

    alone, beside, behind = find(), find(at_the_end), find(exact)

    assert alone.notes == ()
    first = alone.suggestions[0]
    # Whoever has little hears of the rest; whoever has all hears of nothing new.
    assert "'median' notice 0 " not in beside.notes[0]
    assert 0 < beside.suggestions[0].new < first.new
    assert all(one.new == 0 for one in behind.suggestions)
    said = f"The entries of the task 'median' notice {alone.mutants} of {alone.mutants} small"
    assert behind.notes[0].startswith(said)


def test_two_arguments_of_one_kind_change_places(find):
    found = find("""
        def solve(a: tuple[int, int], b: tuple[int, int]) -> int:
            return abs(a[0] - b[0]) + abs(a[1] - b[1])
    """)
    assert {"commutative", "shift_free", "homogeneous_2"} <= list_held(found)
    assert not any(name.startswith("a_for_b") for name in list_held(found))  # commutative says it


def test_text_dicts_and_words_that_choose(find):
    found = find("""
        from typing import Literal

        def solve(text: str, order: Literal["up", "down"]) -> dict[str, int]:
            found = {}
            for word in text.lower().split():
                found[word] = found.get(word, 0) + 1
            return dict(sorted(found.items(), reverse=order == "down"))
    """)
    assert {"case_free_text", "padding_free_text"} <= list_held(found)
    assert not any("order" in name for name in list_held(found))


def test_a_function_and_the_one_that_undoes_it(find):
    found = find("""
        def quote(text: str) -> str:
            return text.replace("%", "%25").replace(" ", "%20")

        def unquote(text: str) -> str:
            return text.replace("%20", " ").replace("%25", "%")
    """, "quote")  # fmt: skip
    assert "round_trip_quote_unquote" in {one.idea.name for one in found.suggestions}


def test_exceptions_on_part_of_the_inputs_are_answers(find):
    found = find("""
        def solve(x: int) -> int:
            if x % 3 == 0:
                raise LookupError("no")
            return abs(x)
    """)  # fmt: skip
    assert dict(found.ground.words)["raises"] == '"LookupError"'
    assert "even" in list_held(found)


def test_inputs_that_are_refused_are_left_out_and_it_is_said(find):
    found = find("""
        def solve(x: int) -> int:
            if x < 0:
                raise ValueError("negative")
            return x * 3
    """)  # fmt: skip
    assert "st.integers(0, 50)" in found.ground.inputs
    assert found.ground.notes == ("Negative numbers are left out: solve raised on them",)
    assert "raises" not in dict(found.ground.words)
    assert "homogeneous_2" in list_held(found)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 7", "returned 7 for all"),
        ("raise TypeError('no')", "raised on 30 of 30 inputs"),
        ("import random; return random.random()", "relations hold by chance, so none is suggested"),
        ("return str(hash(str(x * 31 % 97)))[::-1] if x % 2 else x", "none of"),
    ],
)
def test_where_nothing_can_be_found_one_line_says_why(find, body, said):
    with pytest.raises(NothingToSuggest, match=said) as caught:
        find(f"def solve(x: int):\n    {body}\n")
    assert "\n" not in str(caught.value)


def test_what_does_nothing_is_rejected_although_many_relations_are_rarer(find):
    source = """
        import bisect

        def solve(table: list[int], score: int) -> list[int]:
            out = list(table)
            bisect.insort(out, score)
            return out
    """
    found = find(source, n=60)
    assert len(list_held(found)) > 14
    assert "always []" not in found.accepted


def test_arguments_of_a_kind_for_which_no_relation_is_known_are_named(find):
    with pytest.raises(NothingToSuggest, match=r"is known for what it takes \(date\)"):
        find("import datetime\ndef solve(day: datetime.date):\n    return day.isocalendar()[1]\n")


def test_names_that_would_hide_others_are_changed_in_code_alone(find):
    found = find("def solve(output: int, max: int) -> int:\n    return min(output, max)")
    assert found.ground.names == ("output", "max")
    assert "commutative" in list_held(found)
    assert compile(write_module(found), "test_it.py", "exec")


def test_parts_of_what_is_returned_together(find):
    found = find("""
        def solve(a: int, b: int) -> tuple[int, int]:
            return min(a, b), a * b
    """)
    held = list_held(found)
    assert {"first_at_most_a", "all_negated_keeps_second"} <= held
    assert "commutative" in held
    assert not any("for" in name for name in held)


def test_counts_of_which_nothing_is_lost(find):
    found = find("""
        def solve(xs: list[str]) -> dict[str, int]:
            return {x: xs.count(x) for x in xs}
    """)
    assert {"counts_all_xs", "only_from_xs", "xs_twice_doubles"} <= list_held(found)
    assert found.killed == found.mutants


def test_arguments_by_name_only(find):
    found = find("def solve(xs: list[int], *, down: bool) -> list[int]:\n"
                 "    return sorted(xs, reverse=down)")  # fmt: skip
    assert {"order_free_xs", "keeps_elements_xs"} <= list_held(found)


def test_trivial_answers_that_all_suggestions_accept_are_named(find):
    found = find("def solve(x: int) -> int:\n    return 3 * x")
    assert found.accepted == ("the first argument",)
    assert any("would also accept: the first argument" in line for line in render_found(found, 80))


def test_inverses_are_told_by_whole_words():
    names = ("encode", "decode", "to_hex", "from_hex", "a_to_b", "b_to_a", "unquote_plus")
    assert list(list_inverses("encode", names)) == [("encode", "decode")]
    assert list(list_inverses("decode", names)) == [("decode", "encode")]
    assert list(list_inverses("to_hex", names)) == [("to_hex", "from_hex")]
    assert list(list_inverses("a_to_b", names)) == [("a_to_b", "b_to_a")]
    assert list(list_inverses("unquote_plus", (*names, "quote_plus"))) == [
        ("unquote_plus", "quote_plus")
    ]


def test_a_bound_is_rounded_up():
    assert write_percent(0.00301) == "0.31 %"
    assert write_percent(0.0251) == "2.6 %"
    assert write_percent(0.5) == "50 %"
