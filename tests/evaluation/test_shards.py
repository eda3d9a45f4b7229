"""Shards of one run, merged: the same decision, report and exit status as the run itself."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import jsonschema
import pytest

from pytest_metamorphic_guard.merge import main
from pytest_metamorphic_guard.report.document import read_schema
from pytest_metamorphic_guard.report.shard_data import unpack_shard

TASKS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import *

t = Task(
    "t",
    inputs=st.tuples(st.integers(-50, 50)),
    metrics=[
        Metric("size", lambda output, arguments: output),
        Metric("part", lambda output, arguments: output, sample_rate=0.5),
    ],
    cluster=lambda x: str(x % 7),
    group=lambda x: "even" if x % 2 == 0 else "odd",
    examples=[(3,), (77,)],
)

@t.property
def right(output, x):
    assert output == x

@t.property(soft=True)
def small(output, x):
    assert output < 40

@t.relation(expect=lambda before, after: after == before + 1, precondition=lambda x: x % 3)
def next_one(x):
    return (x + 1,)

@t.relation(sources=2, expect=lambda before, after: after == sum(before))
def added(first, second):
    return (first[0] + second[0],)

@t.law
def offset(solve, x):
    assert solve(x) - solve(0) == x

@t.property(min_pass_rate=0.9)
def mostly(output, x):
    assert output == x

u = Task("u", inputs=[(x,) for x in range(40)])

@u.property
def listed(output, x):
    assert output == x
"""
OWN = """

def test_of_my_own(mg_candidate):
    assert mg_candidate(1) == 1
"""
RIGHT = "def solve(x):\n    return x\n"
WRONG = """
def solve(x):
    if x in (13, 41):
        raise ValueError(x)
    return -1 if x in (17, -33, 21, 5) else x
"""
# Differs in nothing but the number 9, and on it in almost nothing.
ROUNDED = "def solve(x):\n    return -x if x == 9 else x + 0\n"


class Shards:
    """A project, its run, and the same run in shards."""

    def __init__(self, project, capsys):
        self.project = project
        self.path = project.path
        self._capsys = capsys
        project.write(test_it=TASKS + OWN, old=RIGHT, good=RIGHT + "\n", new=WRONG, near=ROUNDED)

    def run(self, name, *args, workers=False):
        """Run pytest with a report of this name; return what came of it."""
        report = self.path / f"{name}.json"
        # Only a run of whole samples tries answers that do nothing.
        given = ["--mg-baseline=old.py", f"--mg-report={report}", "--mg-vacuity=off", *args]
        if not any(arg.startswith("--mg-candidate") for arg in args):
            given.append("--mg-candidate=new.py")
        if not any(arg.startswith("--mg-executor") for arg in args):
            given.append("--mg-executor=inprocess")
        result = (self.project.spawn if workers else self.project.run)(*given)
        self._capsys.readouterr()
        text = report.read_text() if report.exists() else "null"
        return SimpleNamespace(
            status=int(result.ret),
            lines=result.outlines,
            errors=[*result.errlines, *result.outlines],
            report=json.loads(text),
            path=report,
        )

    def split(self, count, *args, **options):
        """Run the same in so many shards; return them."""
        return [
            self.run(f"shard{number}", f"--mg-shard={number}/{count}", *args, **options)
            for number in range(1, count + 1)
        ]

    def merge(self, paths, *args):
        """Merge reports, and return what came of it."""
        output = self.path / "merged.json"
        output.unlink(missing_ok=True)
        status = main([*map(str, paths), "-o", str(output), *args])
        said = self._capsys.readouterr()
        text = output.read_text() if output.exists() else "null"
        return SimpleNamespace(
            status=status,
            lines=said.out.splitlines(),
            errors=said.err.splitlines(),
            report=json.loads(text),
        )


@pytest.fixture
def shards(project, capsys):
    """A project with two tasks, a baseline and candidates, to run whole and in shards."""
    return Shards(project, capsys)


def drop_times(report):
    """Return a report without what depends on the clock."""
    return {key: value for key, value in report.items() if key != "times"}


def find_summary(lines):
    """Return the lines of the summary, without the report's own."""
    start = next(n for n, line in enumerate(lines) if " metamorphic guard " in line)
    found = []
    for line in lines[start + 1 :]:
        if line.startswith(("report: ", "FAILED", "====")):
            break
        found.append(line)
    return found


