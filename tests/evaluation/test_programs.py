"""The evaluation without a session, for programs: the same runner, gate and report."""

import sys
from typing import ClassVar

import jsonschema
import pytest

from metamorphic_guard import api
from pytest_metamorphic_guard import Metric, Task
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.gate.policies import PolicyError
from pytest_metamorphic_guard.report.document import read_schema

INPUTS = [(x,) for x in range(100)]
FAST = {"executor": "inprocess", "n": 100}


@pytest.fixture
def task():
    """A task over whole numbers."""
    made = Task("t", inputs=INPUTS, metrics=[Metric("size", lambda output, given: output)])

    @made.property
    def right(output, x):
        assert output == x

    @made.relation(expect=lambda before, after: after == before + 1)
    def next_one(x):
        return (x + 1,)

    return made


@pytest.fixture
def write(tmp_path):
    """Write an implementation that errs on some inputs, and return its path."""

    def write(name, *wrong):
        path = tmp_path / f"{name}.py"
        path.write_text(f"def solve(x):\n    return -1 if x in {set(wrong)!r} else x\n")
        return path

    return write


def solve_here(x):
    """Be right; given as a function."""
    return x


# The executor that is asked to run in this process says so.
pytestmark = pytest.mark.filterwarnings("ignore:the executor 'inprocess'")


def test_a_program_gets_the_decision_its_reason_and_the_report(task, write):
    old, new = write("old"), write("new")

    result = api.run(
        task=task,
        baseline=api.Implementation.from_path(old),
        candidate=api.Implementation.from_path(new),
        config=api.EvaluationConfig(n=100),
    )

    assert result.adopt is True
    assert result.reason == "0 regressions in 100 inputs: regression rate below 3 % at 95 %"
    jsonschema.validate(result.report, read_schema())
    assert [entry["sha256"] is not None for entry in result.report["implementations"]] == [True] * 2


def test_a_regression_is_rejected_with_its_smallest_input(task, write):
    result = api.run(
        task,
        api.Implementation.from_path(write("old")),
        api.Implementation.from_path(write("new", 50, 7)),
        api.EvaluationConfig(**FAST),
    )

    assert (result.adopt, result.outcome) == (False, "reject")
    sources = {v["relation"]: v["source_input"] for v in result.report["violations"]}
    assert sources == {"right": "((7,),)", "next_one": "((6,),)"}


def test_without_a_baseline_the_candidate_is_judged_alone(task, write):
    good = api.Implementation.from_path(write("good"))
    bad = api.Implementation.from_path(write("bad", 7))

    config = api.EvaluationConfig(**FAST)
    assert api.run(task, None, good, config).adopt is True
    rates = api.EvaluationConfig(**FAST, policy="noninferior:margin=0.1")
    for options in (config, rates):
        result = api.run(task, None, bad, options)
        assert (result.adopt, result.outcome) == (False, "reject")


def test_implementations_come_from_functions_modules_and_texts(task, write, monkeypatch):
    path = write("a_module_of_a_user")
    monkeypatch.syspath_prepend(path.parent)
    dotted = api.Implementation.from_dotted("a_module_of_a_user:solve")
    function = api.Implementation.from_callable(solve_here)

    result = api.run(task, dotted, function, api.EvaluationConfig(**FAST))

    assert result.adopt is True
    assert "a_module_of_a_user" not in sys.modules
    # A text reaches the executor as it is.
    content = api.Implementation.from_content("Answer with the number you are given.")
    remote = api.EvaluationConfig(n=100, executor=f"{__name__}:Parrot")
    monkeypatch.setitem(sys.modules, __name__, sys.modules[solve_here.__module__])
    said = api.run(task, None, content, remote)
    assert said.adopt is True
    assert Parrot.seen == {("Answer with the number you are given.", "solve")}


class Parrot:
    """An executor that returns its first argument."""

    seen: ClassVar = set()

    def __init__(self, config=None):
        self.config = config

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        self.seen.add((file_path, func_name))
        return {
            "success": True,
            "result": args[0],
            "error": "",
            "duration_ms": 0.1,
            "stdout": "",
            "stderr": "",
            "error_type": None,
        }


def test_a_program_may_stop_early_and_give_a_policy_as_data(task, write):
    policy = {"policy": "superior", "tasks": {"t": {"policy": "noninferior:margin=0.05"}}}
    config = api.EvaluationConfig(executor="inprocess", n=400, policy=policy, early_stop=True)
    wide = Task("t", inputs=[(x,) for x in range(400)], properties=[task.entries[0].subject])

    result = api.run(
        wide,
        api.Implementation.from_path(write("old")),
        api.Implementation.from_path(write("new")),
        config,
    )

    assert result.adopt is True
    assert [item["cases"] for item in result.report["items"]] == [112]


