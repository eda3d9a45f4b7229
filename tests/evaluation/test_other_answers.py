"""A gate that adopts says on how many inputs the answers differ, where nothing compares them."""

import json

import pytest

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range(-40, 60)]{options})

@t.relation(expect=lambda before, after: after >= before)
def more(x):
    return (x + 2,)

@t.property(soft=True)
def whole(output):
    assert output == int(output)
"""
OLD = "def solve(x):\n    return x / 2\n"
# Right for all that the relation asks, and wrong for every odd number.
FLOOR = "def solve(x):\n    return x // 2\n"
SAID = (
    "the answers differ from the baseline's on 50 of 100 inputs, such as (1); no relation "
    "compares them, agreement=True does"
)


@pytest.fixture
def adopt(gate):
    def run(*args, new=FLOOR, options="", **more):
        (gate.path / "test_it.py").write_text(TASK.format(options=options))
        (gate.path / "new.py").write_text(new)
        (gate.path / "old.py").write_text(OLD)
        return gate.run(*args, **more)

    return run


def read(run):
    """Return what was said of answers: on the screen, and in the decision."""
    said = [note for one in run.decisions for note in one["notes"] if "answers differ" in note]
    return "answers differ" in run.text, said


def test_answers_that_no_relation_compares_are_told(adopt, workers):
    run = adopt(workers=workers)

    assert run.outcome == "adopt"
    assert read(run) == (True, [f"t: {SAID}"])
    assert f"warning: t: {SAID}" in " ".join(" ".join(run.lines).split())


@pytest.mark.parametrize(
    ("args", "options", "new"),
    [
        ((), "", OLD),
        ((), ", equivalence=approx(abs=0.5)", FLOOR),
        # Models hardly ever answer the same.
        (("--mg-policy=noninferior:margin=0.1",), "", FLOOR),
    ],
    ids=["equal", "equivalent", "rates"],
)
def test_nothing_is_said_where_nothing_is_to_be_told(adopt, args, options, new):
    run = adopt(*args, new=new, options=options)

    assert run.outcome == "adopt"
    assert read(run) == (False, [])


def test_an_agreement_judges_instead(adopt):
    run = adopt(options=", agreement=True")

    assert run.outcome == "reject"
    assert read(run) == (False, [])


def test_shards_say_it_together(adopt, gate, capsys):
    from pytest_metamorphic_guard.merge import main

    paths = []
    for number in (1, 2, 3):
        document = adopt(f"--mg-shard={number}/3").report
        paths.append(str(gate.path / f"{number}.json"))
        (gate.path / f"{number}.json").write_text(json.dumps(document))

    assert main([*paths, "-o", str(gate.path / "merged.json")]) == 0
    decision = json.loads((gate.path / "merged.json").read_text())["gate"]["decisions"][0]
    assert f"t: {SAID}" in decision["notes"]
    assert "answers differ" in capsys.readouterr().out
