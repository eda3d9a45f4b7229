"""Executors of strangers: every fault is one clear item error that names plugin and origin."""

import json
import re

import pytest

ORIGIN = "(from strange-executors)"
CALLED = {
    "Raises": (
        "execute() raised ConnectionError: no route to host. A failing call must be a dict with "
        "success=False"
    ),
    "Exits": "execute() raised SystemExit: 3. A failing call must be a dict with success=False",
    "ReturnsNone": "execute() returned NoneType, expected a dict with the key 'success'",
    "MissingSuccess": "execute() returned a dict with no key 'success'",
    "SuccessIsText": "execute() returned a dict with success='yes', expected True or False",
    "NonStringError": (
        "execute() returned a dict with error of type ValueError, expected str; stdout of type "
        "bytes, expected str; duration_ms of type str, expected a number"
    ),
}
MADE = {
    "RaisesInInit": "raised while it was made: RuntimeError: no licence",
    "RefusesConfig": "refused its configuration: unknown option 'level'",
    "TakesNoConfig": (
        "cannot be made with config=...: TakesNoConfig() takes no arguments. It must accept the "
        "keyword 'config'"
    ),
    "LacksExecute": "made a LacksExecute without a method 'execute'",
    "NOT_CALLABLE": "is a int, expected a class or factory",
    "FailsToImport": (
        "failed to load: ModuleNotFoundError: No module named 'no_such_module'. Reinstall or "
        "remove it"
    ),
    "Missing": (
        "failed to load: AttributeError: module 'strange_executors' has no attribute 'Missing'. "
        "Reinstall or remove it"
    ),
    "NeedsNewer": "needs version at least 99.0 of the Metamorphic Guard contracts, this is ",
    "NeedsOlder": "needs version at most 1.0 of the Metamorphic Guard contracts, this is ",
    "NeedsNonsense": "PLUGIN_METADATA['guard_min']='newest' is no version",
}


@pytest.fixture
def suite(project, executors):
    project.write(one="def solve(x):\n    return x\n")
    project.write_task(
        """
        @t.relation
        def same(x):
            return (x,)

        @t.law
        def law(solve, x):
            assert solve(x) == x

        def test_of_the_users_own():
            pass
        """
    )
    return project


