"""A test of a user's own that calls both implementations, each in a process of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_metamorphic_guard import CallFailed


@given(st.lists(st.integers()))
def test_the_candidate_agrees_with_the_baseline(mg_candidate, mg_baseline, xs):
    assert mg_candidate(xs, 3) == mg_baseline(xs, 3)


def test_a_list_of_words_is_refused(mg_candidate):
    with pytest.raises(CallFailed) as failure:
        mg_candidate(["a", 1], 2)
    assert failure.value.error_type == "exception"
