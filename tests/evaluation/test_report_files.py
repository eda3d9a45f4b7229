"""What a run leaves behind: the JSON report, a replay, junit XML, and the page of a CI job."""

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from pytest_metamorphic_guard.report.document import read_schema


def strip_times(path):
    """Return the report's text without what stands under ``times``."""
    document = json.loads(path.read_text())
    del document["times"]
    return json.dumps(document, sort_keys=True)


def test_every_report_satisfies_the_schema(gate):
    gate.write(old=(7,), new=(7, 50), options=", metrics=[Metric('size', lambda o, i: o)]")
    broken = "\n@t.relation\ndef broken(x):\n    raise LookupError(x)\n"
    runs = [
        gate.run(),
        gate.run("--mg-monitor=errors", "--mg-monitor=latency"),
        gate.run(baseline=None),
        gate.run(gate=False),
        gate.run("-x"),
        gate.run(candidate=None),
    ]
    gate.write(old=(), new=(), extra=broken)
    runs.append(gate.run())

    for run in runs:
        jsonschema.validate(run.report, read_schema())
        assert run.report["report_version"] == "1.2"


def test_one_seed_gives_the_same_bytes_apart_from_times_with_and_without_workers(project):
    # Through the isolated executor, with drawn inputs and with violations to shrink.
    project.write(
        test_top="""
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import *

        top = Task("top", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 5)))

        @top.relation
        def reordered(xs, k):
            return xs[::-1], k

        @top.property
        def bounded(output, xs, k):
            assert len(output) <= k
        """,
        old="def solve(xs, k):\n    return sorted(xs)[:k]\n",
        new="def solve(xs, k):\n    return xs[:k]\n",
    )
    texts = []
    for number, args in enumerate(([], [], ["-n2"], ["-n2", "--dist=worksteal"])):
        path = project.path / f"{number}.json"
        result = project.spawn(
            *("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate", "--mg-n=60"),
            *(f"--mg-report={path}", *args),
        )
        assert result.ret == 1
        texts.append(strip_times(path))

    assert len(set(texts)) == 1
    assert json.loads(texts[0])["violations"]
    assert project.path.name not in texts[0]  # nothing tells where it ran


def test_a_task_sees_the_same_inputs_whatever_ran_before_it(project):
    # hypothesis draws numbers that it finds in the source of modules that are loaded.
    body = """
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import *

    {name} = Task("{name}", inputs=st.tuples(st.integers()))

    @{name}.property
    def seen(output, x):
        assert output == x
    """
    project.write(
        test_a=body.format(name="a"),
        test_b=body.format(name="b"),
        new="MARK = 918273645\n\ndef solve(x):\n    return x if x < 1000 else -x\n",
    )
    violations = []
    for args in (["test_a.py", "test_b.py"], ["test_b.py"], ["test_b.py", "-n2"]):
        path = project.path / "report.json"
        project.spawn(
            *("--mg-candidate=new.py", "--mg-measure", "--mg-executor=inprocess"),
            *(f"--mg-report={path}", *args),
        )
        document = json.loads(path.read_text())
        violations.append([v["message"] for v in document["violations"] if v["task"] == "b"])

    assert violations[0]
    assert violations[0] == violations[1] == violations[2]


def test_secrets_of_the_executors_configuration_are_not_written(gate):
    (gate.path / "remote.py").write_text(
        "class Remote:\n"
        "    def __init__(self, config=None):\n"
        "        self.key = config['api_key']\n"
        "    def execute(self, file_path, func_name, args, timeout_s, mem_mb):\n"
        "        error = f'401 for {self.key}'\n"
        "        return {'success': False, 'result': None, 'error': error, 'duration_ms': 1.0,\n"
        "                'stdout': '', 'stderr': error, 'error_type': 'exception'}\n"
    )
    secret = "correct-horse-battery"

    run = gate.run(
        "--mg-candidate-executor=remote:Remote",
        f'--mg-candidate-executor-config={{"api_key": "{secret}", "region": "north"}}',
        baseline=None,
    )

    text = json.dumps(run.report)
    assert run.report["violations"]
    assert secret not in text
    assert "[redacted]" in text
    assert "north" in text