@pytest.mark.parametrize(
    ("count", "candidate"), [(1, "new.py"), (2, "new.py"), (5, "new.py"), (2, "good.py")]
)
def test_merged_shards_say_what_the_run_says(shards, count, candidate):
    options = [f"--mg-candidate={candidate}", "--mg-gate", "--mg-monitor=errors", "--mg-n=40"]
    whole = shards.run("whole", *options, "--mg-monitor=flakiness")
    parts = shards.split(count, *options, "--mg-monitor=flakiness")

    merged = shards.merge([part.path for part in parts])

    assert drop_times(merged.report) == drop_times(whole.report)
    assert merged.status == whole.status
    assert find_summary(merged.lines)[: len(find_summary(whole.lines))]
    jsonschema.validate(merged.report, read_schema())
    # Nothing was run twice, and nothing was left out.
    ran = sum(item["cases"] for part in parts for item in part.report["items"])
    assert ran == sum(item["cases"] for item in whole.report["items"])


def test_the_summary_of_merged_shards_is_that_of_the_run(shards):
    whole = shards.run("whole", "--mg-gate", "--mg-monitor=errors", "-k", "right or listed")
    parts = shards.split(3, "--mg-gate", "--mg-monitor=errors", "-k", "right or listed")

    merged = shards.merge([part.path for part in reversed(parts)])

    assert find_summary(merged.lines) == find_summary(whole.lines)
    assert any(line.startswith("REJECT: ") for line in merged.lines)
    failed = [line for line in merged.lines if line.startswith("FAILED test_it.py::t::right - ")]
    assert len(failed) == 1
    assert any("in case" in line for line in merged.lines)


def test_a_shard_alone_decides_nothing_and_fails_by_its_tests_alone(shards):
    good = shards.run("good", "--mg-shard=2/8", "--mg-gate", "--mg-candidate=good.py")
    bad = shards.run("bad", "--mg-shard=2/3", "--mg-gate", "-k", "right")

    assert (good.status, bad.status) == (0, 1)
    assert "INCONCLUSIVE: this is shard 2 of 8: merge the reports" in good.lines
    assert bad.report["gate"]["outcome"] == "inconclusive"
    assert bad.report["gate"]["reason"] == "this is shard 2 of 3: merge the reports"
    assert good.report["shard"]["number"] == 2
    assert good.report["shard"]["count"] == 8
    jsonschema.validate(good.report, read_schema())


def test_a_run_without_shards_has_the_report_it_had(shards):
    assert "shard" not in shards.run("whole", "--mg-measure").report


def test_shards_run_with_workers_and_are_named_by_environment_and_file(shards, monkeypatch):
    options = ("--mg-gate", "--mg-n=30", "-k", "right or added")
    whole = shards.run("whole", *options)
    monkeypatch.setenv("MG_SHARD", "1/2")
    first = shards.run("first", *options)
    monkeypatch.delenv("MG_SHARD")
    (shards.path / "pytest.ini").write_text("[pytest]\nmg_shard = 2/2\n")
    second = shards.run("second", *options, "-n2", workers=True)

    merged = shards.merge([first.path, second.path])

    assert first.report["shard"]["number"] == 1
    assert second.report["shard"]["number"] == 2
    assert drop_times(merged.report) == drop_times(whole.report)


def test_several_candidates_are_ranked_as_in_one_run(shards):
    options = ["--mg-candidate=new.py", "--mg-candidate=good.py", "--mg-candidate=near.py"]
    options += ["--mg-gate", "--mg-policy=noninferior:margin=0.2", "--mg-n=60"]
    whole = shards.run("whole", *options, "-k", "right or next_one")
    parts = shards.split(2, *options, "-k", "right or next_one")

    merged = shards.merge([part.path for part in parts])

    assert merged.report["gate"] == whole.report["gate"]
    assert drop_times(merged.report) == drop_times(whole.report)
    assert merged.status == whole.status


def test_a_rate_is_judged_on_the_whole_sample(shards):
    # 12 of 100 inputs are wrong, and 9 of these are of the first of two shards.
    shards.project.write(
        test_it="""
        from pytest_metamorphic_guard import *

        t = Task("t", inputs=[(x,) for x in range(100)])

        @t.property(min_pass_rate=0.9)
        def mostly(output, x):
            assert output == x

        @t.property(min_pass_rate=0.85)
        def rather(output, x):
            assert output == x
        """,
        new="def solve(x):\n    return -1 if x in {*range(0, 18, 2), 31, 33, 35} else x\n",
    )
    whole = shards.run("whole", "--mg-measure")
    parts = shards.split(2, "--mg-measure")

    merged = shards.merge([part.path for part in parts])

    outcomes = {item["relation"]: item["outcome"] for item in merged.report["items"]}
    assert outcomes == {"mostly": "failed", "rather": "passed"}
    assert drop_times(merged.report) == drop_times(whole.report)
    assert [part.status for part in parts] == [0, 0]
    assert merged.status == whole.status == 1
    assert any("holds in 88 of 100 cases (88 %)" in line for line in merged.lines)


