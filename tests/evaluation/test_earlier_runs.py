"""What changed since an earlier report, and the reports of the last runs."""

import json
import subprocess
import sys

import jsonschema
import pytest

from pytest_metamorphic_guard.evaluation.past.earlier_reports import find_past, keep_report
from pytest_metamorphic_guard.report.document import read_schema

NAME = "metamorphic-guard-20200101T00000{}Z-00000000.json"

DRAWN = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

t = Task("t", inputs=st.tuples(st.integers(0, 900)))

@t.property
def right(output, x):
    assert output == x
"""


@pytest.fixture
def minimal():
    """The least that a report has."""

    def make(**changes):
        return {
            "report_version": "1.0",
            "items": [],
            "violations": [],
            "monitors": [],
            "times": {
                "started_at": "2020-01-01T00:00:00.000+00:00",
                "duration_s": 1,
                "items_s": {},
            },
        } | changes

    return make


def join(run):
    return " ".join(run.text.split())


def test_what_came_went_and_stayed_is_said_everywhere(gate, workers, monkeypatch):
    page = gate.path / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    gate.write(new=(7,), extra="\n@t.property\ndef small(output, x):\n    assert output > -1\n")
    gate.run("--mg-seed=1", workers=workers)
    (gate.path / "report.json").rename(gate.path / "last.json")
    text = (gate.path / "test_it.py").read_text()
    (gate.path / "test_it.py").write_text(text.replace("after == before + 1", "True"))
    gate.write_implementation("new", 7, 9, 11)

    run = gate.run("--mg-seed=1", "--mg-compare=last.json", "--mg-html=page.html", workers=workers)

    jsonschema.validate(run.report, read_schema())
    since = run.report["since"]
    assert [(one["entry"], one["input"]) for one in since["gone"]] == [("t::next_one", "(6,)")]
    assert {one["entry"] for one in since["unchanged"]} == {"t::right", "t::small"}
    (rate,) = (one for one in since["rates"] if one["entry"] == "t::right")
    assert (rate["passed_before"], rate["passed"], rate["ran"]) == (99, 97, 100)
    assert rate["pairs"]["regressions"] == 2
    assert rate["interval"]["lower"] < -0.02 < rate["interval"]["upper"]
    said = join(run)
    assert "since last.json of 2" in said
    assert "gone t::next_one holds; it was violated for (6,)" in said
    assert "t::right holds on 97 of 100 (97 %), then 99 of 100 (99 %)" in said
    assert "on the same inputs 2 worse and 0 better, -2.0 points" in said
    assert "### Since last" in page.read_text()
    assert "What changed since last.json" in (gate.path / "page.html").read_text()


def test_of_other_inputs_no_interval_is_said(gate):
    task = DRAWN
    gate.write(new=range(9))
    (gate.path / "test_it.py").write_text(task)
    gate.run("--mg-seed=1")
    (gate.path / "report.json").rename(gate.path / "last.json")

    run = gate.run("--mg-seed=2", "--mg-compare=last.json")

    (rate,) = run.report["since"]["rates"]
    assert (rate["pairs"], rate["interval"]) == (None, None)


def test_nothing_changed_and_the_newest_of_a_folder(gate, minimal):
    folder = gate.path / "past"
    folder.mkdir()
    (folder / NAME.format(1)).write_text(json.dumps(minimal(violations=[{"node_id": "x"}])))
    (folder / "damaged.json").write_text("{")
    (folder / "other.json").write_text("[]")

    first = gate.run("--mg-compare=past", "--mg-report=past/")
    second = gate.run("--mg-compare=past")

    assert "--mg-compare: there is no earlier report yet" in first.text
    assert "since metamorphic-guard-2" in second.text
    assert "nothing changed" in second.text
    assert second.report["since"]["new"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "it cannot be read: No such file or directory"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it is no report written by --mg-report"),
        ('{"report_version": "2.0"}', "it is a report of version 2.0, and 1.x is read here"),
        ('{"report_version": "1.9"}', "it is a damaged report"),
        ('{"report_version": "1.0", "shard": {}}', "it is the report of one shard"),
        ('{"report_version": "1.0", "items": 3, "violations": [1]}', "it is a damaged report"),
    ],
)
def test_a_wrong_report_is_refused_in_a_line_before_anything_runs(gate, content, said):
    if content is not None:
        (gate.path / "last.json").write_text(content)

    run = gate.run("--mg-compare=last.json")

    assert run.ret == 4
    assert "last.json: " + said in run.errors
    assert len([line for line in run.errors.splitlines() if line]) == 1


def test_a_hostile_report_is_text(gate, minimal):
    evil = "\x1b[2J\n::error::</script><script>alert(1)</script>\u202e"
    item = {"node_id": f"a::t::{evil}", "outcome": "failed", "cases": 1}
    violation = {"node_id": f"a::t::{evil}", "source_input": evil}
    monitor = {"monitor": evil, "status": evil, "alerts": [{"type": evil, "message": evil}]}
    document = minimal(items=[item], violations=[violation], monitors=[monitor])
    (gate.path / "last.json").write_text(json.dumps(document))

    run = gate.run("--mg-compare=last.json", "--mg-html=page.html")

    assert "\x1b[2J" not in run.text
    assert not [line for line in run.lines if line.strip().startswith("::")]
    assert "<script>alert" not in (gate.path / "page.html").read_text()


def test_a_folder_keeps_runs_and_shows_the_last(gate, workers):
    for wrong in ((), (7,), ()):
        gate.write_implementation("new", *wrong)
        run = gate.run("--mg-history=kept", "--mg-html=page.html", workers=workers)

    assert len(list((gate.path / "kept").iterdir())) == 3
    outcomes = [one["outcome"] for one in run.report["history"]]
    assert outcomes == ["adopt", "reject", "adopt"]
    shown = run.text.partition("last runs (kept):")[2].splitlines()[1:4]
    assert [line.split()[2] for line in shown] == outcomes
    assert "adopt        100.00 % of 200, 0 violations, new.py" in shown[2]
    assert 'aria-label="share of checks that held' in (gate.path / "page.html").read_text()


def test_of_many_only_the_last_are_kept_and_nobody_elses_files_go(tmp_path, minimal):
    other = tmp_path / "metamorphic-guard-notes.json"
    other.write_text("[]")
    for number in range(101):
        stamp = f"2020-01-01T00:{number // 60:02}:{number % 60:02}.000+00:00"
        times = {"started_at": stamp, "duration_s": 1, "items_s": {}}
        keep_report(minimal(times=times, since=None), tmp_path)

    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 101
    assert other in kept
    assert not any("T000000Z" in path.name for path in kept)
    assert len(find_past(None, tmp_path).runs) == 30


def test_runs_that_begin_within_a_second_are_in_the_order_of_time(tmp_path, minimal):
    (tmp_path / NAME.format(1)).write_text(json.dumps(minimal()))
    for number in range(12):
        stamp = f"2020-01-01T00:00:02.{number:03}+00:00"
        times = {"started_at": stamp, "duration_s": 0.01, "items_s": {}}
        newest = keep_report(minimal(times=times, since=None), tmp_path)

    past = find_past(tmp_path, tmp_path)
    assert [one.started_at[20:23] for one in past.runs[1:]] == [f"{n:03}" for n in range(12)]
    assert past.name == newest.name


def test_a_program_compares_and_keeps(gate):
    gate.write(new=(7,))
    text = """
import test_it
from metamorphic_guard import api
config = api.EvaluationConfig(executor="inprocess", compare="kept", history="kept")
for _ in range(2):
    result = api.run(test_it.t, api.Implementation.from_path("old.py"),
                     api.Implementation.from_path("new.py"), config)
print(len(result.report["history"]), len(result.report["since"]["unchanged"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=gate.path, capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == ["2", "2"], done.stderr
