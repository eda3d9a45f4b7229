"""Which constants of the user's code are tried as inputs, whatever else is imported."""

TASK = """
from pathlib import Path
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task
{imports}

one = Task("one", inputs=st.tuples(st.integers()))

@one.property
def seen(output, x):
    with open("seen.txt", "a") as file:
        print(x, file=file)
"""
PRICES = "FREE_FROM = 7_654_321\n"
SAME = "def solve(x):\n    return x\n"


def run(suite, *args):
    """Run the suite in a process of its own and return the inputs that its item saw."""
    seen = suite.path / "seen.txt"
    seen.unlink(missing_ok=True)
    result = suite.spawn("--mg-candidate=same.py", "--mg-n=300", *args)
    assert result.ret == 0, result.stdout.str()
    return seen.read_text().split()


def test_the_inputs_do_not_depend_on_what_other_files_import(suite):
    suite.write(
        test_task=TASK.format(imports=""),
        prices=PRICES,
        same=SAME,
        test_another="import prices\n\ndef test_price():\n    assert prices.FREE_FROM\n",
    )

    alone = run(suite, "test_task.py")
    assert run(suite, "test_another.py", "test_task.py") == alone
    assert "7654321" not in alone


def test_a_sample_does_not_depend_on_what_other_files_import(suite):
    suite.write(
        test_task=TASK.format(imports=""),
        prices=PRICES,
        same=SAME,
        test_another="import prices\n\ndef test_price():\n    assert prices.FREE_FROM\n",
    )

    alone = run(suite, "test_task.py", "--mg-measure")
    assert run(suite, "test_another.py", "test_task.py", "--mg-measure") == alone


def test_constants_of_modules_that_the_task_uses_are_tried(suite):
    suite.write(test_task=TASK.format(imports="import prices"), prices=PRICES, same=SAME)
    assert "7654321" in run(suite, "test_task.py")

    # As are those of a module of which it uses a function.
    suite.write(
        test_task=TASK.format(imports="from prices import price"),
        prices=PRICES + "def price():\n    return FREE_FROM\n",
    )
    assert "7654321" in run(suite, "test_task.py")


def test_a_test_of_hypothesis_after_an_item_tries_what_is_imported(suite):
    suite.write(
        test_task=TASK.format(imports=""),
        prices=PRICES,
        same=SAME,
        test_zz="""
            import hypothesis, prices
            from hypothesis import strategies as st

            found = []

            @hypothesis.settings(max_examples=400, database=None)
            @hypothesis.seed(1)
            @hypothesis.given(st.integers(7_000_000, 8_000_000))
            def test_plain(x):
                found.append(x)

            def test_found():
                assert prices.FREE_FROM in found
        """,
    )
    run(suite, "test_task.py", "test_zz.py", "-p", "no:randomly")


ODD = """
from types import ModuleType

class Lazy:
    @property
    def __class__(self):
        raise RuntimeError("the settings are not configured yet")

class Unhashable(str):
    __hash__ = None

class Stranger:
    __module__ = Unhashable("somewhere")

settings, stranger, module = Lazy(), Stranger(), ModuleType("odd")
module.__name__ = ["odd"]
"""


def test_objects_that_answer_with_code_of_their_own_do_no_harm(suite):
    suite.write(test_task=TASK.format(imports=ODD), same=SAME)
    assert run(suite, "test_task.py")
