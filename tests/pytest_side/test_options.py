"""Options by command line, environment and file; precedence, paths and wrong values."""

import sys

import pytest

ECHO = "def solve(x):\n    return x\n"
# Shows in the output of a run which implementation it called.
BODY = """
@t.law
def show(solve, x):
    print(f"\\ncalled: {solve!r} {solve(x)}")
"""


@pytest.fixture
def suite(project):
    project.write(one=ECHO, two=ECHO)
    project.write_task(BODY)
    return project


def called(result):
    """Return the implementations that were called, in order."""
    return [
        line.split("<candidate ")[1].split(">")[0]
        for line in result.outlines
        if line.startswith("called:") and line.endswith(" 1")
    ]


FILES = {
    "pytest.ini": "[pytest]\nmg_candidate = {0}\nmg_seed = {1}\nmg_n = {2}\n",
    "pyproject.toml": (
        "[tool.pytest.ini_options]\nmg_candidate = '{0}'\nmg_seed = '{1}'\nmg_n = '{2}'\n"
    ),
    "tox.ini": "[pytest]\nmg_candidate =\n    {0}\nmg_seed = {1}\nmg_n = {2}\n",
}
NATIVE = "[tool.pytest]\nmg_candidate = ['{0}']\nmg_seed = '{1}'\nmg_n = {2}\n"
LISTED = "[tool.pytest.ini_options]\nmg_candidate = ['{0}']\nmg_seed = '{1}'\nmg_n = {2}\n"
NEEDS_TYPES = pytest.mark.skipif(
    pytest.version_tuple < (9,), reason="pytest reads [tool.pytest] since 9.0"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *FILES.items(),
        pytest.param("pyproject.toml", LISTED, id="pyproject.toml-list"),
        pytest.param("pyproject.toml", NATIVE, id="pyproject.toml-native", marks=NEEDS_TYPES),
    ],
)
def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    suite, monkeypatch, name, text
):
    (suite.path / name).write_text(text.format("one.py", 11, 1))
    result = suite.run("-s")
    assert called(result) == ["one.py"]
    result.stdout.fnmatch_lines(["metamorphic-guard: candidate one.py, *, seed 11"])
    monkeypatch.setenv("MG_CANDIDATE", "two.py")
    monkeypatch.setenv("MG_SEED", "12")
    result = suite.run("-s")
    assert called(result) == ["two.py"]
    result.stdout.fnmatch_lines(["metamorphic-guard: candidate two.py, *, seed 12"])
    result = suite.run("-s", "--mg-candidate=one.py:solve", "--mg-seed=13")
    assert called(result) == ["one.py:solve"]
    result.stdout.fnmatch_lines(["metamorphic-guard: candidate one.py:solve, *, seed 13"])


VALUES = {
    "n": ("2", "3"),
    "timeout_s": ("1.5", "2.5"),
    "mem_mb": ("64", "65"),
    "shrink": ("off", "full"),
    "fail_on": ("regression", "violation"),
    "executor": ("inprocess", "local"),
    "executor_config": ('{"isolation": "fork"}', '{"isolation": "fresh"}'),
    "baseline": ("one.py", "two.py"),
    "task": ("t", "t"),
}


@pytest.mark.parametrize("name", VALUES)
def test_every_option_has_three_names(suite, monkeypatch, name):
    suite.write(
        conftest=f"""
        def pytest_collection_finish(session):
            from pytest_metamorphic_guard.pytest_side.activation import get_session
            settings = get_session(session.config).settings
            values = {{
                "baseline": [a.implementation.specification for a in settings.baselines],
                "task": list(settings.tasks),
            }}
            value = values[{name!r}] if {name!r} in values else getattr(settings, {name!r})
            print("value:", repr(value))
        """
    )

    def read(*options):
        result = suite.run("--co", "-q", "-s", "--mg-candidate=one.py", *options)
        return next(line for line in result.outlines if line.startswith("value:"))

    first, second = VALUES[name]
    flag = f"--mg-{name.replace('_', '-')}"
    given = read(f"{flag}={first}")
    monkeypatch.setenv(f"MG_{name.upper()}", first)
    assert read() == given
    monkeypatch.delenv(f"MG_{name.upper()}")
    (suite.path / "pytest.ini").write_text(f"[pytest]\nmg_{name} = {first}\n")
    assert read() == given
    if first != second:
        assert read(f"{flag}={second}") != given


def test_help_lists_every_option_and_none_of_another_distribution(suite):
    result = suite.run("--help")
    text = result.stdout.str()
    for name in ("candidate", *VALUES):
        assert f"--mg-{name.replace('_', '-')}" in text
        assert f"mg_{name} (" in text
    assert "--mg-report-dir" not in text
    assert "--mg-junit-xml" not in text


