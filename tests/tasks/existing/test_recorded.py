"""Calls that are made while a test suite runs, kept and taken as inputs."""

import json

import pytest

from pytest_metamorphic_guard import TaskError, recorded

SHOP = """
def price(items, rate=2, api_key="", *further):
    items.append(0)  # what the call changes is not what it was given
    return sum(items) * rate
"""
TESTS = """
import pytest
from shop.pricing import price

@pytest.mark.parametrize("n", range(6))
def test_price(n):
    assert price([n % 3], rate=1, api_key="hunter2-hunter2") == n % 3
    assert price([(1, {"password": "hunter2-hunter2"})][:0]) == 0

def test_what_is_not_kept():
    with pytest.raises(TypeError):
        price([{1}])
    price([], 1, "", 2)
    with pytest.raises(TypeError):
        price()
"""
AGAIN = """
from pytest_metamorphic_guard import Task, recorded

t = Task("t", inputs=recorded("calls.jsonl"), function="price")

@t.property
def few(output, items, rate, api_key):
    assert isinstance(items, list) and api_key == "[redacted]" and output < 2
"""


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_arguments_are_kept_once_each_and_become_inputs(project, workers):
    (project.path / "shop").mkdir()
    (project.path / "shop" / "__init__.py").write_text("from shop.pricing import price\n")
    (project.path / "shop" / "pricing.py").write_text(SHOP)
    (project.path / "test_shop.py").write_text(TESTS)

    result = project.spawn("--mg-record=shop.pricing:price", *workers)

    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(
        [
            "recorded 4 new calls of shop.pricing:price, from 15 that were made, in *calls.jsonl",
            "left out: 1 calls cannot be read (TypeError)",
            "left out: 1 calls have a set, which is no plain data",
            "left out: 1 calls have a value for [*]further, which is no plain data",
        ]
    )
    text = (project.path / "calls.jsonl").read_text()
    assert "hunter2" not in text
    assert [json.loads(line)["arguments"]["items"] for line in text.splitlines()] == [
        *([], [0], [1], [2])
    ]
    assert not list(project.path.glob("*.part"))

    (project.path / "test_again.py").write_text(AGAIN)
    new = "--mg-candidate=shop.pricing:price"
    again = project.spawn("test_again.py", new, "--mg-executor=inprocess")

    again.assert_outcomes(failed=1)  # for [2]
    again.stdout.fnmatch_lines(["*items = [[]2], rate = 1, api_key = '[[]redacted]'"])


def test_the_limit_holds_and_earlier_calls_stay(project):
    (project.path / "mod.py").write_text("def f(n, pair=(1, 2)):\n    return n\n")
    (project.path / "test_f.py").write_text(
        "import mod\n\ndef test_f():\n    for n in range(9):\n        mod.f(n)\n"
    )
    options = ("--mg-record=mod:f", "--mg-record-to=kept/f.jsonl")

    project.spawn(*options, "--mg-record-limit=2")
    result = project.spawn(*options, "--mg-record-limit=5")

    result.stdout.fnmatch_lines(
        [
            "recorded 3 new calls of mod:f*",
            "left out: * calls are beyond the 5 that are kept at most",
        ]
    )
    assert len(recorded(project.path / "kept" / "f.jsonl").cases) == 5
    assert recorded(project.path / "kept" / "f.jsonl").cases[0] == (0, (1, 2))
    with (project.path / "kept" / "f.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(TaskError, match="line 6: is no call that --mg-record wrote"):
        recorded(project.path / "kept" / "f.jsonl")


def test_a_function_that_is_not_there_is_refused(project):
    (project.path / "mod.py").write_text("f = 3\n")
    (project.path / "test_f.py").write_text("def test_f(): ...\n")

    for place, said in (
        ("mod", "expected package.module:function"),
        ("mod:g", "--mg-record=mod:g: AttributeError: module 'mod' has no attribute 'g'"),
        ("mod:f", "--mg-record=mod:f: TypeError: f is no function"),
        ("nowhere:f", "--mg-record=nowhere:f: ModuleNotFoundError: No module named 'nowhere'"),
    ):
        result = project.spawn(f"--mg-record={place}")
        assert result.ret != 0
        assert said in result.stdout.str() + result.stderr.str()
