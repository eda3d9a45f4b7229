"""Answers that do nothing, against the entries of a task."""

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from pytest_metamorphic_guard import Property, Task, approx, equal, idempotent
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.strength.trivial_answers import list_answers
from pytest_metamorphic_guard.strength.vacuity import find_accepted

INPUTS = [([3, 1, 2],), ([],), ([5],), ([2, 2],), ([9, 8, 7, 1],)]


def name_accepted(task, function, inputs=INPUTS):
    outputs = [function(*args) for args in inputs]
    answers = list_answers(inputs, outputs)
    found = find_accepted(task, task.entries, inputs, answers, settings=Settings())
    return [one.name for one in found]


def make_task(*declared, **words):
    return Task("total", {"xs": st.lists(st.integers())}, relations=declared, **words)


def order():
    task = make_task()

    @task.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    return task


def test_relations_that_constants_satisfy_accept_them():
    task = order()
    assert name_accepted(task, sum) == ["always 0"]

    @task.property
    def of_the_sum(total, xs):
        assert total == sum(xs)

    assert name_accepted(task, sum) == []


def test_the_argument_as_it_came_satisfies_what_only_asks_for_the_same_again():
    task = make_task(idempotent())

    @task.property
    def as_many(out, xs):
        assert len(out) == len(xs)

    assert name_accepted(task, sorted) == ["the first argument"]
    task.add(Property(lambda out: out == sorted(out), name="ordered"))
    assert name_accepted(task, sorted) == []


def test_a_check_that_changes_what_it_is_given_changes_no_later_answer():
    task = make_task()

    @task.law
    def keeps(solve, xs):
        out = solve(xs)
        assert solve(xs) == out == []
        out.append(1)

    assert name_accepted(task, lambda xs: []) == ["always []"]


def test_what_fails_nothing_or_cannot_be_asked_says_nothing():
    soft = make_task()
    soft.add(Property(lambda out: True, name="free", mode="soft"))
    assert name_accepted(soft, sum) == []

    fixture = order()

    @fixture.law
    def asks(solve, xs, *, tmp_path):
        pass

    assert name_accepted(fixture, sum) == []

    never = make_task()

    @never.law
    def skipped(solve, xs):
        assume(False)

    assert name_accepted(never, sum) == []


def test_a_rate_that_may_be_missed_is_missed_by_an_answer_as_by_anything():
    task = make_task()
    task.add(Property(lambda out, xs: bool(xs), name="given", min_pass_rate=0.5))
    assert name_accepted(task, sum) == ["always 0", "the first argument"]
    strict = make_task()
    strict.add(Property(lambda out, xs: bool(xs), name="given"))
    assert name_accepted(strict, sum) == []


def test_empty_answers_have_the_type_and_shape_of_what_was_seen():
    numpy = pytest.importorskip("numpy")
    task = make_task(equivalence=approx())

    @task.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    @task.property
    def pair(out):
        assert len(out) == 2
        assert out[0].shape == (2,)

    accepted = name_accepted(task, lambda xs: (numpy.array([1.0, 2.0]), len(xs)))
    assert accepted[0].startswith("always (array([0., 0.]), 0)")


def test_large_inputs_are_not_all_kept_at_once():
    task, made = make_task(), []

    @task.relation
    def order(xs):
        made.append(len(xs))
        return (xs,)

    inputs = [(bytes(8 << 20),) for _ in range(12)]

    assert name_accepted(task, len, inputs)[0] == "always 0"
    assert 1 <= len(made) <= 4
