"""What a quote for a parcel must satisfy, whoever makes it."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, non_decreasing

quotes = Task(
    "quotes",
    inputs=st.tuples(st.integers(1, 30_000), st.sampled_from(["DE", "EU", "WORLD"])),
    function="quote",
    agreement=True,
)


@quotes.relation(expect=non_decreasing)
def heavier(weight_g, zone):
    """A heavier parcel costs no less."""
    return (weight_g + 1000, zone)


@quotes.relation(expect=non_decreasing)
def farther(weight_g, zone):
    """A longer way costs no less."""
    return (weight_g, {"DE": "EU", "EU": "WORLD", "WORLD": "WORLD"}[zone])


@quotes.property
def whole_cents(cents):
    assert isinstance(cents, int)
    assert cents > 0
