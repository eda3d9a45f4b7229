"""Equal outputs of kinds that are hard to compare, from ``benchmarks/simulate_values.py``."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "simulate_values.py"


@pytest.fixture(scope="module")
def simulation():
    for needed in ("numpy", "pandas"):
        pytest.importorskip(needed)
    spec = importlib.util.spec_from_file_location("simulate_values_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_no_equal_outputs_of_any_kind_are_called_different(simulation):
    hopeless = {"a generator", "an object of a class"}
    for kind, make in simulation.KINDS.items():
        shares, apart = simulation.count_differing(make)
        expected = ([None, None], simulation.CALLS) if kind in hopeless else ([0.0, 0.0], 0)
        assert (shares, apart) == expected, kind


def test_the_rule_that_went_before_called_a_frame_different_from_itself(simulation):
    for kind in ("a frame of pandas", "np.array([1., nan + 1j])", "a generator"):
        shares, _ = simulation.count_differing(simulation.KINDS[kind], simulation.compare_before)
        assert shares == [1.0, 1.0], kind


def test_outputs_that_do_differ_are_called_different(simulation):
    count = iter(range(10_000))
    shares, apart = simulation.count_differing(
        lambda: simulation.pd.DataFrame({"x": [next(count)]})
    )
    assert (shares, apart) == ([1.0, 1.0], 0)
