"""What an executor could not call counts for nobody, and too much of it decides nothing."""

import json
import subprocess
import sys

import pytest

from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity, Unavailable, to_outcome
from pytest_metamorphic_guard.runner.availability import LastAvailability
from pytest_metamorphic_guard.testing import check_executor

IDENTITY = PluginIdentity("executor", "any")
DOWN = to_outcome({"success": False, "error": "", "error_type": "unavailable"}, IDENTITY)
UP = to_outcome({"success": True, "result": 1}, IDENTITY)


@pytest.fixture
def ask(project, executors):
    """Run a task of thirty inputs with the executor that is busy for some of them."""
    project.write(new="def solve(x):\n    return 1\n", old="def solve(x):\n    return 1\n")
    project.write_task(
        """
        @t.relation(expect="equal")
        def same(x):
            return (x,)

        @t.law
        def law(solve, x):
            with pytest.raises(CallFailed):
                solve(x)
                raise CallFailed("", "", "", None)
        """,
        inputs="[(n,) for n in range(30)]",
    )

    def run(config, *options):
        return project.run(
            "--mg-candidate=new.py",
            "--mg-executor=Busy",
            f"--mg-executor-config={json.dumps(config)}",
            *options,
        )

    return run


def test_a_few_calls_that_are_unavailable_count_for_nobody(ask):
    result = ask({"busy": [7]}, "--mg-measure")
    result.assert_outcomes(passed=2)
    said = "1 of 59 calls of candidate new.py was unavailable (429 slow down), and their cases"
    result.stdout.fnmatch_lines([f"*'same': {said}*"])


def test_too_many_make_the_item_broken_and_name_the_reason(ask, read_texts):
    for options in ((), ("--mg-measure",)):
        result = ask({"busy": [3, 7, 12, 20, 25, 28]}, *options)
        result.assert_outcomes(failed=2)
        for name, text in read_texts(result).items():
            calls = 54 if name == "same" else 30
            assert f"{name!r} could not be judged: 6 of {calls} calls of candidate new.py" in text
            assert "violated" not in text


def test_an_executor_that_is_gone_ends_its_items_soon(ask, executors, read_texts):
    result = ask({"busy": list(range(30)), "answer": {"retry_after_s": 0}}, "-k", "same")
    result.assert_outcomes(failed=1)
    said = "candidate new.py: 10 of 10 calls were unavailable (429 slow down)"
    assert said in read_texts(result)["same"]
    # Four attempts for each of the first five, then one.
    asked = [n for n in map(json.loads, executors.read_text().splitlines()) if n[0] == "asked"]
    assert len(asked) == 5 * 4 + 5


@pytest.mark.parametrize("options", [(), ("--mg-gate",), ("--mg-measure", "--mg-parallel=1")])
def test_an_executor_that_is_gone_is_waited_for_once_in_later_items(
    ask, project, executors, read_texts, options
):
    relation = "@t.relation\ndef {name}(x):\n    return (x,)\n\n"
    project.write_task(
        "".join(relation.format(name=name) for name in ("first", "second", "third")),
        inputs="[(n,) for n in range(30)]",
    )
    config = {"busy": list(range(30)), "answer": {"retry_after_s": 0}, "role": "new"}
    result = ask(config, "--mg-baseline=old.py", *options)

    result.assert_outcomes(failed=3 + ("--mg-gate" in options))  # and the decision
    said = "candidate new.py: 10 of 10 calls were unavailable (429 slow down)"
    texts = read_texts(result)
    assert [said in texts[name] for name in ("first", "second", "third")] == [True] * 3
    asked = [n for n in map(json.loads, executors.read_text().splitlines()) if n[0] == "asked"]
    # Four attempts for each of the first five calls, then one; later for the first of ten.
    assert sum(role == "new" for _, role, _ in asked) == 5 * 4 + 5 + 2 * (4 + 9)


def test_patience_comes_back_with_the_first_call_that_is_made():
    last = LastAvailability()
    gone = last.begin("candidate", "new.py")
    for _ in range(10):
        gone.ask(lambda: DOWN, 0.0, None)
    assert gone.is_gone

    later, tries = last.begin("candidate", "new.py"), []
    assert last.begin("baseline", "new.py").patience > later.patience
    later.ask(lambda: tries.append(1) or DOWN, 0.0, None)
    later.ask(lambda: tries.append(2) or DOWN, 0.0, None)
    assert tries == [1, 1, 1, 1, 2]
    later.ask(lambda: UP, 0.0, None)
    for _ in range(5):
        later.ask(lambda: tries.append(3) or DOWN, 0.0, None)
    assert tries.count(3) == 5 * 4
    assert not last.begin("candidate", "new.py").in_a_row


def test_a_call_is_made_again_where_the_executor_says_so(ask, executors):
    config = {"busy": [1, 2], "times": 2}
    result = ask(config | {"answer": {"retry_after_s": 0.01}}, "-k", "same", "--mg-measure")
    result.assert_outcomes(passed=1)
    assert "unavailable" not in result.stdout.str()
    asked = [n for n in map(json.loads, executors.read_text().splitlines()) if n[0] == "asked"]
    assert len(asked) == 60 + 4