def test_the_options_of_metamorphic_guard_itself_work_beside_ours(suite):
    suite.write(
        other_plugin="""
        def pytest_addoption(parser):
            group = parser.getgroup("metamorphic")
            group.addoption("--mg-report-dir", default=None)
            group.addoption("--mg-junit-xml", default=None)
            parser.addini("mg_report_dir", "")

        def pytest_configure(config):
            config.addinivalue_line("markers", "metamorphic(task): run an evaluation")

        def pytest_report_header(config):
            return f"other: {config.getoption('mg_report_dir')}"
        """
    )
    result = suite.spawn(
        "-p", "other_plugin", "--mg-candidate=one.py", "--mg-report-dir=here", PYTHONPATH=suite.path
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["other: here"])


def test_paths_are_relative_to_where_pytest_was_called_and_in_a_file_to_the_file(
    suite, monkeypatch
):
    (suite.path / "sub").mkdir()
    (suite.path / "sub" / "three.py").write_text(ECHO)
    (suite.path / "pytest.ini").write_text("[pytest]\nmg_candidate = one.py\n")
    monkeypatch.chdir(suite.path / "sub")
    assert called(suite.run("-s", "..")) == ["one.py"]
    assert called(suite.run("-s", "..", "--mg-candidate=three.py")) == ["three.py"]
    assert called(suite.run("-s", "..", "--mg-candidate=../two.py")) == ["../two.py"]
    monkeypatch.setenv("MG_CANDIDATE", "three.py")
    assert called(suite.run("-s", "..")) == ["three.py"]


@pytest.mark.parametrize(
    "name", ["with space.py", "a=b.py", "t=x.py", "a:b.py", "ünï.py", "dash-ed.py", "t=y.py:solve"]
)
def test_unusual_file_names_are_found(suite, name):
    (suite.path / name.removesuffix(":solve")).write_text(ECHO)
    for specification in (name, str(suite.path / name)):
        result = suite.run("-s", f"--mg-candidate={specification}")
        result.assert_outcomes(passed=1)
        assert called(result) == [specification]


def test_each_task_can_have_its_own_implementations(suite):
    suite.write_task(
        """
        other = Task("other", inputs=[(1,)])

        @t.law
        def show(solve, x):
            print(f"\\ncalled: {solve!r} 1")

        @other.law
        def show_too(solve, x):
            print(f"\\ncalled: {solve!r} 1")
        """,
        inputs="[(1,)]",
    )
    result = suite.run("-s", "--mg-candidate=t=one.py", "--mg-candidate=two.py")
    assert called(result) == ["one.py", "two.py"]
    result = suite.run("-s", "--mg-candidate=t=one.py")
    result.assert_outcomes(passed=1, skipped=1)


def test_several_candidates_are_items_of_their_own_with_unique_ids(suite):
    (suite.path / "sub").mkdir()
    (suite.path / "sub" / "one.py").write_text(ECHO)
    suite.write(many="def solve(x):\n    return x\n\ndef other(x):\n    return x\n")
    result = suite.run(
        "-v",
        "--mg-candidate=one.py",
        "--mg-candidate=sub/one.py",
        "--mg-candidate=many.py",
        "--mg-candidate=many.py:other",
        "--mg-candidate=math:sqrt",
    )
    result.assert_outcomes(passed=5)
    ids = [line.split()[0] for line in result.outlines if "PASSED" in line]
    assert len(set(ids)) == 5
    assert all(one.startswith("test_it.py::t::show[") for one in ids)
    for one in ids:
        options = [f"--mg-candidate={c}" for c in ("one.py", "sub/one.py", "many.py")]
        options += ["--mg-candidate=many.py:other", "--mg-candidate=math:sqrt"]
        suite.run(one, *options).assert_outcomes(passed=1)


