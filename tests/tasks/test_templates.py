"""Templates: what each says of a right implementation, and of one that is wrong."""

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, TaskError, idempotent, invariant, monotone

TASKS = """
import random
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

def flip(xs):
    return xs[::-1]

def double(x):
    return 2 * x

lists = st.tuples(st.lists(st.integers(0, 5), max_size=5))
number = st.tuples(st.integers(0, 20))
two = st.tuples(st.integers(0, 20), st.integers(0, 20))

def make(function, inputs, *templates, **words):
    task = Task(function, inputs=inputs, function=function, **words)
    task.add(*templates)
    return task

right_a = make("right_sort", lists, idempotent(), invariant(flip), deterministic(),
               keeps_arguments(), never_raises())
right_b = make("right_flip", lists, involutive(), equivariant(flip, flip))
right_e = make("right_squares", lists, batch_invariant())
right_c = make("right_max", two, commutative(), associative(), monotone(argument=1))
right_d = make("right_triple", number, additive(), homogeneous(2), homogeneous(7),
               monotone(strict=True), round_trip("right_triple", "right_third"))
wrong_a = make("wrong_sort", lists, idempotent(), invariant(flip), keeps_arguments())
wrong_b = make("wrong_flip", lists, involutive(), equivariant(flip, flip), batch_invariant())
wrong_c = make("wrong_max", two, commutative(), associative(), monotone(argument=1))
wrong_d = make("wrong_triple", number, additive(), homogeneous(2), monotone(strict=True),
               round_trip("wrong_triple", "right_third"))
wrong_e = make("at_random", number, deterministic())
wrong_f = make("refuses", number, never_raises(), raises=ValueError)
"""
CODE = """
import random

def right_sort(xs):
    return sorted(xs)

def right_flip(xs):
    return xs[::-1]

def right_squares(xs):
    return [x * x for x in xs]

def right_max(a, b):
    return max(a, b)

def right_triple(x):
    return 3 * x

def right_third(x):
    return x // 3

def wrong_sort(xs):
    xs.append(9)
    return [*xs[1:], *xs[:1]]

def wrong_flip(xs):
    return [x + len(xs) for x in xs[::-1]] if len(xs) < 3 else xs[::-1][1:] + xs[:1]

def wrong_max(a, b):
    return a - b

def wrong_triple(x):
    return 3 * min(x, 5)

def at_random(x):
    return random.random()

def refuses(x):
    if x > 3:
        raise ValueError("too much")
    return x
"""


def test_templates_hold_for_what_is_right_and_say_in_their_words_what_is_wrong(project, read_texts):
    project.write(code=CODE, test_it=TASKS)
    result = project.run("--mg-candidate=code.py", "-rA", "--mg-n=40", "--mg-executor=inprocess")
    texts = {name: " ".join(text.split()) for name, text in read_texts(result).items()}
    right = [line for line in result.outlines if line.startswith("PASSED") and "right_" in line]
    assert len(right) == 16, result.outlines
    said = {
        "wrong_sort.idempotent": "Doing it again to its own output changes nothing: f(f(x)) is f",
        "wrong_sort.invariant_flip": "flip() of the input does not change the output",
        "wrong_sort.keeps_arguments": "A call leaves its arguments as they were",
        "wrong_flip.involutive": "Doing it twice gives the input back: f(f(x)) is x",
        "wrong_flip.equivariant_flip": "the follow-up output is flip() of the source output",
        "wrong_flip.batch_invariant": "The answer for an element does not depend on the others",
        "wrong_max.commutative": "The order of two arguments does not matter: f(a, b) is f(b, a)",
        "wrong_max.associative": "Brackets do not matter: f(f(a, b), c) is f(a, f(b, c))",
        "wrong_max.monotone_1": "More of argument 2 gives no less of the output",
        "wrong_triple.additive": "The output of a sum is the sum of the outputs",
        "wrong_triple.homogeneous_2": "2 times the input gives 2 times the output",
        "wrong_triple.monotone_0": "More of argument 1 gives more of the output",
        "wrong_triple.round_trip": "What wrong_triple() makes right_third() turns back",
        "at_random.deterministic": "The same input gives the same output",
        "refuses.never_raises": "Every call returns",
    }
    assert {name for name in texts if name in said} == said.keys()
    for name, sentence in said.items():
        assert sentence in texts[name], texts[name]
    assert "found argument 1 is left as [9]" in texts["wrong_sort.keeps_arguments"]
    assert "found it raised ValueError: too much" in texts["refuses.never_raises"]
    assert "f(f(a, b), c) is" in texts["wrong_max.associative"]
    assert "right_third(15) -> 5" in texts["wrong_triple.round_trip"]
    assert "wrong_triple(6) -> 15" in texts["wrong_triple.round_trip"]
    assert ".py:" not in texts["wrong_max.associative"].replace("test_it.py:", "")
    # That nothing is isolated is said once per process, which may have been in an earlier test.
    result.assert_outcomes(passed=16, failed=15)


def test_an_argument_may_be_named_where_the_inputs_have_names(project):
    project.write_task(
        """
        t.add(monotone("price"), homogeneous(2, argument="count"))

        named = Task("named", inputs=from_file("rows.jsonl"), function="solve")
        named.add(monotone("price", direction="decreasing"))
        """,
        inputs='{"count": st.integers(1, 9), "price": st.integers(1, 9)}',
        function="'solve'",
    )
    (project.path / "rows.jsonl").write_text('{"count": 2, "price": 3, "id": "a"}\n')
    project.write(new="def solve(count, price):\n    return count * price\n")
    result = project.run("--mg-candidate=new.py", "-rA")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "relation    More of price gives no more of the output",
            "follow-up   count = 2, price = 4",
            "FAILED test_it.py::named::monotone_price*",
        ]
    )
    task = Task("t", inputs={"price": st.integers()})
    with pytest.raises(TaskError, match=r"'prize', the inputs are price\. Did you mean 'price'"):
        task.add(monotone("prize"))


def test_templates_are_declarations_like_others():
    def flip(xs):
        return xs[::-1]

    task = Task("t", inputs=[([1],)])
    task.add(idempotent(), invariant(flip, name="flipped", min_pass_rate=0.9))
    assert [entry.name for entry in task.entries] == ["idempotent", "flipped"]
    assert task.entries[0].location.path == __file__
    with pytest.raises(TaskError, match="a second 'idempotent' is declared"):
        task.add(idempotent())
    with pytest.raises(TaskError, match="expected a position from 0"):
        monotone(argument=1.5)
    with pytest.raises(TaskError, match="the argument 'price', and the inputs have no names"):
        task.add(monotone(argument="price"))
    with pytest.raises(TaskError, match="is no MetamorphicRelation"):
        task.add(idempotent)
