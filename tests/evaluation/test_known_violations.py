"""Violations that a file excuses: they fail nothing, hide no other, and end on a day."""

import json
import subprocess
import sys

import jsonschema
import pytest

from pytest_metamorphic_guard.report.document import read_schema

TASK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range(60)])

@t.property
def right(output, x):
    assert output == x

@t.property
def number(output, x):
    assert isinstance(output, int)
"""
ENTRY = """
[[known]]
task = "t"
entry = "right"
{covers}
reason = "agreed with the team"
ticket = "MG-7"
expires = {expires}
"""
LATER, BEFORE = "2999-01-31", "2020-01-31"


class Known:
    """A project with a candidate that is wrong, and a file of known violations."""

    def __init__(self, gate):
        self.gate = gate
        self.path = gate.path

    def write(self, *covers, expires=LATER, wrong=(), task=TASK):
        (self.path / "test_it.py").write_text(task)
        for name, inputs in (("old", ()), ("new", wrong)):
            self.gate.write_implementation(name, *inputs)
        entries = (ENTRY.format(covers=one, expires=expires) for one in covers)
        (self.path / "known.toml").write_text("".join(entries))

    def run(self, *options, **how):
        return self.gate.run("--mg-known=known.toml", "-rx", *options, **how)

    def merge(self, *reports):
        command = [sys.executable, "-m", "pytest_metamorphic_guard.merge", *reports, "-o", "all"]
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def known(gate):
    return Known(gate)


def get_one(run):
    jsonschema.validate(run.report, read_schema())
    (one,) = run.report["known"]
    return one


@pytest.mark.parametrize("how", [{}, {"gate": False}, {"gate": False, "baseline": None}])
def test_one_that_is_known_passes_and_is_counted_apart(known, how):
    known.write('input = "(7,)"', wrong=[7])

    run = known.run(**how)

    assert run.ret == 0
    run.result.assert_outcomes(passed=1 + ("gate" not in how), xfailed=1)
    assert "such as (7): agreed with the team (MG-7, until 2999-01-31)" in run.text
    one = get_one(run)
    assert (one["status"], one["violated"], one["inputs"]) == ("occurred", 1, 1)
    if run.outcome:
        assert run.outcome == "adopt"
        assert run.reason.endswith(", with 1 known violation")
        assert run.decisions[0]["known"] == 1


@pytest.mark.parametrize("how", [{}, {"gate": False}])
@pytest.mark.parametrize("covers", ['input = "(7,)"', 'condition = "x % 10 == 7"'])
def test_it_hides_no_other_of_the_same_entry(known, covers, how, workers):
    known.write(covers, wrong=[7, 41])

    run = known.run(workers=workers, **how)

    assert run.ret == 1
    assert "x = 41" in run.text
    assert "x = 7" not in run.text
    assert get_one(run)["status"] == "occurred"
    assert run.outcome in (None, "reject")


def test_a_shrunk_violation_is_never_a_known_one(known):
    task = TASK.replace("[(x,) for x in range(60)]", "st.tuples(st.integers(0, 5000))")
    known.write(
        'condition = "x < 100"',
        wrong=range(5000),
        task="from hypothesis import strategies as st" + task,
    )

    for how in ({}, {"gate": False}):
        run = known.run(**how)

        assert run.ret == 1
        assert "x = 100\n" in run.text


def test_after_its_day_it_fails_again_and_says_so(known, workers):
    known.write('condition = "x == 7"', wrong=[7], expires=BEFORE)

    run = known.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert "known       expired on 2020-01-31, so it fails again: agreed with the team" in run.text
    said = " ".join(run.text.split())
    assert "right: expired on 2020-01-31 and still violated: agreed with the team" in said
    assert get_one(run)["status"] == "expired"


def test_what_occurs_no_more_is_named_and_fails_only_where_that_is_asked(known, workers):
    known.write('input = "(7,)"', 'condition = "x > 900"', 'condition = "x == 3"', wrong=[3])

    run = known.run(workers=workers)
    strict = known.run("--mg-known-strict", workers=workers)

    assert [one["status"] for one in run.report["known"]] == ["gone", "unmet", "occurred"]
    assert "entry 1, t::right: no longer occurs: the input that it covers holds" in run.text
    assert "entry 2, t::right: no longer occurs: no input of this run is covered" in run.text
    assert (run.ret, strict.ret, strict.outcome) == (0, 1, "adopt")
    assert "\nknown.toml: entry 1, t::right: no longer occurs" in strict.text


def test_an_input_that_nobody_draws_is_run_all_the_same(known):
    known.write('input = "(700,)"', wrong=[700])

    assert get_one(known.run())["status"] == "occurred"
    assert get_one(known.run(gate=False))["status"] == "occurred"


@pytest.mark.parametrize(
    ("covers", "excused"),
    [
        ('candidate = "new.py"\ncondition = "x == 7"', True),
        ('candidate = "other.py"\ncondition = "x == 7"', False),
        ('role = "candidate"\ncondition = "x == 7"', True),
        ('role = "baseline"\ncondition = "x == 7"', False),
    ],
)
def test_it_excuses_whom_it_names(known, covers, excused):
    known.write(covers, wrong=[7])

    assert (known.run().ret == 0) is excused


def test_what_the_baseline_violates_too_is_excused_by_its_role(known):
    known.write('role = "baseline"\ncondition = "True"', wrong=[7])
    known.gate.write_implementation("old", 7)

    run = known.run("--mg-fail-on=violation", gate=False)

    assert run.ret == 0
    assert get_one(run)["violated"] == 1


def test_where_all_is_known_nothing_is_adopted(known):
    known.write('condition = "True"', wrong=[7])

    run = known.run("--mg-policy=superior:min_delta=0.01")

    assert run.outcome == "inconclusive"
    assert "known violations cover every input of t::right" in run.reason


@pytest.mark.parametrize("policy", ["strict", "noninferior:margin=0.1"])
@pytest.mark.parametrize("stop", [(), ("--mg-early-stop",)])
def test_what_is_covered_enters_no_rate(known, policy, stop):
    known.write('condition = "x < 30"', wrong=range(30))

    run = known.run(f"--mg-policy={policy}", *stop)

    assert run.outcome == "adopt"
    (row,) = (r for r in run.decisions[0]["tasks"][0]["relations"] if r["relation"] == "right")
    assert row["passed"] == row["ran"] <= 30
    assert run.reason.endswith("with 1 known violation")


def test_a_rate_is_asked_of_the_rest(known):
    task = TASK.replace("@t.property\ndef right", "@t.property(min_pass_rate=0.9)\ndef right")
    known.write('condition = "x < 20"', wrong=range(24), task=task)

    assert known.run(gate=False).ret == 0

    known.write('condition = "x < 20"', wrong=range(26), task=task)

    run = known.run(gate=False)
    assert run.ret == 1
    assert "holds in 34 of 40 cases" in run.text


def test_a_condition_that_would_compute_for_ever_excuses_nothing_and_says_why(known):
    endless = {
        "x < 9**9**9": "computes a number of more than 100,000 bits",
        "all(n + 1 for n in range(10**12))": "goes through more than 3,000,000 elements",
        "sum(sum(range(10**4)) for n in range(x, 10**9)) > 0": "goes through more than",
        "0.5 in range(10**15)": "goes through more than",
        "[x] * 10**10 == []": "makes something of more than 1,000,000 elements",
        "'%99999999999d' % x": "makes something of more than",
        "str(x).ljust(10**11)": "makes something of more than",
    }
    known.write(*(f'condition = "{one}"' for one in endless), wrong=[7])

    run = known.run(gate=False)

    assert run.ret == 1
    text = " ".join(run.text.split())
    for number, said in enumerate(endless.values(), 1):
        begun = f"entry {number}, t::right: did not run to its end; its condition raised"
        assert f"{begun} TooMuchWork: {said}" in text

    usual = "isinstance(x, (int, str)) and x in range(10**15) and max([x * 2] * 2) == 14 and "
    usual += "[*zip(range(2), range(2))] == [(0, 0), (1, 1)] and '%03d' % x == '007'"
    known.write(f'condition = "{usual}"', wrong=[7])
    assert known.run(gate=False).ret == 0


def test_monitors_and_ends_apart_do_not_count_it(known):
    known.write('condition = "x < 30"')
    raising = "def solve(x):\n    if x < 30:\n        raise ValueError\n    return x\n"
    (known.path / "new.py").write_text(raising)
    text = (known.path / "known.toml").read_text()
    (known.path / "known.toml").write_text(text + text.replace('"right"', '"number"'))

    run = known.run("--mg-monitor=success_rate", "--mg-policy=noninferior:margin=0.3")

    assert run.report["differences"] == []
    assert run.outcome != "reject" or "success_rate" in run.reason


def test_shards_that_are_merged_say_what_one_run_says(known):
    known.write('condition = "x % 2"', 'input = "(8,)"', wrong=[7, 9])
    options = ("--mg-known-strict", "--mg-report=whole.json")
    known.run(*options)
    whole = json.loads((known.path / "whole.json").read_text())
    for number in (1, 2):
        run = known.run(f"--mg-shard={number}/2", f"--mg-report={number}.json", "--mg-known-strict")
        assert "no longer occurs" not in run.text

    status, said = known.merge("1.json", "2.json")

    merged = json.loads((known.path / "all").read_text())
    assert merged["known"] == whole["known"]
    assert merged["gate"] == whole["gate"]
    assert status == 1
    assert "FAILED metamorphic-guard::known - known.toml: entry 2" in said
    assert merged["gate"]["reason"].endswith("with 1 known violation")


def test_a_program_reads_the_same_file(known):
    known.write('input = "(7,)"', wrong=[7])
    text = """
import test_it
from pathlib import Path
from metamorphic_guard import api
result = api.run(
    test_it.t,
    api.Implementation.from_path("old.py"),
    api.Implementation.from_path("new.py"),
    api.EvaluationConfig(executor="inprocess", known="known.toml"),
)
print(result.outcome, result.reason, result.report["known"][0]["status"])
Path("known.toml").write_text(Path("known.toml").read_text().replace("right", "rigth"))
try:
    api.run(test_it.t, None, api.Implementation.from_path("new.py"),
            api.EvaluationConfig(known="known.toml"))
except Exception as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=known.path, capture_output=True, text=True, check=False
    )

    assert done.stdout.startswith("adopt"), done.stderr
    assert "with 1 known violation occurred" in done.stdout
    assert "known.toml: entry 1 (line 2): task 't' has no 'rigth'. Did you mean 'right'?" in (
        done.stdout
    )
