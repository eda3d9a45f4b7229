"""What the sandbox refused is a fact of the report and of the summary, not only of a failure."""

import json
import re

import jsonschema
import pytest

from pytest_metamorphic_guard.report.document import read_schema


@pytest.fixture
def refuse(project):
    """Run a relation of ten inputs, with one item that expects every call to fail."""
    project.write_task(
        "@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n",
        inputs="[(n,) for n in range(10)]",
    )

    def run(body, *options):
        project.write(new=f"def solve(x):\n    {body}\n")
        result = project.spawn(
            "--mg-candidate=new.py", "--mg-report=r.json", "--mg-shrink=off", *options
        )
        report = json.loads((project.path / "r.json").read_text())
        jsonschema.validate(report, read_schema())
        (found,) = report["implementations"]
        lines = [line for line in result.outlines if line.startswith("the sandbox refused ")]
        return found["refused"], lines

    return run


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_was_refused_is_counted_in_report_and_summary(refuse, workers):
    body = "import socket; x % 2 and open('/etc/shadow'); socket.socket()"
    refused, lines = refuse(body, "--mg-measure", "--mg-n=10", workers)

    path = "/etc/shadow"
    option = f"read = ['{path}'] or write = ['{path}']"
    assert [(one["kind"], one["path"], one["option"]) for one in refused] == [
        ("network", None, "allow_network = true"),
        ("file", path, option),
    ]
    counts = [one["calls"] for one in refused]
    assert sum(counts) >= 10
    said, allows = "the sandbox refused candidate new.py", "--mg-executor-config allows it with"
    assert lines == [
        f"{said} the network in {counts[0]} calls; {allows} allow_network = true",
        f"{said} the file {path} in {counts[1]} calls; {allows} {option}",
    ]


def test_the_summary_page_of_a_job_lists_what_was_refused(refuse, project, monkeypatch):
    page = project.path / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    _, (line,) = refuse("import socket; socket.socket()", "--mg-gate", "--mg-n=10")

    last = page.read_text().splitlines()[-1]
    assert last.startswith("- the sandbox refused candidate new.py the network in ")
    assert re.sub(r"\\(.)", r"\1", last) == f"- {line}"


def test_an_import_that_was_refused_is_counted(refuse):
    refused, lines = refuse("return x\nimport os; os.fork()")
    assert [(one["kind"], one["calls"]) for one in refused] == [("subprocess", 1)]
    assert "other processes in 1 call;" in lines[0]


def test_what_a_candidate_went_on_without_is_not_known(refuse):
    body = "import contextlib\n    with contextlib.suppress(OSError): open('/etc/shadow')\n"
    assert refuse(body + "    return x") == ([], [])


def test_texts_and_numbers_of_what_was_refused_have_bounds(refuse):
    body = "raise PermissionError(13, 'Permission denied', f'/tmp/\\x1b]0;{x}' + 'a' * 900)"
    refused, lines = refuse(body.replace("{x}", "{x % 30}"), "--mg-measure")
    assert all(len(one["path"]) <= 300 and len(one["option"]) <= 300 for one in refused)
    assert "\x1b" not in json.dumps(refused) + "".join(lines)
    assert len(lines) == 4
    assert lines[-1].startswith("the sandbox refused ")
    assert lines[-1].endswith(": --mg-report=PATH lists them")


def test_more_than_twenty_different_things_are_summed_up(refuse, project):
    project.write_task(
        "@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n",
        inputs="[(n,) for n in range(30)]",
    )
    body = "raise PermissionError(13, 'Permission denied', f'/etc/{x}')"
    refused, _ = refuse(body, "--mg-measure", "--mg-n=30")
    assert len(refused) == 21
    assert [one["kind"] for one in refused].count("more") == 1
    assert next(one for one in refused if one["kind"] == "more")["calls"] >= 10


def test_own_tests_count_as_well(refuse, project):
    project.write(
        test_own="""
        import pytest
        from pytest_metamorphic_guard import CallFailed
        def test_own(mg_candidate):
            with pytest.raises(CallFailed):
                mg_candidate(1)
        """
    )
    refused, _ = refuse("open('/etc/shadow')", "test_own.py")
    assert [(one["path"], one["calls"]) for one in refused] == [("/etc/shadow", 1)]