def test_reports_in_a_folder_do_not_collide(gate):
    for _ in range(5):
        gate.run("--mg-report=reports/")
    gate.run("--mg-report=reports")  # a folder by now

    paths = sorted((gate.path / "reports").iterdir())
    assert len(paths) == 6
    for path in paths:
        assert path.name.startswith("metamorphic-guard-")
        assert json.loads(path.read_text())["gate"]["outcome"] == "adopt"


def test_a_report_goes_where_its_relative_path_says(gate):
    (gate.path / "pytest.ini").write_text("[pytest]\nmg_report = out/from_file.json\n")
    (gate.path / "sub").mkdir()
    arguments = ("--mg-gate", "--mg-executor=inprocess", "--rootdir=..", "..")
    candidates = ("--mg-candidate=../new.py", "--mg-baseline=../old.py")

    gate.project.spawn(*arguments, *candidates, "-c../pytest.ini", cwd=gate.path / "sub")
    gate.project.spawn(
        *arguments, *candidates, "-c../pytest.ini", "--mg-report=here.json", cwd=gate.path / "sub"
    )

    assert (gate.path / "out" / "from_file.json").exists()
    assert (gate.path / "sub" / "here.json").exists()


def test_a_report_that_cannot_be_written_fails_the_run_and_keeps_its_results(gate, workers):
    (gate.path / "taken").write_text("a file, not a folder")

    run = gate.run("--mg-report=taken/report.json", workers=workers)

    assert run.ret == 1
    assert any(line.startswith("ADOPT: ") for line in run.lines)
    assert any(line.startswith("FAILED metamorphic-guard::report") for line in run.lines)


def test_nothing_but_the_report_is_left_in_its_folder(gate):
    gate.run("--mg-report=reports/one.json")
    gate.run("--mg-report=reports/one.json")

    assert [path.name for path in (gate.path / "reports").iterdir()] == ["one.json"]


def test_a_replay_runs_exactly_the_violations(gate):
    (gate.path / "old.py").write_text("def solve(x):\n    return x\n")
    (gate.path / "new.py").write_text(
        "from pathlib import Path\n"
        "def solve(x):\n"
        "    with Path(__file__).with_name('calls.txt').open('a') as file:\n"
        "        print(x, file=file)\n"
        "    return -1 if x in (7, 50) else x\n"
    )
    gate.run()
    (gate.path / "report.json").rename(gate.path / "first.json")
    (gate.path / "calls.txt").unlink()

    run = gate.run("--mg-replay=first.json", gate=False)

    # One shrunk input per item, and its follow-up; once to see it and again to confirm it.
    shrunk = {v["relation"]: v["source_input"] for v in run.report["violations"]}
    assert run.ret == 1
    assert [item["cases"] for item in run.report["items"]] == [1, 1]
    calls = set((gate.path / "calls.txt").read_text().split())
    assert calls <= {"6", "7", "8"}
    assert shrunk.keys() == {"right", "next_one"}


def test_a_replay_leaves_out_items_without_a_violation(gate):
    gate.write(old=(), new=(0,))  # no follow-up is 0, but the source is
    extra = "\n@t.property\ndef anything(output, x): ...\n"
    gate.write(extra=extra)
    gate.run()
    (gate.path / "report.json").rename(gate.path / "first.json")

    run = gate.run("--mg-replay=first.json", gate=False)

    assert {item["relation"] for item in run.report["items"]} == {"right", "next_one"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read it"),
        ("not json", "no report"),
        ('{"violations": []}', "no violation that can be run again"),
        ('{"violations": [{"task": "t", "relation": "right", "replay": "@@"}]}', "cannot be read"),
        ('{"violations": 7}', "no report"),
        ('{"violations": [{}]}', "no report"),
    ],
)
def test_a_replay_says_what_it_cannot(gate, content, said):
    if content is not None:
        (gate.path / "first.json").write_text(content)

    run = gate.run("--mg-replay=first.json")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert said in run.errors
    assert "--mg-replay" in run.errors


