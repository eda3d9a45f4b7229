"""The host's end of the pipes, against an other end that never stops."""

import os
import time
from types import SimpleNamespace

import pytest

from pytest_metamorphic_guard.executors.local.channel import Channel
from pytest_metamorphic_guard.executors.local.responses import ExpiredError


def test_a_flood_that_never_ends_is_left_at_the_deadline():
    (theirs_in, requests), (responses, theirs_out) = os.pipe(), os.pipe()
    flood = os.open("/dev/zero", os.O_RDONLY)
    try:
        process = SimpleNamespace(requests=requests, responses=responses, pidfd=-1)
        channel = Channel(process, 1 << 10)
        with pytest.raises(ExpiredError):
            channel.collect(b"", flood, time.monotonic() + 0.2)
    finally:
        for descriptor in (theirs_in, requests, responses, theirs_out, flood):
            os.close(descriptor)
