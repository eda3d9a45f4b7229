"""What the built-in expectations say about two outputs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_metamorphic_guard import (
    approx,
    decreasing,
    equal,
    increasing,
    is_permutation,
    is_prefix,
    is_subset,
    is_superset,
    non_decreasing,
    non_increasing,
    not_equal,
)

NAN = float("nan")
members = st.one_of(
    st.integers(0, 3),
    st.floats(),
    st.text(max_size=1),
    st.none(),
    st.lists(st.integers(0, 1), max_size=2),
    st.dictionaries(st.integers(0, 1), st.floats(), max_size=1),
)


@given(st.lists(members), st.randoms())
def test_a_shuffled_list_is_a_permutation(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert is_permutation(values, shuffled)


@given(st.lists(members), st.lists(members))
def test_a_permutation_is_a_subset_and_a_superset(first, second):
    if is_permutation(first, second):
        assert is_subset(first, second)
        assert is_superset(first, second)


@given(st.lists(members), st.lists(members, min_size=1))
def test_a_list_is_a_prefix_of_its_continuation(head, tail):
    assert is_prefix(head, head + tail)
    assert not is_prefix(head + tail, head)


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_hashing_agrees_with_asking_the_equivalence_of_each_pair(first, second):
    def same(a, b):
        return a == b

    assert is_permutation(first, second) == is_permutation(first, second, same)
    assert is_subset(first, second) == is_subset(first, second, same)


@given(st.lists(st.floats(-10, 10), min_size=1), st.randoms())
def test_a_permutation_within_a_tolerance_is_one(values, random):
    changed = [value + 1e-9 for value in values]
    random.shuffle(changed)
    assert is_permutation(values, changed, approx(abs=1e-6))
    changed[0] += 100
    assert not is_permutation(values, changed, approx(abs=1e-6))


@pytest.mark.parametrize(
    ("expectation", "source", "followup"),
    [
        (equal, [NAN], [NAN]),
        (not_equal, 1, 2),
        (is_prefix, "ab", "abc"),
        (is_prefix, [NAN], [NAN, 2]),
        (is_prefix, np.array([1]), np.array([1, 2])),
        (is_prefix, {"a": 1}, {"a": 1, "b": 2}),
        (is_subset, [1, 1], [1, 2]),
        (is_subset, {1}, {1, 2}),
        (is_subset, [[1]], [[2], [1]]),
        (is_subset, {"a": 1}, {"b": 2, "a": 1}),
        (is_superset, [1, 2], [2]),
        (is_permutation, [1, "a", None, NAN], [NAN, None, "a", 1]),
        (is_permutation, np.array([[1, 2], [3, 4]]), np.array([[3, 4], [1, 2]])),
        (is_permutation, [1, 2], (2, 1)),
        (increasing, 1, 2),
        (increasing, "a", "b"),
        (increasing, [1, 2], [2, 3]),
        (increasing, {"a": 1}, {"a": 2}),
        (increasing, {1}, {1, 2}),
        (increasing, np.array(1), np.array(2)),
        (increasing, np.float64(1), np.float64(2)),
        (decreasing, 2, 1),
        (non_decreasing, np.array([[1, 2]]), np.array([[1, 3]])),
        (non_increasing, [2, 2], [2, 1]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_these_are_as_expected(expectation, source, followup):
    assert expectation(source, followup)


@pytest.mark.parametrize(
    ("expectation", "source", "followup"),
    [
        (equal, [1], (1,)),
        (not_equal, NAN, NAN),
        (is_prefix, "b", "abc"),
        (is_prefix, {"a": 1}, {"a": 2}),
        (is_subset, [1, 3], [1, 2]),
        (is_subset, {"a": 1}, {"a": 2}),
        (is_superset, [1], [1, 2]),
        (is_permutation, [1, 2, 2], [2, 1, 1]),
        (is_permutation, {"a": 1}, {"a": 2}),
        (increasing, 1, 1),
        (increasing, [1, 2], [2, 3, 4]),
        (increasing, {"a": 1}, {"b": 2}),
        (increasing, [1, 2], [2, 2]),
        (decreasing, 1, 2),
        (non_decreasing, NAN, NAN),
        (non_increasing, 1, 2),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_these_are_not_as_expected(expectation, source, followup):
    assert not expectation(source, followup)


def test_a_permutation_of_many_elements_is_found_without_asking_for_each_pair():
    values = [(index, float(index), [index]) for index in range(50_000)]
    assert is_permutation(values, values[::-1])