def test_every_wrong_value_is_said_on_a_line_of_its_own_with_exit_code_4(suite):
    result = suite.spawn(
        "--mg-candidate=nope.py",
        "--mg-n=0",
        "--mg-timeout-s=nan",
        "--mg-mem-mb=-1",
        "--mg-shrink=slow",
        "--mg-fail-on=x",
        "--mg-seed=a",
        "--mg-executor-config=[1]",
        MG_BASELINE="nomodule:solve",
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sorted(line.removeprefix("ERROR: ") for line in result.errlines if line) == [
        "--mg-candidate=nope.py: there is no file 'nope.py' in " + str(suite.path),
        "--mg-executor-config=[1]: expected a JSON object, got a list",
        "--mg-fail-on=x: expected violation or regression",
        "--mg-mem-mb=-1: expected a whole number from 0",
        "--mg-n=0: expected a whole number from 1",
        "--mg-seed=a: expected a whole number or 'random'",
        "--mg-shrink=slow: expected auto, full or off",
        "--mg-timeout-s=nan: expected a number of seconds above 0",
        "MG_BASELINE=nomodule:solve: there is no module 'nomodule' on the import path",
    ]
    assert "test session starts" not in result.stdout.str()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--mg-timeout-s=0"], "--mg-timeout-s=0: expected a number of seconds above 0"),
        (["--mg-timeout-s=inf"], "--mg-timeout-s=inf: expected a number of seconds above 0"),
        (["--mg-n=1.5"], "--mg-n=1.5: expected a whole number from 1"),
        (["--mg-executor-config={bad"], "--mg-executor-config={bad: expected a JSON object:*"),
        (["--mg-executor-config=@no"], "--mg-executor-config=@no: cannot read *no: No such file*"),
        (
            ["--mg-executor=locl"],
            "no executor 'locl'; installed: *local, recorded. Did you mean 'local'?",
        ),
        (["--mg-task=tt"], "--mg-task: no task 'tt'; installed: t. Did you mean 't'?"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_value_ends_the_run_with_exit_code_4(suite, options, said):
    result = suite.run("--mg-candidate=one.py", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pytest]\nmg_n = x\n", "mg_n in pytest.ini: expected a whole number"),
        ("[pytest]\nmg_n = 0\n", "mg_n in pytest.ini=0: expected a whole number from 1"),
        ("[pytest]\nmg_timeout_s = 5s\n", "mg_timeout_s in pytest.ini: expected a number"),
        ("[pytest]\nmg_shrink = x\n", "mg_shrink in pytest.ini=x: expected auto, full or off"),
        (
            "[pytest]\nmg_candidate = one.py\n    nope.py\n",
            "mg_candidate in pytest.ini=nope.py: there is no file 'nope.py' in *",
        ),
    ],
    ids=lambda value: value.split("\n")[1] if value.startswith("[") else "",
)
def test_a_wrong_value_in_a_file_is_said_with_the_name_of_the_file(suite, text, said):
    (suite.path / "pytest.ini").write_text(text)
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


@NEEDS_TYPES
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mg_candidate = 'one.py'", "*'mg_candidate' expects a list*"),
        ("mg_n = 'x'", "*'mg_n' expects an int*"),
        ("mg_seed = 5", "*'mg_seed' expects a string*"),
    ],
    ids=["list", "int", "string"],
)
def test_a_value_of_a_wrong_type_in_a_native_table_is_said(suite, line, said):
    (suite.path / "pyproject.toml").write_text(f"[tool.pytest]\n{line}\n")
    result = suite.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_a_random_seed_is_drawn_once_and_shown(suite):
    seeds = set()
    for _ in range(3):
        result = suite.run("--mg-candidate=one.py", "--mg-seed=random")
        header = next(line for line in result.outlines if line.startswith("metamorphic-guard"))
        seeds.add(header.rpartition(" ")[2])
    assert len(seeds) == 3


def test_the_configuration_of_the_executor_comes_as_json_or_from_a_file(suite):
    (suite.path / "conf").mkdir()
    (suite.path / "conf" / "executor.json").write_text('{"isolation": "sprawn"}')
    (suite.path / "pytest.ini").write_text("[pytest]\nmg_executor_config = @conf/executor.json\n")
    for options in ([], ["--mg-executor-config=@conf/executor.json"]):
        result = suite.run("--mg-candidate=one.py", *options)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            ["ERROR: executor 'local' (from *): refused its configuration: *'spawn'?"]
        )
    result = suite.run("--mg-candidate=one.py", '--mg-executor-config={"isolation": "fork"}')
    result.assert_outcomes(passed=1)


def test_without_a_candidate_every_item_is_skipped_with_what_to_pass(suite):
    result = suite.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*no candidate: pass --mg-candidate=path.py, or TASK=*"])


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_without_a_candidate_the_summary_says_how_to_give_one(project, workers):
    project.write_task("@t.relation\ndef same(x):\n    return (x,)\n")
    project.write(new="def solve(x):\n    return x\n")
    project.write(test_own="def test_own(mg_candidate):\n    assert mg_candidate(1) == 1\n")
    project.write(test_other="import pytest\n@pytest.mark.skip\ndef test_other(): ...\n")
    how = "pass --mg-candidate=path.py or, for one task, TASK=path.py"
    skipped = project.spawn("-q", workers)
    skipped.assert_outcomes(skipped=3)
    said = f"2 items were skipped, since no candidate was given: {how}"
    assert skipped.outlines.count(said) == 1
    given = project.spawn("-q", workers, "--mg-candidate=new.py")
    given.assert_outcomes(passed=2, skipped=1)
    assert "no candidate" not in given.stdout.str()


def test_the_version_of_python_in_the_workers_is_this_one(suite):
    suite.write(version="import sys\n\ndef solve(x):\n    return sys.version_info[:3]\n")
    suite.write_task(
        f"""
        @t.law
        def same_version(solve, x):
            assert solve(x) == {tuple(sys.version_info[:3])!r}
        """
    )
    suite.run("--mg-candidate=version.py").assert_outcomes(passed=1)


def test_a_candidate_for_a_task_that_does_not_exist_is_said(suite):
    result = suite.run("--mg-candidate=tt=one.py", "-rs")
    said = result.stdout.str() + result.stderr.str()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--mg-candidate=tt=...: no task 'tt'. Did you mean 't'?" in said
    assert "name a test file with a Task" not in said
