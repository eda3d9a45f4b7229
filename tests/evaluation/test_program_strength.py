"""Strength and trivial answers of an evaluation from a program."""

import textwrap

import jsonschema
import pytest
from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, api, equal
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.report.document import read_schema

OLD = textwrap.dedent("""\
    def solve(xs):
        total = 0
        for x in xs:
            total += x
        return total
""")


@pytest.fixture
def task():
    made = Task("total", {"xs": st.lists(st.integers(0, 9), max_size=4)})

    @made.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    return made


def run(task, folder, old=OLD, **config):
    for name, text in (("old", old), ("new", OLD)):
        (folder / f"{name}.py").write_text(text)
    baseline, candidate = (api.Implementation.from_path(folder / f"{n}.py") for n in ("old", "new"))
    result = api.run(task, baseline, candidate, api.EvaluationConfig(n=20, seed=1, **config))
    jsonschema.validate(result.report, read_schema())
    return result


def test_a_program_gets_strength_and_what_its_relations_would_accept(task, tmp_path):
    result = run(task, tmp_path, strength=True, strength_limit=3)
    assert result.adopt
    [found] = result.report["strength"]
    assert len(found["mutants"]) == 3
    assert found["implementation"] == str(tmp_path / "old.py")
    [accepted] = result.report["vacuity"]
    assert accepted == {"task": "total", "where": "", "answers": ["always 0"], "agreed": False}
    strict = run(task, tmp_path, vacuity="error")
    assert strict.outcome == "inconclusive"
    assert "would also accept: always 0" in strict.reason
    assert run(task, tmp_path, vacuity="off").report["vacuity"] == []
    with pytest.raises(ImplementationError, match="nothing in 'solve' can be changed"):
        run(task, tmp_path, old="def solve(xs):\n    return sum(xs)\n", strength=True)
    with pytest.raises(ValueError, match="expected warn, error or off"):
        api.EvaluationConfig(vacuity="maybe")
