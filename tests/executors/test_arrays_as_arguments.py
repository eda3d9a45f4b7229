"""Arrays as arguments: they arrive as they were sent, whichever way they are written."""

import numpy as np
import pytest

SOURCE = """
import numpy as np

def describe(a):
    return [a.dtype.str, a.dtype.char, list(a.shape), a.tolist(), a.flags.writeable,
            a.flags.c_contiguous, a.flags.f_contiguous]

def is_shared(a, b):
    return a is b

def spoil(a, rest):
    a[...] = 0
    rest.append(1)
    return a.sum() + len(rest)
"""
READ_ONLY = np.arange(6.0).reshape(2, 3)
READ_ONLY.flags.writeable = False
ARRAYS = {
    "floats": np.arange(6.0).reshape(2, 3),
    "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "backwards": np.arange(6)[::-1],
    "every second": np.arange(12.0, dtype="f4").reshape(3, 4)[:, ::2],
    "read-only": READ_ONLY,
    "other byte order": np.array([1.5, 2.5], ">f8"),
    "two types of the same width": np.array([1, 2], "q"),
    "the other one": np.array([1, 2], "l"),
    "bools": np.array([True, False]),
    "complex": np.array([1j, 2]),
    "empty": np.zeros((0, 3)),
    "a single number": np.array(7.0),
    "texts": np.array(["a", "bc"]),
    "times": np.array(["2024-01-01"], "M8[D]"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_arrives_as_it_was(name, local, candidates):
    array = ARRAYS[name]
    payload = local.execute(candidates.write(SOURCE), "describe", (array,), 30.0, 1024)

    flags = array.flags
    in_a_row = flags.c_contiguous or flags.f_contiguous
    assert payload["success"], payload["error"]
    result = payload["result"]
    if name == "times":
        result[3] = array.tolist()
    assert result == [
        array.dtype.str,
        array.dtype.char,
        list(array.shape),
        array.tolist(),
        flags.writeable or not in_a_row,
        flags.c_contiguous or not in_a_row,
        flags.f_contiguous or array.ndim < 2,
    ]


def test_an_array_that_is_given_twice_arrives_as_one(local, candidates):
    array = np.ones(3)
    payload = local.execute(candidates.write(SOURCE), "is_shared", (array, array), 30.0, 1024)

    assert payload["result"] is True


def test_arguments_that_were_changed_between_two_calls_are_sent_anew(local, candidates):
    args = (np.ones(2), [])
    path = candidates.write(SOURCE)
    first = local.execute(path, "spoil", args, 30.0, 1024)
    args[1].append(5)
    second = local.execute(path, "spoil", args, 30.0, 1024)

    assert (first["result"], second["result"]) == (1, 2)
    assert args[0].tolist() == [1, 1]


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_what_one_implementation_does_to_arrays_the_other_one_does_not_see(pytester, executor):
    pytester.makepyfile(
        """
        import numpy as np
        from pytest_metamorphic_guard import Task

        task = Task("total", inputs=[(np.full(3, n), [n]) for n in (1.0, 2.0, 3.0)])

        def kept(old, new, before, after):
            return before[0].sum() == old and after[0].sum() == new and before[1] and after[1]

        @task.relation(expect=lambda old, new, before, after: bool(kept(old, new, before, after)))
        def doubled(a, rest):
            return 2 * a, rest
        """
    )
    spoiling = (
        "def total(a, rest):\n    s = a.sum()\n    a[:] = 0\n    rest.clear()\n    return s\n"
    )
    for name in ("old.py", "new.py"):
        pytester.path.joinpath(name).write_text(spoiling)

    result = pytester.runpytest_subprocess(
        "--mg-candidate=new.py:total",
        "--mg-baseline=old.py:total",
        f"--mg-executor={executor}",
        "-Wignore",
    )

    result.assert_outcomes(passed=1)
