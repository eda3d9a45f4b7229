"""What must hold for packing bytes and unpacking them again."""

import contextlib

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, deterministic, round_trip

many = st.builds(lambda part, times: part * times, st.binary(), st.integers(0, 40))
data = st.one_of(st.binary(max_size=60), many)
compression = Task("compression", inputs=st.tuples(data), function="pack")
compression.add(round_trip("pack", "unpack"), deterministic())


@compression.law
def cut_off(pack, data):
    """What lacks its end is refused."""
    packed = pack(data)
    with contextlib.suppress(Exception):  # each library has exceptions of its own
        got = pack.function("unpack")(packed[:-1])
        pytest.fail(f"nobody noticed that the last byte was missing: {got!r}")


@compression.law
def joined(pack, data):
    """Two files, one after the other, are the file of both."""
    assert pack.function("unpack")(pack(data) + pack(b"more")) == data + b"more"


@compression.law
def no_larger_than_it_needs(pack, data):
    """The same bytes many times are packed well."""
    assert len(pack(data * 100)) <= len(data) * 2 + 200