@pytest.mark.parametrize("in_policy", [False, True])
def test_a_program_may_go_on_until_it_is_decided(task, write, in_policy):
    margin = "noninferior:margin=0.02"
    asked = {"policy": {"policy": margin, "extend": 400}} if in_policy else {"extend": 400}
    config = api.EvaluationConfig(**FAST | {"policy": margin} | asked)
    wide = Task("t", inputs=[(x,) for x in range(400)], properties=[task.entries[0].subject])
    old, new = (api.Implementation.from_path(write(name)) for name in ("old", "new"))

    result = api.run(wide, old, new, config)

    assert result.adopt is True
    assert [item["cases"] for item in result.report["items"]] == [284]


def test_a_program_is_asked_for_no_more_inputs_than_exist(task, write):
    config = api.EvaluationConfig(**FAST, policy="noninferior:margin=0.02")
    old, new = (api.Implementation.from_path(write(name)) for name in ("old", "new"))

    result = api.run(task, old, new, config)

    assert result.outcome == "inconclusive"
    assert "only 100 distinct inputs exist" in str(result.report["gate"])


def test_what_cannot_be_evaluated_is_an_error_that_says_so(task, write):
    good = api.Implementation.from_path(write("good"))
    config = api.EvaluationConfig(**FAST)

    with pytest.raises(MetamorphicGuardError, match="no Task"):
        api.run("t", None, good, config)
    with pytest.raises(MetamorphicGuardError, match="candidate is no Implementation"):
        api.run(task, None, good.target, config)
    with pytest.raises(MetamorphicGuardError, match="baseline is no Implementation"):
        api.run(task, solve_here, good, config)
    with pytest.raises(ValueError, match="n=0"):
        api.EvaluationConfig(n=0)
    with pytest.raises(ValueError, match="extend: expected a whole number of inputs from 1, got 0"):
        api.EvaluationConfig(extend=0)
    with pytest.raises(PolicyError, match="unknown policy"):
        api.run(task, None, good, api.EvaluationConfig(policy="strickt"))
    rates = {"tasks": {"t": {"relations": {"rigth": {"min_pass_rate": 0.9}}}}}
    with pytest.raises(PolicyError, match=r"tasks\.t\.relations\.rigth: no such relation"):
        api.run(task, None, good, api.EvaluationConfig(policy=rates))
    with pytest.raises(MetamorphicGuardError, match="no executor 'dokcer'"):
        api.run(task, None, good, api.EvaluationConfig(executor="dokcer"))
    with pytest.raises(MetamorphicGuardError, match="no such file"):
        api.Implementation.from_path(good.target + ".missing")
    missing = api.Implementation.from_path(good.target, "other")
    with pytest.raises(MetamorphicGuardError, match="other"):
        api.run(task, None, missing, config)


def test_a_law_that_needs_fixtures_is_refused_outside_of_pytest(task, write):
    @task.law
    def placed(solve, x, *, tmp_path): ...

    with pytest.raises(MetamorphicGuardError, match="fixtures tmp_path"):
        api.run(task, None, api.Implementation.from_path(write("good")))


def test_the_report_of_a_program_is_that_of_a_session_apart_from_names(task, write):
    old, new = (api.Implementation.from_path(write(name)) for name in ("old", "new"))
    config = api.EvaluationConfig(**FAST)

    first, second = (dict(api.run(task, old, new, config).report) for _ in range(2))
    for report in (first, second):
        report.pop("times")

    assert first == second


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_each_role_has_its_executor_for_every_call(gate, workers):
    (gate.path / "recording.py").write_text(
        "from pathlib import Path\n"
        "class Base:\n"
        "    def __init__(self, config=None):\n"
        "        pass\n"
        "    def execute(self, file_path, func_name, args, timeout_s, mem_mb):\n"
        "        name = f'{type(self).__name__} {Path(file_path).stem}'\n"
        "        with (Path(__file__).parent / 'calls.txt').open('a') as file:\n"
        "            print(name, args[0], file=file)\n"
        "        wrong = file_path.endswith('new.py') and args[0] >= 50\n"
        "        return {'success': True, 'result': -1 if wrong else args[0], 'error': '',\n"
        "                'duration_ms': 1.0, 'stdout': '', 'stderr': '', 'error_type': None}\n"
        "    def restart(self):\n"
        "        with (Path(__file__).parent / 'calls.txt').open('a') as file:\n"
        "            print('restart', type(self).__name__, file=file)\n"
        "class One(Base): pass\n"
        "class Two(Base): pass\n"
    )

    run = gate.run(
        "--mg-candidate-executor=recording:One",
        "--mg-baseline-executor=recording:Two",
        workers=workers,
    )

    calls = [line.split() for line in (gate.path / "calls.txt").read_text().splitlines()]
    made = {(name, stem) for name, stem, _ in (call for call in calls if call[0] != "restart")}
    assert run.outcome == "reject"
    # Follow-ups, confirmations in fresh processes and smaller inputs included.
    assert made == {("One", "new"), ("Two", "old")}
    assert {call[1] for call in calls if call[0] == "restart"} == {"One", "Two"}
    assert {e["name"] for e in run.report["executors"]} == {"recording:One", "recording:Two"}
