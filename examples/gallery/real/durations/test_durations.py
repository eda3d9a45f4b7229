"""What must hold for a length of time in words, roughly and exactly."""

import re

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task

FULL = {"second": 60, "minute": 60, "hour": 24}
SIZES = {"moment": 0, "second": 1, "minute": 60, "hour": 3600, "day": 86400, "month": 2_635_200}

around_a_unit = st.builds(
    lambda size, many, less: size * many - less,
    st.sampled_from([60, 3600, 86400]),
    st.integers(1, 5),
    st.sampled_from([0, 0.001, 0.5, 1]),
)
seconds = st.one_of(st.integers(0, 200_000), around_a_unit)
roughly = Task("roughly", inputs=st.tuples(seconds), function="roughly")
exactly = Task("exactly", inputs=st.tuples(seconds), function="exactly")


def read(words):
    """Return the seconds of a text such as "3 hours and 1.50 seconds" or "an hour"."""
    parts = re.findall(r"(an?|[\d.]+) ([a-z]+?)s?\b", words)
    return sum(SIZES[unit] * (1 if many in ("a", "an") else float(many)) for many, unit in parts)


@roughly.relation
@exactly.relation
def backwards(seconds):
    """A length of time has no direction: as much of it ago is as long."""
    return (-seconds,)


@roughly.relation(expect=lambda before, after: read(before) <= read(after))
@exactly.relation(expect=lambda before, after: read(before) <= read(after))
def longer(seconds):
    """More time is not less in words."""
    return (seconds + 45,)


@exactly.property
def no_unit_is_full(words, seconds):
    """Sixty seconds are a minute, sixty minutes an hour, and 24 hours a day."""
    for unit, full in FULL.items():
        many = re.search(rf"([\d.]+) {unit}", words)
        assert many is None or float(many[1]) < full


@exactly.property
def what_it_says(words, seconds):
    """Read again it is the time that was given, to the hundredth of a second."""
    assert abs(read(words) - seconds) <= 0.0051
