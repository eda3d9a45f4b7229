"""What must hold for a service that finds words, whatever words it has."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

part = st.text("aen%_", max_size=2)
start = st.sampled_from(["", "bean", "kale"])
service = Task("service", inputs=st.tuples(part, start, st.integers(0, 6)))


@service.relation(expect="is_prefix")
def one_more(contains, after, limit):
    """Asking for one more leaves the ones before."""
    return contains, after, limit + 1


@service.property
def no_more_than_asked(words, contains, after, limit):
    """No more words are found than were asked for, and each has what was looked for."""
    assert len(words) <= limit
    assert all(contains in word and word > after for word in words)


@service.law
def pages(solve, contains, after, limit):
    """Two pages, one after the other, are one page of twice the length."""
    first = solve(contains, after, 2)
    second = solve(contains, first[-1], 2) if first else []
    assert first + second == solve(contains, after, 4)


@service.law
def one_letter_more(solve, contains, after, limit):
    """Looking for more letters finds nothing else."""
    assert set(solve(f"{contains}n", after, 99)) <= set(solve(contains, after, 99))