def read_notes(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("name", CALLED)
def test_a_fault_is_an_item_error_and_the_session_goes_on(suite, read_texts, name):
    result = suite.run("--mg-candidate=one.py", f"--mg-executor={name}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=2, passed=1)
    for text in read_texts(result).values():
        assert text.startswith(f"executor '{name}' {ORIGIN}: {CALLED[name]}")
        assert "\n" not in text


@pytest.mark.parametrize("name", ["ReturnsNone"])
def test_a_fault_is_the_same_under_xdist(suite, name):
    result = suite.spawn("--mg-candidate=one.py", f"--mg-executor={name}", "-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=2, passed=1)
    assert result.stdout.str().count(f"executor '{name}' {ORIGIN}: {CALLED[name]}") >= 2


def test_a_fault_in_a_users_own_test_is_an_ordinary_error(project, executors, read_texts):
    project.write(
        one="def solve(x):\n    return x\n",
        test_own="""
        def test_call(mg_candidate):
            assert mg_candidate(1) == 1

        def test_other():
            pass
        """,
    )
    result = project.run("--mg-candidate=one.py", "--mg-executor=Raises")
    assert result.parseoutcomes()["passed"] == 1
    (text,) = read_texts(result).values()
    assert f"executor 'Raises' {ORIGIN}: {CALLED['Raises']}" in text
    result = project.run("--mg-candidate=one.py", "--mg-executor=RaisesInInit")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("name", MADE)
def test_an_executor_that_cannot_be_made_is_one_error_before_the_run(suite, name):
    result = suite.run(
        "--mg-candidate=one.py", "--mg-baseline=one.py", f"--mg-executor={name}", "--mg-gate"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert line.startswith(f"ERROR: executor '{name}' {ORIGIN}: {MADE[name]}")
    assert "passed" not in result.stdout.str()


def test_an_executor_that_cannot_be_made_is_said_once_by_the_controller(suite):
    result = suite.spawn(
        "--mg-candidate=one.py", "--mg-baseline=one.py", "--mg-executor=RefusesConfig", "-n2"
    )
    assert result.ret != pytest.ExitCode.OK
    said = f"executor 'RefusesConfig' {ORIGIN}: {MADE['RefusesConfig']}"
    shown = result.stdout.str().partition("short test summary")[0] + result.stderr.str()
    assert shown.count(said) == 1
    assert "no task ran" not in shown
    assert "INTERNALERROR" not in shown


def test_an_executor_is_not_made_where_nothing_is_to_run(suite, executors):
    for options in (["-k", "users_own"], ["--collect-only"]):
        result = suite.run("--mg-candidate=one.py", "--mg-executor=RaisesInInit", *options)
        assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("name", "said"),
    [("AlwaysFails", "no such answer"), ("FailsWithoutWords", "error")],
)
def test_a_failing_call_is_an_outcome_and_violates(suite, read_texts, name, said):
    result = suite.run("--mg-candidate=one.py", f"--mg-executor={name}")
    result.assert_outcomes(failed=2, passed=1)
    text = read_texts(result)["same"]
    assert "t: relation 'same' is violated by one.py" in text
    assert f"candidate   source -> {said}\n" in text
    assert "expected    every call returns" in text


@pytest.mark.parametrize("name", ["Echo", "make_echo", "FitsExactly", "NoClose", "echo", "ECHO"])
def test_classes_factories_and_names_in_any_case_are_loaded(suite, name):
    result = suite.run("--mg-candidate=one.py", f"--mg-executor={name}")
    result.assert_outcomes(passed=3)


def test_a_module_and_attribute_name_an_executor_without_an_entry_point(suite):
    result = suite.run("--mg-candidate=one.py", "--mg-executor=strange_executors:Echo")
    result.assert_outcomes(passed=3)
    result = suite.run("--mg-candidate=one.py", "--mg-executor=strange_executors:Nothing")
    result.stderr.fnmatch_lines(
        ["ERROR: executor 'strange_executors:Nothing': failed to load: AttributeError: *"]
    )


def test_an_unknown_executor_is_a_wrong_option(suite):
    result = suite.run("--mg-candidate=one.py", "--mg-executor=ehco")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no executor 'ehco'; installed: *Did you mean 'echo'?"])


def test_our_own_executor_wins_over_a_strangers_of_the_same_name(suite):
    suite.run("--mg-candidate=one.py", "--mg-executor=local").assert_outcomes(passed=3)


def test_one_instance_serves_a_role_for_the_session_and_is_closed_once(suite, executors):
    config = {"region": "north", "retries": [1, 2]}
    result = suite.run(
        "--mg-candidate=one.py",
        "--mg-baseline=one.py:other",
        "--mg-executor=Echo",
        f"--mg-executor-config={json.dumps(config)}",
        "--mg-timeout-s=2.5",
        "--mg-mem-mb=77",
    )
    result.assert_outcomes(passed=3)
    notes = read_notes(executors)
    assert [note for note in notes if note[0] == "made"] == [["made", config]] * 2
    assert [note for note in notes if note[0] == "closed"] == [["closed"]] * 2
    assert notes[-2:] == [["closed"]] * 2
    calls = [note for note in notes if note[0] == "called"]
    path = str(suite.path / "one.py")
    assert ["called", path, "solve", [1], 2.5, 77] in calls
    assert ["called", path, "other", [1], 2.5, 77] in calls
    assert len(calls) == 2 * (2 * 3 + 3)


@pytest.mark.parametrize("name", ["Raises", "ReturnsNone", "AlwaysFails", "RaisesInClose"])
def test_an_executor_is_closed_once_whatever_it_did(suite, executors, name):
    suite.run("--mg-candidate=one.py", f"--mg-executor={name}", "-x")
    assert read_notes(executors).count(["closed"]) == 1


def test_what_close_raises_is_said_and_fails_no_test(suite):
    result = suite.run("--mg-candidate=one.py", "--mg-executor=RaisesInClose")
    result.assert_outcomes(passed=3, warnings=result.parseoutcomes().get("warnings", 0))
    said = result.stdout.str() + result.stderr.str()
    assert f"executor 'RaisesInClose' {ORIGIN}: close() raised RuntimeError: cannot close" in said


def test_a_session_that_is_interrupted_closes_its_executors(suite, executors):
    suite.write(test_zz="def test_stop():\n    raise KeyboardInterrupt\n")
    result = suite.spawn("--mg-candidate=one.py", "--mg-executor=Echo")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert read_notes(executors).count(["closed"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "You are a helpful assistant.",
        "line one\nline two\n\tindented: yes\n",
        "answer = 42: what else?",
        "t is a task = no, a prompt",
        "x" * 5000,
        "/no/such/file",
        "ünïcode ☃",
    ],
    ids=["plain", "lines", "signs", "equals", "long", "slashes", "unicode"],
)
def test_a_raw_text_reaches_the_executor_untouched(suite, executors, text):
    result = suite.run(f"--mg-candidate={text}", "--mg-executor=Echo", "-v")
    result.assert_outcomes(passed=3)
    assert {note[1] for note in read_notes(executors) if note[0] == "called"} == {text}


def test_a_raw_text_can_be_given_to_one_task(suite, executors):
    result = suite.run("--mg-candidate=t=Be brief: a = b.\n", "--mg-executor=Echo")
    result.assert_outcomes(passed=3)
    assert {n[1] for n in read_notes(executors) if n[0] == "called"} == {"Be brief: a = b.\n"}


def test_several_raw_texts_are_items_of_their_own(suite):
    result = suite.run(
        "--mg-candidate=Be brief.", "--mg-candidate=Be polite.", "--mg-executor=Echo", "-v"
    )
    result.assert_outcomes(passed=5)
    ids = {line.split("::")[-1].split()[0] for line in result.outlines if "::same" in line}
    assert len(ids) == 2
    assert all(re.fullmatch(r"same\[[^\[\]:]+\]", one) for one in ids)


def test_a_mistyped_path_is_no_raw_text(suite):
    for text in ("nope.py", "nope.py:solve", "t=nope.py"):
        result = suite.run(f"--mg-candidate={text}", "--mg-executor=Echo")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            [f"ERROR: --mg-candidate={text}: there is no file 'nope.py' in *"]
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "promts/new.txt",
            "there is no file 'promts/new.txt' in *. Did you mean 'prompts/new.txt'?",
        ),
        (
            "./prompts/nwe.txt",
            "there is no file './prompts/nwe.txt' in *. Did you mean './prompts/new*",
        ),
        (
            "t=prompts/nwe.txt",
            "there is no file 'prompts/nwe.txt' in *. Did you mean 'prompts/new*",
        ),
        ("new.md", "there is no file 'new.md' in *"),
        ("prompts/", "is a folder; name a file in it, such as *"),
        ("prompts/old", "there is no file 'prompts/old' in *"),
    ],
)
def test_a_mistyped_prompt_file_is_not_sent_as_a_text(suite, text, said):
    (suite.path / "prompts").mkdir()
    (suite.path / "prompts" / "new.txt").write_text("Be brief.")
    result = suite.run(f"--mg-candidate={text}", "--mg-executor=Echo")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --mg-candidate={text}: {said}"])


