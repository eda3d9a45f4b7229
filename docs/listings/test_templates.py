"""What must hold for a function that puts rankings in order, in two statements."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import (
    Task,
    deterministic,
    idempotent,
    invariant,
    keeps_arguments,
)


def reversed_scores(scores, k):
    return scores[::-1], k


ranking = Task("ranking", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))
ranking.add(idempotent(), invariant(reversed_scores), deterministic(), keeps_arguments())
