"""Tasks that a distribution registers, run without a test file of one's own."""

import re

import pytest

DOUBLE = "def solve(x):\n    return 2 * x\n"


@pytest.fixture
def suite(project, registered):
    project.write(double=DOUBLE, wrong="def solve(x):\n    return x\n")
    return project


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_the_candidates_path_is_the_node(suite, workers):
    result = suite.spawn("--mg-task=Doubling", "--mg-candidate=double.py", "-v", *workers)
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=2)
    text = result.stdout.str()
    for name in ("one_more", "even"):
        assert f"double.py::Doubling::{name}" in text


def test_a_node_of_the_candidate_can_be_run_alone(suite):
    options = ("--mg-task=Doubling", "--mg-candidate=double.py", "-v")
    suite.run("double.py::Doubling::even", *options).assert_outcomes(passed=1)
    suite.run("double.py::Doubling", *options).assert_outcomes(passed=2)
    suite.run("double.py", *options, "-k", "one").assert_outcomes(passed=1, deselected=1)


def test_the_candidate_is_never_imported_into_pytest(suite):
    suite.write(
        conftest="""
        import sys

        def pytest_sessionfinish():
            files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
            print("imported:", [file for file in files if file.endswith("double.py")])
        """
    )
    for options in ((), ("double.py",), ("double.py::Doubling",)):
        result = suite.spawn("--mg-task=Doubling", "--mg-candidate=double.py", "-s", *options)
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines(["*imported: []"])


def test_several_candidates_are_items_of_the_first_ones_path(suite):
    result = suite.run(
        "--mg-task=Doubling", "--mg-candidate=double.py", "--mg-candidate=wrong.py", "-v"
    )
    result.assert_outcomes(passed=2, failed=2)
    lines = [line.split()[0] for line in result.outlines if "::" in line and "%]" in line]
    assert lines == [
        f"double.py::Doubling::{name}[{candidate}]"
        for name in ("one_more", "even")
        for candidate in ("double", "wrong")
    ]


def test_asserts_of_a_library_of_tasks_say_what_they_saw(suite, read_texts):
    result = suite.run("--mg-task=Doubling", "--mg-candidate=wrong.py")
    text = read_texts(result)["Doubling.even"]
    assert "found       assert (1 % 2) == 0" in text
    assert "reproduce   pytest wrong.py::Doubling::even" in text
    assert "--mg-task=Doubling" in text


def test_the_command_of_a_registered_task_reproduces_its_violation(suite, read_texts):
    result = suite.run("--mg-task=Doubling", "--mg-candidate=wrong.py")
    text = read_texts(result)["Doubling.even"]
    command = " ".join(text.partition("reproduce   pytest ")[2].split())
    words = command.partition(" @")[0].partition(" examples=")[0].split()
    again = suite.spawn(*words)
    again.assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("name", "count"), [("made", 1), ("spec", 1), ("doubling", 2), ("alias", 2)]
)
def test_factories_specs_and_other_names_are_tasks(suite, name, count):
    result = suite.run(f"--mg-task={name}", "--mg-candidate=double.py")
    result.assert_outcomes(passed=count)


def test_several_tasks_are_several_classes(suite):
    result = suite.run("--mg-task=made", "--mg-task=spec", "--mg-candidate=double.py", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["double.py::made::same*", "double.py::spec::same*"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken", "task 'broken' (from task-library): is no Task, no TaskSpec and no function *"),
        ("raising", "task 'raising' (from task-library): raised RuntimeError: no data"),
        ("lost", "task 'lost' (from task-library): failed to load: AttributeError: *"),
        ("doublin", "--mg-task: no task 'doublin'; installed: *Did you mean 'doubling'?"),
    ],
)
def test_a_task_that_cannot_be_had_ends_the_run_with_exit_code_4(suite, name, said):
    result = suite.run(f"--mg-task={name}", "--mg-candidate=double.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_a_registered_task_without_a_candidate_is_skipped_with_what_to_pass(suite):
    result = suite.run("--mg-task=Doubling", "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED*no candidate: pass --mg-candidate=path.py*"])


def test_a_module_as_candidate_runs_under_the_tasks_own_path(suite):
    suite.write(doubled="def solve(x):\n    return 2 * x\n")
    result = suite.spawn(
        "--mg-task=Doubling", "--mg-candidate=doubled:solve", "-v", PYTHONPATH=suite.path / "site"
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("name", ["::error::x.py", "##[error]\x1b[2J.py", "a\u202eb.py"])
def test_a_file_whose_name_is_a_command_steers_no_terminal_and_no_ci_service(suite, name):
    (suite.path / name).write_text(DOUBLE)
    result = suite.spawn("--mg-task=Doubling", f"--mg-candidate={name}", "-v")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=2)
    text = result.stdout.str()
    assert text.replace("\n", "").isprintable()
    assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)
