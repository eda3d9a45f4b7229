"""Expectations with a hole, combinations of them, and exceptions that are answers."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from pytest_metamorphic_guard import (
    RaisedAnswer,
    TaskError,
    all_of,
    any_of,
    approx,
    equal,
    increasing,
    maps,
    negated,
    non_decreasing,
    not_equal,
    on,
    raises,
    same_length,
    scaled,
    shifted,
    sum_of_sources,
    within,
)
from pytest_metamorphic_guard.tasks import MetamorphicRelation

ERROR = RaisedAnswer("ValueError", "no", ("Exception", "BaseException"))
SAME_ERROR = RaisedAnswer("ValueError", "another text", ("Exception", "BaseException"))
OTHER_ERROR = RaisedAnswer("KeyError", "no", ("LookupError", "Exception", "BaseException"))


@pytest.mark.parametrize(
    ("expectation", "source", "followup"),
    [
        (scaled(3), 2, 6),
        (scaled(3), [1, (2, {"a": 0.5})], [3, (6, {"a": 1.5})]),
        (scaled(Fraction(1, 2)), 3, Fraction(3, 2)),
        (scaled(2), np.array([1, 2]), np.array([2, 4])),
        (shifted(-1), [3, 4], [2, 3]),
        (shifted(timedelta(days=1)), date(2024, 1, 1), date(2024, 1, 2)),
        (maps(sorted), [2, 1], [1, 2]),
        (maps(lambda out: out | {"n": 1}), {"n": 0}, {"n": 1}),
        (within(rel=0.1), 100, 109),
        (within(abs=2), [1, {"x": 5}], [3, {"x": 4}]),
        (sum_of_sources, (1, 2, 3), 6),
        (sum_of_sources, ([1, 2], [3, 4]), [4, 6]),
        (sum_of_sources, ({"a": 1}, {"a": 2}), {"a": 3}),
        (same_length, "abc", [1, 2, 3]),
        (on(lambda out: out["price"], non_decreasing), {"price": 1}, {"price": 1}),
        (on(len, scaled(2)), "ab", "abcd"),
        (on(len, sum_of_sources), ("ab", "c"), "xyz"),
        (all_of("same_length", non_decreasing), [1, 2], [1, 3]),
        (any_of("equal", lambda source, followup: followup is None), 1, None),
        (negated("is_prefix"), "ab", "ba"),
        (raises(ValueError), 1, ERROR),
        (raises("LookupError", ValueError), ERROR, OTHER_ERROR),
        (raises(), 1, OTHER_ERROR),
        # Where all calls raise alike, that is as expected, whatever they say.
        (equal, ERROR, SAME_ERROR),
        (scaled(2), ERROR, SAME_ERROR),
        (increasing, ERROR, SAME_ERROR),
        (sum_of_sources, (ERROR, SAME_ERROR), ERROR),
        (on(len, equal), ERROR, SAME_ERROR),
        (any_of(equal, raises(ValueError)), 1, ERROR),
        (negated(raises(ValueError)), 1, 2),
        (not_equal, ERROR, OTHER_ERROR),
    ],
)
def test_it_is_as_expected(expectation, source, followup):
    assert expectation(source, followup)


@pytest.mark.parametrize(
    ("expectation", "source", "followup"),
    [
        (scaled(3), 2, 5),
        (scaled(3), [1, 2], [3, 5]),
        (shifted(1), 1, 1),
        (maps(sorted), [2, 1], [2, 1]),
        (within(rel=0.1), 100, 120),
        (sum_of_sources, (1, 2), 4),
        (same_length, "abc", [1, 2]),
        (on(lambda out: out["price"], non_decreasing), {"price": 2}, {"price": 1}),
        (all_of("same_length", increasing), [1, 2], [1, 3]),
        (any_of("equal", lambda source, followup: followup is None), 1, 2),
        (negated("is_prefix"), "ab", "abc"),
        (raises(ValueError), ERROR, 1),
        (raises(LookupError), 1, ERROR),
        (equal, ERROR, OTHER_ERROR),
        (equal, 1, ERROR),
        (scaled(2), ERROR, 2),
        (sum_of_sources, (ERROR, 1), ERROR),
        (not_equal, ERROR, SAME_ERROR),
        (negated(raises(ValueError)), 1, ERROR),
    ],
)
def test_it_is_not_as_expected(expectation, source, followup):
    assert not expectation(source, followup)


def test_a_tolerance_of_the_task_counts_behind_every_hole():
    assert not scaled(0.1)(3, 0.3)
    assert scaled(0.1)(3, 0.3, approx())
    assert on(lambda out: out[0], maps(lambda x: x / 3))([1], [1 / 3 + 1e-12], approx())


def test_each_says_what_it_expects():
    assert [
        expectation.description
        for expectation in (
            scaled(3),
            shifted(0.5),
            within(rel=0.01, abs=2),
            raises(ValueError, "PaymentError"),
            all_of(equal, same_length),
            any_of(scaled(2), "not_equal"),
            negated(equal),
            on(len, equal),
        )
    ] == [
        "the follow-up output is 3 times the source output",
        "the follow-up output is the source output plus 0.5",
        "the follow-up output is within 1 % or 2 of the source output",
        "the follow-up call raises ValueError or PaymentError",
        "outputs are equal, and the follow-up output is as long as the source output",
        "the follow-up output is 2 times the source output, or outputs differ",
        "it is not so that outputs are equal",
        "of len(): outputs are equal",
    ]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: maps(3), "expected a function"),
        (lambda: on("price", equal), "expected a function"),
        (lambda: on(len, "sorted"), "expect='sorted' is unknown"),
        (all_of, "give what is expected"),
        (lambda: any_of(equal, 3), "expected a name"),
        (lambda: all_of(equal, sum_of_sources), "one takes all sources"),
        (lambda: negated("properties_hold"), "stands for itself"),
        (lambda: raises(int), "expected exception classes or their names"),
        (within, "give rel= or abs="),
    ],
)
def test_what_cannot_work_is_refused_where_it_is_written(make, said):
    with pytest.raises((TypeError, ValueError), match=said):
        make()


def test_the_number_of_sources_has_to_fit():
    def join(*sources):
        return sources[0]

    with pytest.raises(TaskError, match="needs sources=2 or more"):
        MetamorphicRelation("r", join, sum_of_sources)
    with pytest.raises(TaskError, match="with 2 sources, expect must be a function"):
        MetamorphicRelation("r", join, all_of(equal, same_length), sources=2)
    MetamorphicRelation("r", join, on(len, sum_of_sources), sources=2)


def test_an_exception_is_told_by_its_name_and_those_of_its_bases():
    assert OTHER_ERROR.is_a(KeyError)
    assert OTHER_ERROR.is_a("LookupError")
    assert OTHER_ERROR.is_a(ValueError, Exception)
    assert not OTHER_ERROR.is_a(ValueError)
    # An executor need not tell what it is derived from.
    assert RaisedAnswer("KeyError").is_a(LookupError)
    assert str(ERROR) == "ValueError: no"
