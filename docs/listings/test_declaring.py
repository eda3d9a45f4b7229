"""Every way to declare what must hold; the README and the how-to guide show parts of it."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, is_prefix

ranking = Task("ranking", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))


@ranking.relation(expect=is_prefix)
def one_more(scores, k):
    """Asking for one more keeps what was there."""
    return scores, k + 1


@ranking.property
def sorted_descending(output, scores, k):
    """A property looks at one output."""
    assert output == sorted(output, reverse=True)


@ranking.law
def merged(solve, scores, k):
    """A law calls the implementation as often as it likes."""
    mid = len(scores) // 2
    assert solve(solve(scores[:mid], k) + solve(scores[mid:], k), k) == solve(scores, k)


@ranking.example([3, 1, 2], 2)
@ranking.relation(precondition=lambda scores, k: k > 0)
def shuffled(scores, k, rng):
    """Randomness comes from the parameter rng, so that a run can be repeated exactly."""
    return rng.sample(scores, len(scores)), k