def test_a_wait_that_is_too_long_is_not_waited_for(ask):
    result = ask({"busy": [1], "answer": {"retry_after_s": 3600}}, "-k", "same", "--mg-measure")
    result.assert_outcomes(passed=1)


@pytest.fixture
def alone(project, ask):
    """Leave the relation alone in the task."""
    project.write_task(
        "@t.relation(expect='equal')\ndef same(x):\n    return (x,)\n",
        inputs="[(n,) for n in range(30)]",
    )
    return ask


@pytest.mark.parametrize("role", ["new", "old"])
def test_a_gate_is_inconclusive_where_too_much_was_unavailable(alone, role):
    config = {"busy": [3, 7, 12, 20, 25, 28], "role": role}
    result = alone(config, "--mg-baseline=old.py", "--mg-gate", "--mg-monitor=errors")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = result.stdout.str()
    assert "INCONCLUSIVE: test_it.py::t::same could not be judged" in text
    assert "REJECT" not in text


def test_losses_of_both_roles_count_together_where_each_ends_other_cases(alone):
    # A few calls in sixty of either role, and together a sixth of the inputs.
    of_baseline = "--mg-baseline-executor-config=" + json.dumps({"busy": [20, 25, 28]})
    config = {"busy": [3, 7], "role": "new"}
    result = alone(config, "--mg-baseline=old.py", "--mg-gate")
    assert "INCONCLUSIVE" not in result.stdout.str()
    result = alone(config, of_baseline, "--mg-baseline=old.py", "--mg-gate")
    text = " ".join(result.stdout.str().split())
    assert "could not be judged" in text
    assert "INCONCLUSIVE" in text
    assert "calls of candidate new.py were unavailable" in text
    assert "calls of baseline old.py were unavailable" in text


def test_what_is_asked_again_and_unavailable_then_breaks_nothing(alone):
    # An input is called twice, as source and as follow-up, before any is asked again.
    config = {"busy": list(range(30)), "first": 3, "role": "new"}
    result = alone(config, "--mg-baseline=old.py", "--mg-gate")
    result.assert_outcomes(passed=2)
    assert "were unavailable" in result.stdout.str() or "was unavailable" in result.stdout.str()


def test_a_metric_of_a_law_goes_without_a_call_that_was_unavailable(ask, project):
    project.write_task(
        """
        @t.law
        def law(solve, x):
            assert solve(x) == 1
        """,
        inputs="[(n,) for n in range(30)]",
        metrics="[Metric('size', lambda out, args: out)]",
    )
    result = ask({"busy": [4], "first": 2}, "--mg-baseline=old.py", "--mg-gate")
    result.assert_outcomes(passed=2)


def test_a_test_of_the_users_own_that_could_not_call_rejects_nobody(ask, project):
    project.write(test_it="def test_own(mg_candidate):\n    assert mg_candidate(3) == 1\n")
    result = ask({"busy": [3]}, "--mg-baseline=old.py", "--mg-gate")
    text = result.stdout.str()
    assert "429 slow down" in text
    assert "INCONCLUSIVE" in text
    assert "REJECT" not in text


@pytest.mark.parametrize("name", ["unavailable", "rate_limit", "rate_limit_error", "overloaded"])
def test_what_executors_call_it_is_known(name):
    payload = {"success": False, "error_type": name, "retry_after_s": 2}
    outcome = to_outcome(payload, PluginIdentity("executor", "any"))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after_s == 2


def test_a_lost_connection_may_be_the_candidates_own_end():
    payload = {"success": False, "error_type": "connection"}
    assert not isinstance(to_outcome(payload, PluginIdentity("executor", "any")), Unavailable)


def test_a_check_of_an_executor_asks_for_another_time():
    class Down:
        def execute(self, *call):
            return {"success": False, "error": "no route to host", "error_type": "unavailable"}

    report = check_executor(Down(), hostile=False)
    said = "the call was unavailable (no route to host): check again when what the executor needs"
    assert said in " ".join(str(report).split())


@pytest.mark.parametrize(("role", "busy"), [("old", "x % 5 == 3"), ("new", "True")])
def test_a_program_is_told_that_too_much_was_unavailable(project, busy, role):
    project.write(
        new="def solve(x):\n    return 1\n",
        old="def solve(x):\n    return 1\n",
        busy=f"""
        class Busy:
            def __init__(self, config=None):
                pass
            def execute(self, file_path, func_name, args, timeout_s, mem_mb):
                x = args[0]
                if file_path.endswith({role!r} + ".py") and {busy}:
                    return {{"success": False, "error": "429 slow", "error_type": "unavailable"}}
                return {{"success": True, "result": 1}}
        """,
        program="""
        from pytest_metamorphic_guard import EvaluationConfig, Implementation, Task, run
        t = Task("t", inputs=[(n,) for n in range(30)])

        @t.relation(expect="equal")
        def same(x):
            return (x,)

        config = EvaluationConfig(executor="busy:Busy", n=30)
        old, new = (Implementation.from_path(f"{name}.py") for name in ("old", "new"))
        found = run(t, old, new, config)
        print(found.outcome, found.adopt, found.reason)
        """,
    )
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("inconclusive False "), done.stdout
    assert "429 slow" in done.stdout
    assert f"{role}.py" in done.stdout