def test_a_replay_names_violations_whose_inputs_a_report_cannot_carry(gate):
    (gate.path / "test_it.py").write_text(
        "from pytest_metamorphic_guard import *\n"
        "class Odd:\n    pass\n"
        "t = Task('t', inputs=[(Odd(),)])\n"
        "@t.property\ndef wrong(output, x):\n    return False\n"
    )
    gate.run(baseline=None)
    (gate.path / "report.json").rename(gate.path / "first.json")

    run = gate.run("--mg-replay=first.json")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "1 have inputs of classes that a report cannot carry" in run.errors


def test_the_page_of_a_job_on_github_gets_the_decision(gate, monkeypatch):
    page = gate.path / "summary.md"
    page.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    gate.write(old=(), new=(7,))

    gate.run()

    text = page.read_text()
    assert text.startswith("# Before\n")
    assert "## Metamorphic guard: reject" in text
    assert "| next\\_one |" in text


def test_a_page_that_cannot_be_written_is_no_failure(gate, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(gate.path / "missing" / "summary.md"))

    run = gate.run()

    assert (run.ret, run.outcome) == (0, "adopt")
    assert any(line.startswith("GITHUB_STEP_SUMMARY: cannot write it") for line in run.lines)


def test_junit_has_the_gate_and_the_counts(gate, workers):
    gate.write(old=(3,), new=(7,))

    gate.run("--junitxml=junit.xml", "-ojunit_family=xunit1", workers=workers)

    root = ET.parse(gate.path / "junit.xml").getroot()
    cases = {case.get("name"): case for case in root.iter("testcase")}
    found = {
        name: {p.get("name"): p.get("value") for p in case.iter("property")}
        for name, case in cases.items()
    }
    assert set(cases) == {"right", "next_one", "gate"}
    assert cases["gate"].find("failure").get("message").startswith("Rejected: 2 confirmed")
    assert found["gate"] == {
        "mg_outcome": "reject",
        "mg_inputs": "100",
        "mg_regressions": "2",
        "mg_improvements": "2",
    }
    right = {"mg_cases": "100", "mg_violations": "1", "mg_regressions": "1", "mg_improvements": "1"}
    assert right.items() <= found["right"].items()
    suite = next(root.iter("testsuite"))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "3")


def test_pytest_html_lists_the_gate(gate):
    gate.run("--html=page.html", "--self-contained-html")

    assert "metamorphic-guard::gate" in (gate.path / "page.html").read_text()


def test_the_summary_fits_eighty_columns_in_plain_text_and_in_colour(gate):
    name = "a_relation_with_a_name_that_is_longer_than_any_terminal_has_room_for_in_one_line_at_all"
    extra = f"\n@t.property\ndef {name}(output, x): ...\n"
    gate.write(old=(), new=(7,), extra=extra, options=", metrics=[Metric('m', lambda o, i: o)]")
    arguments = ("--mg-executor=inprocess", "--mg-candidate=new.py", "--mg-baseline=old.py")
    arguments += ("--mg-gate", "--mg-monitor=errors", "--tb=no", "-Wignore")

    plain = gate.project.spawn(*arguments)
    colour = gate.project.spawn(*arguments, "--color=yes")
    none = gate.project.spawn(*arguments, NO_COLOR="1", FORCE_COLOR="")
    quiet = gate.project.spawn(*arguments, "-q")

    def find_summary(result):
        start = next(i for i, line in enumerate(result.outlines) if " metamorphic guard " in line)
        rest = result.outlines[start + 1 :]
        return rest[: next(i for i, line in enumerate(rest) if line.count("=") > 10)]

    lines = find_summary(plain)
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24
    assert find_summary(none) == lines
    assert any("\x1b[31m" in line for line in find_summary(colour))
    assert not any("\x1b[" in line for line in lines)
    assert find_summary(quiet)[0].startswith("REJECT: ")
    assert len(find_summary(quiet)) <= 4
