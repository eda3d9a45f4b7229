"""Executors of strangers: every fault is one clear item error that names plugin and origin."""

import json
import re

import pytest

ORIGIN = "(from strange-executors)"
FAULTS = {
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


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_an_item_error_and_the_session_goes_on(suite, read_texts, name):
    result = suite.run("--mg-candidate=one.py", f"--mg-executor={name}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=2, passed=1)
    for text in read_texts(result).values():
        assert text.startswith(f"executor '{name}' {ORIGIN}: {FAULTS[name]}")
        assert "\n" not in text


@pytest.mark.parametrize("name", ["ReturnsNone"])
def test_a_fault_is_the_same_under_xdist(suite, name):
    result = suite.spawn("--mg-candidate=one.py", f"--mg-executor={name}", "-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=2, passed=1)
    assert result.stdout.str().count(f"executor '{name}' {ORIGIN}: {FAULTS[name]}") >= 2


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
    for name in ("Raises", "RaisesInInit"):
        result = project.run("--mg-candidate=one.py", f"--mg-executor={name}")
        assert result.parseoutcomes()["passed"] == 1
        (text,) = read_texts(result).values()
        assert f"executor '{name}' {ORIGIN}: {FAULTS[name]}" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [("AlwaysFails", "quota used up"), ("FailsWithoutWords", "error")],
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
    result.stdout.fnmatch_lines(
        ["executor 'strange_executors:Nothing': failed to load: AttributeError: *"]
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
