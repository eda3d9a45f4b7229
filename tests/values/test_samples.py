"""Every kind of value travels, is copied, compared, told apart and written as source."""

import importlib.util
import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from pytest_metamorphic_guard import approx
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import refuse_unequal
from pytest_metamorphic_guard.report.names import fit_names
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.runner.cases import Case, duplicate
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.lookup import HOMES, find_kind
from pytest_metamorphic_guard.values.pickling import dump
from pytest_metamorphic_guard.values.records import Record
from pytest_metamorphic_guard.values.wire import decode, encode
from pytest_metamorphic_guard.values.wire.settling import settle

DOCS = Path(__file__).parents[2] / "docs"


def load(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


samples = load("value_samples")
SAMPLES = {sample.name: sample for sample in samples.list_samples()}


@pytest.fixture(params=SAMPLES, ids=lambda name: name.replace(" ", "_"))
def sample(request):
    return SAMPLES[request.param]


def test_a_value_travels_both_ways_and_arrives_equal_beside_one_that_does_not(sample):
    value = sample.make()

    arrived, changed = decode(encode([value])), decode(encode([sample.change()]))
    read = pickle.loads(dump([value]))

    if not sample.arrives:
        assert type(arrived[0]) is type(value)
        assert equal_values(arrived, [value])
    assert equal_values(arrived, decode(encode([sample.make()])))
    assert equal_values(read, [value])
    assert equal_values(settle([value]), arrived)
    assert not equal_values(arrived, changed)
    assert not equal_values(value, sample.change())
    assert equal_values(decode(encode({"in": (value,)})), {"in": (arrived[0],)})


def test_numbers_in_a_value_may_differ_by_the_tolerance(sample):
    if sample.near is not None:
        pairs = [(sample.make(), sample.near())]
        pairs += [tuple(decode(encode(list(pairs[0]))))]
        for value, near in pairs:
            assert not equal_values(value, near)
            assert approx(abs=1e-6)(value, near)
            assert not approx(abs=1e-6)(value, sample.change())


def test_a_copy_shares_nothing_that_can_be_changed(sample):
    value = sample.make()

    (copied,) = duplicate((value,))
    (again,) = Case(((value,),)).copy()[0]

    assert equal_values(copied, value)
    assert equal_values(again, value)
    changed = change_in_place(copied)
    if changed:
        assert not equal_values(copied, value)
        assert equal_values(again, value)


def change_in_place(value):
    """Change the first element that can be, and say whether one could."""
    try:
        if isinstance(value, set):
            value.add("new")
        elif isinstance(value, dict):
            value["new"] = 1
        elif hasattr(value, "append") and not hasattr(value, "ndim"):
            value.append(value[0])
        else:
            value[0] = value[-1] + value[-1]
    except Exception:  # noqa: BLE001 - it cannot be changed so
        return False
    return True


def test_source_of_a_value_makes_an_equal_one_in_a_file_of_its_own(sample):
    value = sample.make()
    for wrapped in (value, [value]):
        source = to_source(wrapped)
        if not sample.has_source:
            with pytest.raises(SyntaxError):
                compile(source, "", "eval")
            continue
        line, imports = fit_names(f"[{source}]", [wrapped], {})
        names = {}
        exec("\n".join(imports), names)
        (made,) = eval(line, names)
        assert equal_values(made, wrapped), line


def test_the_text_about_a_difference_names_the_place(sample):
    value, changed = sample.make(), sample.change()
    for first, second in ((value, changed), decode(encode([value, changed]))):
        lines = describe_difference(first, second, 76, refuse_unequal(equal_values))
        both = [format_value(one, 76, 12) for one in (first, second)]
        assert all(len(line) <= 76 for line in [*lines, *both[0], *both[1]])
        if sample.said:
            assert sample.said in "\n".join(lines)
        else:
            # What is short shows itself.
            assert lines or both[0] != both[1]


def test_every_type_of_every_kind_has_a_sample():
    sampled = {type(sample.make()) for sample in SAMPLES.values()}
    # By their types: a test that runs pytest inside has modules imported anew.
    kinds = {frozenset(find_kind(kind).types()) for kind in sampled}
    left = []
    for root, homes in HOMES.items():
        if root == "pytest_metamorphic_guard" or not importlib.util.find_spec(root):
            continue  # what is ours stands for others
        for home in homes:
            module = importlib.import_module(f"pytest_metamorphic_guard.values.{home}")
            for kind in module.KINDS:
                if kind.library in ("", root) and frozenset(kind.types()) not in kinds:
                    left += [(home, sorted(each.__name__ for each in kind.types()))]
    assert [names for home, names in left if names] == []


def test_the_page_of_values_is_up_to_date():
    writer = load("write_values")
    assert writer.make_page() == writer.PAGE.read_text(), "run docs/write_values.py"
    assert re.search(r"^\| `?dict`? \|", writer.make_page(), re.MULTILINE)


def test_a_record_of_an_exception_reads_as_one():
    error = samples.PriceError("too low", 3)
    error.code = 7
    error.add_note("in cents")

    arrived = decode(encode(error))

    assert type(arrived) is Record
    assert (arrived.type_name, arrived.args, arrived.code) == ("PriceError", ("too low", 3), 7)
    assert arrived.__notes__ == ["in cents"]


@pytest.mark.parametrize(
    ("first", "second", "are_close"),
    [
        ([1.0, np.nan, np.inf], [1 + 1e-9, np.nan, np.inf], True),
        ([1.0, np.nan], [1.0, 2.0], False),
        ([1.0, np.inf], [1.0, -np.inf], False),
        ([1.0, np.inf], [1.0, 1e308], False),
        ([-1e308, 1.0], [1e308, 1.0], False),
        ([1_000_000_000, 2], [1_000_000_001, 2], True),
        ([1_000, 2], [1_001, 2], False),
        ([2**62, 2], [2**62 + 1, 2], True),
        ([1, 2], [1.0000000001, 2.0], True),
        ([True, False], [1.0, 1e-13], True),
    ],
)
def test_arrays_are_close_exactly_if_their_elements_are(first, second, are_close):
    assert approx()(first, second) is are_close
    assert approx()(np.array(first), np.array(second)) is are_close


ECHO = """
def solve(value):
    return value
"""


def list_of_each_library():
    """Samples of all of Python, and two of each library; jax starts for longer than the others."""
    own = samples.__name__
    for title, library, listed in samples.list_sections():
        most = 2 if library else None
        for sample in listed[:most] if title != "jax" else ():
            if type(sample.make()).__module__ != own:
                yield sample.name, sample.make()


@pytest.mark.slow  # a worker imports every library that there is
def test_every_value_goes_to_a_worker_and_comes_back(local, candidates):
    named = dict(list_of_each_library())
    payload = local.execute(candidates.write(ECHO), "solve", (list(named.values()),), 120.0, 4096)
    assert payload["success"], payload["error"]
    wrong = [
        (name, result)
        for (name, value), result in zip(named.items(), payload["result"], strict=True)
        if not equal_values([result], decode(encode([value])))
    ]
    assert len(named) > 50
    assert wrong == []
