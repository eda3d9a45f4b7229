"""Mutants in real processes, against the entries of a task."""

import shutil
import textwrap
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, equal
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.strength.killing import Trial, count_kills, try_mutants
from pytest_metamorphic_guard.strength.mutants import Mutant, draw_mutants
from pytest_metamorphic_guard.strength.planting import Bed
from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("//init//", "/__init__")
        path = path.with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


@contextmanager
def prepare(task, original, seed=0, n=20):
    settings = Settings(candidates=(Assignment(original),), seed=seed, n=n)
    evaluation = Evaluation(settings, Rules(), [])
    try:
        with Bed(original) as bed:
            inputs = evaluation.samples.get(task, paired=False).inputs
            yield (
                bed,
                Trial(
                    task,
                    task.entries,
                    inputs,
                    original=bed.plant(),
                    make_run=evaluation.make_run,
                    settings=settings,
                ),
            )
    finally:
        evaluation.executors.close()


def make_task():
    task = Task("total", {"xs": st.lists(st.integers(0, 9), min_size=1, max_size=5)})

    @task.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    @task.property
    def positive(total, xs):
        assert total >= 0

    @task.property
    def wrong(total, xs):
        assert total < 3

    return task


def change(before, after, text):
    return Mutant(1, "by hand", (before,), (after,), text.replace(before, after))


@pytest.mark.slow  # waits for the end of a mutant that hangs
def test_a_kill_says_how_and_a_survivor_where_it_differs(tmp_path):
    text = textwrap.dedent("""\
        import os

        def solve(xs):
            total = 0
            for x in xs:
                total += x
            return total
    """)
    (tmp_path / "old.py").write_text(text)
    original = Implementation.from_path(tmp_path / "old.py", "solve")
    mutants = [
        change(before, after, text)
        for before, after in [
            ("return total", "return -total - 1"),
            ("return total", "return total * 10 + xs[0]"),
            ("return total", "return xs[7]"),
            ("return total", "while True: pass"),
            ("return total", "os._exit(3)"),
            ("return total", "return len(bytearray(4 << 30))"),
            ("import os", "import nowhere"),
            ("return total", "return total + 1"),
            ("return total", "return total + (xs == [77])"),
        ]
    ]
    with prepare(make_task(), original) as (bed, trial):
        tried = try_mutants(trial, bed, mutants)
        left = list(Path(bed._folder).iterdir())  # noqa: SLF001 - to see that nothing piles up
    assert [(one.status, one.how, one.differs) for one in tried] == [
        ("killed", "relation", None),
        ("killed", "relation", None),
        ("killed", "exception", None),
        ("killed", "limit", None),
        ("killed", "limit", None),
        ("killed", "limit", None),
        ("killed", "exception", None),
        ("survived", None, 20),
        ("same", None, 0),
    ]
    assert dict(tried[0].kills) == {"positive": "relation"}
    assert dict(tried[1].kills) == {"order": "relation"}
    assert (tried[7].example, tried[7].said) == ("([0])", "original 0, mutant 1")
    assert [(e.entry, e.kills, e.relation, e.alone) for e in count_kills(("order",), tried)] == [
        ("order", 6, 1, 1)
    ]
    said = "wrong is left out: the original itself violates it, on "
    assert [line[: len(said)] for line in trial.left_out] == [said]
    assert {path.name for path in left} == {"base", "m0001"}
    assert [path.name for path in tmp_path.iterdir()] == ["old.py"]


def test_a_mutant_keeps_its_place_in_a_package_and_its_neighbours(tmp_path, monkeypatch):
    write(
        tmp_path,
        shop__init_="",
        shop__tax__init_="from .rates import RATE\n",
        shop__tax__rates="RATE = 2\n",
        shop__core="""\
            from pathlib import Path

            from . import names
            from .tax import RATE
            import beside

            def solve(xs):
                assert __name__ == "shop.core" and names.me().endswith("core.py")
                return sum(xs) * RATE + beside.ZERO
        """,
        shop__names="""\
            def me():
                from . import core
                return core.__file__
        """,
        beside="ZERO = 0\n",
        unrelated="raise SystemExit('never imported')\n",
    )
    for name in ("shop", "shop/tax"):
        shutil.move(tmp_path / name / "init_.py", tmp_path / name / "__init__.py")
    original = Implementation.from_path(tmp_path / "shop" / "core.py", "solve")
    drawn = draw_mutants(original, limit=50, seed=1)
    with prepare(make_task(), original) as (bed, trial):
        planted = bed.plant()
        names = {path.name for path in Path(planted.target).parents[1].iterdir()}
        bed.remove(planted)
        tried = try_mutants(trial, bed, drawn.mutants)
        again = try_mutants(trial, bed, drawn.mutants)
    assert names == {"shop", "beside.py"}
    by_diff = {one.diff.split("\n+ ")[1].strip(): one for one in tried}
    assert by_diff["return sum(xs) / RATE + beside.ZERO"].status == "survived"
    assert by_diff["return sum(xs) * RATE - beside.ZERO"].status == "same"
    assert tried == again


def test_a_function_that_its_file_imports_is_changed_where_it_stands(tmp_path):
    (tmp_path / "shop" / "core").mkdir(parents=True)
    (tmp_path / "shop" / "core" / "__init__.py").write_text("")
    (tmp_path / "shop" / "__init__.py").write_text("from .core.adding import add as solve\n")
    text = "from .. import core\n\ndef add(xs):\n    return sum(xs) + 0\n"
    (tmp_path / "shop" / "core" / "adding.py").write_text(text)
    original = Implementation.from_path(tmp_path / "shop" / "__init__.py", "solve")
    drawn = draw_mutants(original, limit=50, seed=1)
    with prepare(make_task(), original, n=5) as (bed, trial):
        tried = try_mutants(trial, bed, drawn.mutants)
    found = {one.diff.split("\n+ ")[1]: one.status for one in tried}
    assert found["return sum(xs) - 0"] == "same"
    assert found["return sum(xs) + 1"] == "survived"
    assert (tmp_path / "shop" / "core" / "adding.py").read_text() == text


def test_what_cannot_be_called_from_its_copy_is_said_in_a_line(tmp_path):
    (tmp_path / "old.py").write_text(
        "assert 'mg-strength' not in __file__, 'only at home'\ndef solve(xs):\n    return 1 + 1\n"
    )
    original = Implementation.from_path(tmp_path / "old.py", "solve")
    with (
        pytest.raises(ImplementationError, match=r"a copy of it in a temporary folder fails.*home"),
        prepare(make_task(), original),
    ):
        pass