def test_what_hangs_ends_the_merged_run_where_it_ends_the_run(shards):
    shards.project.write(
        test_it="""
        from pytest_metamorphic_guard import *

        t = Task("t", inputs=[(x,) for x in range(60)], timeout_s=0.05)

        @t.property
        def right(output, x):
            assert output == x
        """,
        new="def solve(x):\n    while True:\n        pass\n",
    )
    options = ("--mg-gate", "--mg-executor=local", "--mg-shrink=off")
    whole = shards.run("whole", *options)
    parts = shards.split(2, *options)

    merged = shards.merge([part.path for part in parts])

    assert merged.report["gate"] == whole.report["gate"]
    assert merged.report["items"] == whole.report["items"]


def test_a_small_share_that_says_nothing_breaks_nothing(shards):
    # Of three inputs a fifth shard has none, and another's only one is skipped.
    shards.project.write(
        test_it="""
        from pytest_metamorphic_guard import *

        t = Task("t", inputs=[(x,) for x in range(3)])

        @t.property(precondition=lambda x: x != 1)
        def right(output, x):
            assert output == x
        """
    )
    whole = shards.run("whole", "--mg-gate", "--mg-candidate=good.py")
    parts = shards.split(5, "--mg-gate", "--mg-candidate=good.py")

    merged = shards.merge([part.path for part in parts])

    assert [part.status for part in parts] == [0] * 5
    assert drop_times(merged.report) == drop_times(whole.report)
    assert merged.status == whole.status


def test_what_users_fail_themselves_fails_the_merged_run(shards):
    shards.project.write(
        test_it="""
        def test_plain():
            assert 1 == 2

        def test_with_the_candidate(mg_candidate):
            assert mg_candidate(13) == 13
        """
    )
    parts = shards.split(2, "--mg-measure")

    merged = shards.merge([part.path for part in parts])

    assert merged.status == 1
    failed = [line.split(" - ")[0] for line in merged.lines if line.startswith("FAILED")]
    assert failed == [
        "FAILED test_it.py::test_plain",
        "FAILED test_it.py::test_with_the_candidate",
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--mg-shard=0/2"], "--mg-shard=0/2: expected I/N with I from 1 to N, such as 2/8"),
        (["--mg-shard=3/2"], "--mg-shard=3/2: expected I/N with I from 1 to N, such as 2/8"),
        (["--mg-shard=two"], "--mg-shard=two: expected I/N with I from 1 to N, such as 2/8"),
        (
            ["--mg-shard=1/2", "--mg-seed=random"],
            "--mg-shard=1/2: all shards need the same seed, and 'random' draws one for each",
        ),
        (
            ["--mg-shard=1/2", "--mg-replay=report.json"],
            "--mg-shard=1/2: a replay runs what was violated, of which there are no shares",
        ),
        (
            ["--mg-shard=1/2", "--mg-gate", "--mg-early-stop"],
            (
                "--mg-shard=1/2: early_stop ends a run by what all of its inputs show, of which a "
                "shard sees only some: leave one of the two out"
            ),
        ),
        (
            ["--mg-shard=1/2", "--mg-gate", "--mg-extend=200"],
            (
                "--mg-shard=1/2: extend ends a run by what all of its inputs show, of which a "
                "shard sees only some: leave one of the two out"
            ),
        ),
    ],
)
def test_a_shard_that_cannot_be_is_refused_in_a_line(shards, args, said):
    run = shards.run("refused", *args)

    assert run.status == 4
    assert [line.removeprefix("ERROR: ") for line in run.errors if said in line] == [said]


class Faulty:
    """Two shards of one run, and what may be wrong with the second."""

    def __init__(self, shards):
        self.shards = shards
        options = ("--mg-gate", "--mg-n=20", "-k", "right", "--mg-seed=1")
        self.first, self.second = shards.split(2, *options)
        self.options = options

    def again(self, *args):
        """Run the second shard once more, with more arguments."""
        return self.shards.run("again", "--mg-shard=2/2", *self.options, *args).path

    def edit(self, **values):
        """Return the second report with other values."""
        path = self.shards.path / "edited.json"
        path.write_text(json.dumps(self.second.report | values))
        return path


def give_other_file(faulty):
    faulty.shards.project.write(new=WRONG.replace("17", "18"))
    return [faulty.first.path, faulty.again()]


def give_other_inputs(faulty):
    faulty.shards.project.write(test_it=TASKS.replace("-50, 50", "-50, 51"))
    return [faulty.first.path, faulty.again()]


