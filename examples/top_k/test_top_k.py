"""Relations that every implementation of top_k must satisfy."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, is_prefix

top_k = Task("top_k", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))


@top_k.relation
def reordered(xs, k):
    """The order of the input does not matter."""
    return xs[::-1], k


@top_k.relation(expect=is_prefix)
def larger_k(xs, k):
    """Asking for one more keeps what was there."""
    return xs, k + 1


@top_k.property
def descending(output, xs, k):
    """The largest comes first, and there are k of them where there can be."""
    assert output == sorted(output, reverse=True)
    assert len(output) == min(k, len(xs))


@top_k.law
def merge(solve, xs, k):
    """The best of both halves are the best of the whole."""
    mid = len(xs) // 2
    assert solve(solve(xs[:mid], k) + solve(xs[mid:], k), k) == solve(xs, k)