@pytest.mark.parametrize(
    "text",
    ["maker/model-4.1", "http://localhost:8000/v2/new.json", "Say and/or.", "Answer in new.md"],
)
def test_the_name_of_a_model_a_url_and_a_sentence_are_no_paths(suite, executors, text):
    (suite.path / "prompts").mkdir()
    result = suite.run(f"--mg-candidate={text}", "--mg-executor=Echo")
    result.assert_outcomes(passed=3)


MINE = """
class Mine:
    def __init__(self, config=None):
        self.config = config

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        return {"success": True, "result": args[0]}

class Counts:
    def __init__(self, least=0):
        self.seen, self.least = 0, least

    def record(self, record):
        self.seen += 1

    def finalize(self):
        return {"id": "Counts", "summary": {"seen": self.seen}, "alerts": []}
"""


def test_a_class_in_a_file_is_an_executor_and_a_monitor(suite):
    suite.write(mine=MINE)
    result = suite.run(
        "--mg-candidate=one.py",
        "--mg-executor=./mine.py:Mine",
        "--mg-monitor=./mine.py:Counts:least=2",
        "--mg-report=report.json",
    )
    result.assert_outcomes(passed=4)
    report = json.loads((suite.path / "report.json").read_text())
    assert {one["name"] for one in report["executors"]} == {"./mine.py:Mine"}
    assert report["monitors"][0]["summary"]["seen"] == 9