def give_cut(faulty):
    text = faulty.second.path.read_text()
    faulty.second.path.write_text(text[: len(text) // 2])
    return [faulty.first.path, faulty.second.path]


def give_damaged(faulty):
    shard = faulty.second.report["shard"]
    return [faulty.first.path, faulty.edit(shard=shard | {"data": shard["data"][:-40]})]


def give_whole(faulty):
    return [faulty.first.path, faulty.shards.run("whole", *faulty.options).path]


def give_other_version(faulty):
    tool = faulty.second.report["tool"] | {"version": "0.0.1"}
    return [faulty.first.path, faulty.edit(tool=tool)]


def give_other_count(faulty):
    path = faulty.shards.run("third", "--mg-shard=3/3", *faulty.options).path
    return [faulty.first.path, path]


def give_no_report(faulty):
    (faulty.shards.path / "other.json").write_text("[1, 2]")
    return [faulty.first.path, faulty.shards.path / "other.json"]


@pytest.mark.parametrize(
    ("give", "said"),
    [
        (
            lambda f: [f.first.path, f.again("--mg-seed=2")],
            "it has another seed (2) than shard 1/2",
        ),
        (lambda f: [f.first.path, f.again("--mg-n=30")], "it has other options (n) than shard 1/2"),
        (give_other_file, "candidate new.py has other contents than shard 1/2"),
        (give_other_inputs, "test_it.py::t::right drew other inputs than shard 1/2"),
        (lambda f: [f.first.path, f.again("-k", "listed")], "so it ran other tests than shard 1/2"),
        (lambda f: [f.first.path], "of the 2 shards of its run, shard 2 is missing"),
        (lambda f: [f.first.path, f.first.path], "it is shard 1 of 2, and so is"),
        (give_whole, "it is no shard: its run had no --mg-shard"),
        (give_other_version, "it was written by version 0.0.1 and this is"),
        (give_other_count, "it is one of 3 shards, and"),
        (give_cut, "it is damaged: it is no JSON"),
        (give_damaged, "it is damaged: run its shard again"),
        (give_no_report, "it is no report written by --mg-report"),
        (lambda f: [f.first.path, f.shards.path / "none.json"], "cannot read it: No such file"),
        (lambda f: [f.first.path, f.again("-x")], "shard 2 was cut short: run it again"),
    ],
)
def test_shards_that_do_not_fit_are_refused_in_a_line(shards, give, said):
    merged = shards.merge(give(Faulty(shards)))

    assert (merged.status, merged.report) == (4, None)
    assert len(merged.errors) == 1
    assert said in merged.errors[0]
    assert merged.errors[0].startswith("python -m pytest_metamorphic_guard.merge: ")


def test_secrets_are_not_carried_from_shard_to_shard(shards, monkeypatch):
    monkeypatch.setenv("SERVICE_TOKEN", "hunter2hunter2")
    shards.project.write(
        new="def solve(x):\n    raise ValueError('hunter2hunter2')\n",
    )
    parts = shards.split(1, "--mg-monitor=errors", "-k", "listed")

    data, _ = unpack_shard(parts[0].report["shard"]["data"])
    merged = shards.merge([parts[0].path])

    assert "hunter2hunter2" not in json.dumps(data)
    assert "[redacted]" in json.dumps(data)
    assert "hunter2hunter2" not in json.dumps(merged.report)
    assert not [line for line in merged.lines if "hunter2hunter2" in line]
    assert merged.status == 1


def test_the_command_is_a_module_and_adds_to_the_page_of_a_job(shards):
    paths = [part.path for part in shards.split(2, "--mg-gate", "--mg-candidate=good.py")]
    page = shards.path / "page.md"

    done = subprocess.run(
        [sys.executable, "-m", "pytest_metamorphic_guard.merge", *paths],
        env=os.environ | {"GITHUB_STEP_SUMMARY": str(page)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (1, "")  # `mostly` needs more inputs to be shown
    assert "Metamorphic guard: inconclusive" in page.read_text()


def test_a_list_is_searched_for_its_smallest_violation_as_in_one_run(shards):
    # The first violation is of the second shard, and the smallest of the first.
    shards.project.write(
        test_it="""
        from pytest_metamorphic_guard import *

        t = Task("t", inputs=[(x,) for x in (5, 70000, 99999, 13, 12345, 2, 170, 1, 21, 8, 444)])

        @t.property
        def listed(output, x):
            assert output == x

        @t.property(min_pass_rate=0.9)
        def rated(output, x):
            assert output == x
        """,
        new="def solve(x):\n    return -1 if x in (70000, 99999, 12345, 170, 21) else x\n",
    )
    whole = shards.run("whole", "--mg-measure", "--mg-parallel=2")
    parts = shards.split(2, "--mg-measure")

    merged = shards.merge([part.path for part in parts])

    assert drop_times(merged.report) == drop_times(whole.report)
    found = {one["relation"]: one for one in merged.report["violations"]}
    assert found["listed"]["source_input"] == found["rated"]["source_input"] == "((21,),)"
    assert "in case 2 of this run" in found["listed"]["message"]
    assert "runs from (70000)" in found["listed"]["message"]
