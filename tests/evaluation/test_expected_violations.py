"""A violation that is marked xfail is expected to the gate, too."""

import pytest

MARKED = """
import pytest
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range(100)])

@t.property(marks=[pytest.mark.xfail(reason="known"{strict})])
def right(output, x):
    assert output == x

@t.property
def number(output, x):
    assert isinstance(output, int)
"""
CONFTEST = """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "right":
            item.add_marker(pytest.mark.xfail(reason="known"))
"""
WRONG = range(20, 40)


@pytest.fixture
def marked(gate):
    """A task of which one property is marked."""
    gate.write(old=(), new=WRONG)
    (gate.path / "test_it.py").write_text(MARKED.format(strict=""))
    return gate


@pytest.mark.parametrize(
    "options", [(), ("--mg-policy=noninferior:margin=0.06",), ("--mg-early-stop",)]
)
def test_it_does_not_reject_and_is_noted(marked, options, workers):
    run = marked.run(*options, workers=workers)

    run.result.assert_outcomes(passed=2, xfailed=1)
    assert (run.ret, run.outcome) == (0, "adopt")
    (note,) = (note for note in run.decisions[0]["notes"] if "xfail" in note)
    assert note.startswith("t::right is marked xfail")


def test_a_conftest_may_mark_it(marked, workers):
    (marked.path / "test_it.py").write_text(
        MARKED.format(strict="").replace('(marks=[pytest.mark.xfail(reason="known")])', "")
    )
    assert marked.run(workers=workers).outcome == "reject"
    (marked.path / "conftest.py").write_text(CONFTEST)

    assert marked.run(workers=workers).outcome == "adopt"


def test_what_is_not_marked_still_rejects(marked):
    (marked.path / "new.py").write_text("def solve(x):\n    return str(x)\n")

    run = marked.run()

    assert run.outcome == "reject"
    assert "number" in run.reason


def test_where_everything_is_marked_nothing_is_adopted(marked):
    text = (marked.path / "test_it.py").read_text()
    (marked.path / "test_it.py").write_text(text.partition("\n@t.property\n")[0])

    run = marked.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "all that t checks is marked xfail" in run.reason


def test_one_that_passes_is_what_pytest_says(marked):
    marked.write(old=(), new=())
    (marked.path / "test_it.py").write_text(MARKED.format(strict=""))
    loose = marked.run()
    (marked.path / "test_it.py").write_text(MARKED.format(strict=", strict=True"))
    strict = marked.run()

    assert (loose.ret, loose.outcome) == (0, "adopt")
    loose.result.assert_outcomes(passed=2, xpassed=1)
    assert strict.ret == 1
    strict.result.assert_outcomes(passed=2, failed=1)