def test_a_path_in_the_ini_file_is_relative_to_that_file(suite):
    suite.write(mine=MINE)
    (suite.path / "sub").mkdir()
    (suite.path / "pytest.ini").write_text("[pytest]\nmg_executor = mine.py:Mine\n")
    result = suite.spawn("--mg-candidate=../one.py", "../test_it.py", cwd=suite.path / "sub")
    result.assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./mine.py:Nothing", "failed to load: AttributeError: *"),
        ("./mine.py", "name the class or function in the file, as in './mine.py:Class'"),
        ("./nine.py:Mine", "there is no file './nine.py' in *"),
        ("mi-ne:Mine", "expected module:Class or path.py:Class"),
        ("./wrong.py:Mine", "failed to load: SyntaxError: *"),
    ],
)
def test_a_wrong_place_of_an_executor_or_monitor_is_one_line(suite, name, said):
    suite.write(mine=MINE, wrong="class Mine(\n")
    for kind in ("executor", "monitor") if name != "mi-ne:Mine" else ("executor",):
        result = suite.run("--mg-candidate=one.py", f"--mg-{kind}={name}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: {kind} '{name}': {said}"])
        assert "Traceback" not in result.stderr.str()


def test_files_and_modules_are_still_recognised_with_a_strangers_executor(suite, executors):
    suite.run("--mg-candidate=one.py", "--mg-baseline=math:sqrt", "--mg-executor=Echo")
    calls = {(n[1], n[2]) for n in read_notes(executors) if n[0] == "called"}
    assert calls == {(str(suite.path / "one.py"), "solve"), ("math", "sqrt")}


def test_each_role_can_have_an_executor_of_its_own(suite, executors):
    result = suite.run(
        "--mg-candidate=A prompt",
        "--mg-candidate-executor=Echo",
        "--mg-baseline=one.py",
    )
    result.assert_outcomes(passed=3)
    assert {n[1] for n in read_notes(executors) if n[0] == "called"} == {"A prompt"}


def test_an_executor_that_hangs_is_ended_and_named_without_any_time_limit_of_the_item(
    suite, read_texts
):
    result = suite.spawn("--mg-candidate=one.py", "--mg-executor=Hangs", "--mg-timeout-s=0.5")
    result.assert_outcomes(failed=2, passed=1)
    for text in read_texts(result).values():
        assert text == (
            f"executor 'Hangs' {ORIGIN}: execute() had not returned 5.5 s after its call, with "
            "timeout_s=0.5; it must end a call when its time is over"
        )


def test_an_executor_that_hangs_is_named_when_the_items_time_is_over(suite, read_texts):
    result = suite.spawn("--mg-candidate=one.py", "--mg-executor=Hangs", "--timeout=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=2, passed=1)
    for text in read_texts(result).values():
        assert text == (
            "Timeout (>1.0s) from pytest-timeout; the input was (1,); "
            f"executor 'Hangs' {ORIGIN}: execute() had not returned"
        )
