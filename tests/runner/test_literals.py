"""A branch for one value is tried with this value, which is read in the file of the candidate."""

import json
import shutil

import pytest

BODY = "@t.property\ndef right(output, x):\n    assert output == x\n"
INTEGERS = "st.tuples(st.integers())"


def write(project, condition, inputs=INTEGERS, **more):
    project.write_task(BODY, inputs=inputs)
    new = f"def solve(x):\n    if {condition}:\n        return None\n    return x\n"
    old = "def solve(x):\n    return x\n"
    project.write(new=more.pop("head", "") + new, old=old, **more)


def run(project, *args, start="run"):
    given = ("--mg-candidate=new.py", "--mg-executor=inprocess")
    return getattr(project, start)(*given, *args)


@pytest.mark.parametrize(
    ("condition", "inputs"),
    [
        ("x == 48151623", INTEGERS),
        ("x == -48151623", INTEGERS),
        ("x == 10**9 + 7", INTEGERS),
        ("x > 123_456_789_012", "st.tuples(st.integers(0, 123_456_789_013))"),
        ("x == 1999.99", "st.tuples(st.floats(allow_nan=False))"),
        ("x == 48151623", "st.tuples(st.floats(allow_nan=False))"),
        ("x == 'DROP TABLE users; -- a longer text'", "st.tuples(st.text())"),
        ("x == b'magic number'", "st.tuples(st.binary())"),
        ("48151623 in x", "st.tuples(st.lists(st.integers()))"),
        ("'secret' in x", "st.tuples(st.dictionaries(st.text(), st.integers()))"),
    ],
)
@pytest.mark.parametrize("option", ["--mg-fail-on=violation", "--mg-measure"])
def test_a_branch_for_one_value_is_found(project, condition, inputs, option):
    write(project, condition, inputs)

    run(project, option).assert_outcomes(failed=1)


def test_a_gate_rejects_for_it_beside_the_sample(project):
    write(project, "x == 48151623")

    result = run(project, "--mg-baseline=old.py", "--mg-gate", "--mg-report=r.json")

    assert result.ret == 1
    gate = json.loads((project.path / "r.json").read_text())["gate"]
    assert gate["outcome"] == "reject"
    task = gate["decisions"][0]["tasks"][0]
    assert (task["ran"], task["passed"]) == (100, 100)
    result.stdout.fnmatch_lines(["*x = 48151623"])


def test_a_literal_of_the_baseline_and_one_of_a_module_beside_count_too(project):
    write(project, "x == LIMIT", head="from limits import LIMIT\n", limits="LIMIT = 48151623\n")
    run(project).assert_outcomes(failed=1)

    project.write(old="def solve(x):\n    return None if x == 48151623 else x\n")
    result = project.run("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-executor=inprocess")
    result.assert_outcomes(failed=1)


def test_the_files_are_read_and_not_imported(project):
    write(project, "x == 48151623", head="open('imported.txt', 'w').close()\n")
    # Nothing calls the candidate here, so nothing imports it.
    project.write(
        conftest="""
            import ast
            import pytest
            from pytest_metamorphic_guard.tasks.implementations import Implementation
            from pytest_metamorphic_guard.runner.literals import find_literals

            def pytest_report_header():
                found = find_literals([Implementation("new.py", None, "new.py")])
                return f"literals {found.values}"
        """
    )

    result = project.run("--collect-only")

    result.stdout.fnmatch_lines(["literals (48151623.0, 48151623, 'imported.txt', 'w')"])
    assert not (project.path / "imported.txt").exists()


def test_the_same_inputs_are_tried_in_several_processes(project):
    write(project, "x == 48151623")

    texts = []
    for workers in ((), ("-n2",)):
        shutil.rmtree(project.path / ".hypothesis", ignore_errors=True)
        result = run(project, "--mg-report=r.json", *workers, start="spawn")
        result.assert_outcomes(failed=1)
        texts.append(json.loads((project.path / "r.json").read_text())["violations"])
    assert texts[0] == texts[1]


@pytest.mark.parametrize("source", ["def solve(x:\n", "\0", "Answer {x}.", ""])
def test_a_file_that_is_no_python_has_none(project, source):
    project.write_task(BODY, inputs=INTEGERS)
    (project.path / "new.py").write_text(source)

    result = run(project)

    result.assert_outcomes(failed=1)
    assert "Traceback" not in result.stdout.str()
