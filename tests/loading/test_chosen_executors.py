"""Which executor calls an implementation: what it says itself, and what the options say."""

import json
from pathlib import Path

import pytest

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.evaluation.seeding import make_seed
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.tasks.implementations import (
    Assignment,
    Implementation,
    parse_assignment,
)


@pytest.fixture
def folder(tmp_path):
    for name in ("solver", "new.py", "model.bin"):
        (tmp_path / name).write_text("#!/bin/sh\n")
    for name in ("solver", "new.py"):
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "executor", "task", "target"),
    [
        ("http://localhost:8000/v2?a=b", "http", None, "http://localhost:8000/v2?a=b"),
        ("HTTPS://host/x", "http", None, "HTTPS://host/x"),
        ("t=https://host/x?a=b", "http", "t", "https://host/x?a=b"),
        ("command: ./solver --fast", "command", None, "command: {0}/solver --fast"),
        ("command:./solver", "command", None, "command: {0}/solver"),
        (
            "t=command: sh -c 'a | b' --model=model.bin ./model.bin model",
            "command",
            "t",
            "command: sh -c 'a | b' --model={0}/model.bin {0}/model.bin model",
        ),
        ("solver", "command", None, "{0}/solver"),
        ("t=./solver:rank", "command", "t", "{0}/solver"),
        # Python code is called, whether or not its file may be executed.
        ("new.py", "local", None, "{0}/new.py"),
        ("model.bin", "local", None, "{0}/model.bin"),
        ("math:floor", "local", None, "math"),
    ],
)
def test_a_specification_chooses_its_executor(folder, text, executor, task, target):
    found = parse_assignment(text, folder)
    assert (found.task, found.implementation.target) == (task, target.format(folder))
    assert Settings().find_executor("candidate", found.implementation) == executor
    if task is None:
        assert Implementation.from_specification(text, folder) == found.implementation


def test_who_is_asked_where_options_name_executors(folder):
    url = Implementation.from_specification("http://user:pw@host:80/x", folder)
    command = Implementation.from_specification("command: ./solver", folder)
    python = Implementation.from_specification("new.py", folder)
    assert [one.label for one in (url, command, python)] == ["host", "solver", "new"]
    # What these call is of one kind: they leave to others what is of another.
    for name in ("local", "inprocess", "dask", "http", "command"):
        settings = Settings(executor=name)
        assert settings.find_executor("candidate", url) == "http"
        assert settings.find_executor("candidate", command) == "command"
        assert settings.find_executor("candidate", python) == name
    # Others get everything, and so does one that is named for the role.
    for one in (url, command, python):
        assert Settings(executor="llm").find_executor("baseline", one) == "llm"
        assert Settings(candidate_executor="dask").find_executor("candidate", one) == "dask"


def test_the_common_configuration_goes_to_one_kind_of_executor(folder):
    url = Implementation.from_specification("http://host/x", folder)
    python = Implementation.from_specification("new.py", folder)
    given = {"headers": 1, "isolation": "fork"}

    def find(**options):
        settings = Settings(
            candidates=(Assignment(url),),
            baselines=(Assignment(python),),
            executor_config=given,
            **options,
        )
        return [
            dict(settings.find_executor_config(*called))
            for called in (("candidate", url), ("baseline", python))
        ]

    assert find() == [{"headers": 1}, {"isolation": "fork"}]
    assert find(executor="dask") == [{}, given]
    assert find(executor="mine") == [given, given]
    assert find(candidate_executor_config={"a": 1}) == [{"a": 1}, {"isolation": "fork"}]
    assert find(candidate_executor="mine") == [given, given]
    assert Settings(executor_config=given).find_executor_config("candidate", python) == given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("command: ./slover", "there is no file './slover' in "),
        ("command: no-such-program", "there is no program 'no-such-program' on the PATH"),
        ("command: ./model.bin", "chmod +x it, or name what runs it first"),
        ("command: sh -c 'a", "quote is not closed"),
        ("command: ./", "is a folder, not a program"),
    ],
)
def test_a_mistyped_command_is_refused(folder, text, said):
    with pytest.raises(ImplementationError, match="command") as caught:
        parse_assignment(text, folder)
    assert said in caught.value.fault


def test_a_module_called_command_is_one(folder):
    (folder / "command.py").write_text("def solve(x):\n    return x\n")
    assert parse_assignment("command:solve", folder).implementation.target.endswith("command.py")


def test_the_seed_of_a_gate_follows_from_the_files_of_a_command(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "solver").write_bytes((folder / "solver").read_bytes())
    (elsewhere / "solver").chmod(0o755)

    def seed(place):
        return make_seed([Implementation.from_specification("command: ./solver -x", place)], [])

    first = seed(folder)
    assert seed(elsewhere) == first
    (elsewhere / "solver").write_text("#!/bin/sh\necho\n")
    assert seed(elsewhere) != first


@pytest.mark.usefixtures("executors")
def test_each_role_has_its_own_executor_and_the_report_says_so(project, read_texts):
    project.write(one="def solve(x):\n    return x\n")
    project.write_task(
        """
        @t.relation
        def same(x):
            return (x,)

        @t.property
        def small(output, x):
            assert output < 3
        """
    )
    result = project.run(
        "--mg-candidate=echo://host/one",
        "--mg-baseline=one.py",
        "--mg-gate",
        "--mg-fail-on=violation",
        "--mg-monitor=latency",
        "--mg-parallel=auto",
        "--mg-report=report.json",
    )
    result.assert_outcomes(passed=2, failed=2)
    head = "metamorphic-guard: *executor of the candidate echo, executor of the baseline local*"
    result.stdout.fnmatch_lines([head])
    assert "executors   candidate Echo, baseline local" in read_texts(result)["small"]
    # What cannot be compared keeps from adopting, and needs no calls one by one.
    said = "durations of local and Echo cannot be compared"
    assert said in result.stdout.str()
    assert "one by one" not in result.stdout.str()
    report = json.loads(Path("report.json").read_text())
    executors = {one["role"]: (one["name"], one["distribution"]) for one in report["executors"]}
    assert executors == {
        "baseline": ("local", "pytest-metamorphic-guard"),
        "candidate": ("echo", "strange-executors"),
    }
    assert {i["role"]: i["name"] for i in report["implementations"]}["candidate"] == "host"
    # Several candidates, each with an executor of its own.
    result = project.run("--mg-candidate=echo://host/one", "--mg-candidate=t=one.py", "-k", "same")
    result.assert_outcomes(passed=1, deselected=1)
    result = project.run("--mg-candidate=echo://host/one", "--mg-candidate=one.py", "-k", "same")
    result.assert_outcomes(passed=2, deselected=2)


def test_files_that_nobody_may_execute_stay_with_local(folder):
    (folder / "solver").chmod(0o644)
    assert Implementation.from_path(folder / "solver").claim is None
