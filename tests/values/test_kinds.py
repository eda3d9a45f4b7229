"""Kinds of values are found by the module of a type, and loaded when one of it is met."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from pytest_metamorphic_guard.values.frames import MARKS
from pytest_metamorphic_guard.values.lookup import HOMES, find_mark

LOADED = """
    import sys

    def list_kinds(_=None):
        ours = "pytest_metamorphic_guard.values."
        return sorted(name.removeprefix(ours) for name in sys.modules if name.startswith(ours))
"""
OF_LIBRARIES = {home for homes in HOMES.values() for home in homes} - {"builtins", "records"}
OF_COMPARISON = {"equivalence", "budget", "standins", "tables", "installed"}


@pytest.mark.parametrize("mark", MARKS.values(), ids=lambda mark: mark.code)
def test_every_mark_of_a_frame_has_a_kind_that_reads_it(mark):
    if mark.home:
        kind = find_mark(mark)
        assert kind.put_together or kind.read


def test_a_worker_loads_what_knows_a_library_once_a_value_of_it_is_returned(local, candidates):
    path = candidates.write(
        LOADED
        + """
    import datetime
    import decimal
    import numpy

    def solve(n):
        return [n, {"a": (1.5,)}, {2}], list_kinds()

    def date(n):
        return datetime.date(2020, 1, n)
    """
    )
    call = (60.0, 1024)

    assert local.execute(path, "solve", (1,), *call)["success"]
    plain = set(local.execute(path, "list_kinds", (1,), *call)["result"])
    assert local.execute(path, "date", (1,), *call)["result"].year == 2020
    dated = set(local.execute(path, "list_kinds", (1,), *call)["result"])

    assert "builtins" in plain
    assert not plain & (OF_LIBRARIES | OF_COMPARISON)
    assert dated - plain == {"moments"}


def test_a_host_loads_what_knows_a_library_once_a_value_of_it_is_met():
    script = (
        LOADED
        + """
    from pytest_metamorphic_guard.values.equivalence import equal_values
    from pytest_metamorphic_guard.values.wire import decode, encode
    value = [1, "a", {2: (3.5,)}]
    assert equal_values(decode(encode(value)), value)
    print(*list_kinds())
    """
    )
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "builtins" in loaded
    assert not loaded & OF_LIBRARIES


PATCHING = """
    import builtins, collections, datetime, decimal, numpy

    def solve(n):
        made = [decimal.Decimal("1.5"), datetime.datetime(2020, 1, n), collections.Counter("aab")]
        made += [numpy.arange(3), numpy.float32(2), {n}]

        def broken(*args, **kwargs):
            raise SystemExit("patched")

        names = "len type set map list tuple dict repr str id isinstance getattr sum bytes zip any"
        for name in [*names.split(), "next", "open", "compile", "exec", "vars", "__import__"]:
            setattr(builtins, name, broken)
        return made
"""


@pytest.mark.parametrize("isolation", ["worker", "fork"])
def test_what_knows_a_library_loads_after_the_candidate_patched_builtins(
    make_local, candidates, isolation
):
    executor = make_local(isolation=isolation)

    payload = executor.execute(candidates.write(PATCHING), "solve", (2,), 60.0, 1024)

    assert payload["success"], payload["error"]
    number, moment, counter, array, scalar, members = payload["result"]
    assert (str(number), moment.day, counter["a"], members) == ("1.5", 2, 2, {2})
    assert array.tolist() == [0, 1, 2]
    assert type(scalar) is np.float32
