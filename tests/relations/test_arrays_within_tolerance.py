"""``approx`` says of arrays of floats what it says of their elements."""

import itertools

import numpy as np
import pytest

from pytest_metamorphic_guard import approx, increasing, non_decreasing, non_increasing

NUMBERS = [0.0, -0.0, 1.0, 1 + 1e-9, 1 + 1e-3, -1.0, 1e-13, 1e308, -1e308, 5e-324]
SPECIAL = [float("nan"), float("inf"), float("-inf")]
TOLERANCES = [approx(), approx(rel=0), approx(abs=0), approx(rel=2), approx(rel=0, abs=0)]


@pytest.mark.parametrize("tolerance", TOLERANCES, ids=str)
@pytest.mark.filterwarnings("error")
def test_an_array_is_close_where_each_of_its_elements_is(tolerance):
    for one, other in itertools.product(NUMBERS + SPECIAL, repeat=2):
        expected = tolerance(one, other)
        for beside in (2.0, float("nan"), float("inf")):
            first, second = np.array([beside, one]), np.array([beside, other])
            assert tolerance(first, second) is expected, (one, other, beside)


@pytest.mark.parametrize("kinds", list(itertools.product(["f2", "f4", "f8", ">f8", "g"], repeat=2)))
def test_arrays_of_other_floats_are_compared_by_their_values(kinds):
    first, second = (np.array([0.1, 2.5], kind) for kind in kinds)
    tolerance = approx(rel=1e-7)
    by_element = all(tolerance(a, b) for a, b in zip(first, second, strict=True))

    assert tolerance(first, second) is by_element
    assert not tolerance(first, second * 2)


@pytest.mark.parametrize(
    "put", [float, lambda n: [0, n], lambda n: {"a": n}, lambda n: np.array([n])]
)
def test_what_is_equal_within_the_tolerance_is_neither_below_nor_above(put):
    near, far = put(1 - 1e-9), put(0.5)
    assert non_decreasing.ask(approx(), put(1.0), near)
    assert non_increasing.ask(approx(), near, put(1.0))
    assert not non_decreasing.ask(approx(), put(1.0), far)
    assert not non_increasing.ask(approx(), far, put(1.0))
    assert not increasing.ask(approx(), put(1.0), put(1.0))
    assert not non_decreasing(put(1.0), near)  # without a tolerance nothing is near
    assert not non_decreasing.ask(approx(), put(float("nan")), put(float("nan")))


def test_a_relation_with_a_direction_has_the_tolerance_of_its_task(pytester):
    folder = pytester.path / ("a_folder_with_a_long_name_" * 3)
    folder.mkdir()
    (folder / "test_it.py").write_text(
        "from pytest_metamorphic_guard import Task, approx, monotone\n"
        "t = Task('t', inputs=[(1.0,), (3.0,)], equivalence=approx())\n"
        "t.add(monotone())\n"
        "exact = Task('exact', inputs=[(1.0,), (3.0,)])\n"
        "exact.add(monotone())\n"
    )
    (folder / "candidate.py").write_text("def solve(x):\n    return 5 - x / 10**9\n")
    result = pytester.runpytest_subprocess("-rA", f"--mg-candidate={folder}/candidate.py")
    result.stdout.fnmatch_lines(["*PASSED*::t::monotone_0"])
    result.stdout.fnmatch_lines(["*FAILED*::exact::monotone_0*"])
    # A path that is too long for its line keeps its end, and shows that something is left out.
    result.stdout.fnmatch_lines(["metamorphic-guard: candidate *... *_/candidate.py, executor *"])
    # Where it was declared is in one piece.
    result.stdout.fnmatch_lines([f" * {folder.name}/test_it.py:5"])
