"""Runs of pytest whose candidate is a prompt."""

import json
import subprocess
import sys

import pytest

from pytest_metamorphic_guard import Implementation, Task
from pytest_metamorphic_guard.api import EvaluationConfig, run

PROMPTS = {"old.txt": "Say: {question}", "new.txt": "Say loudly: {question}"}
TASK = """
    @t.relation(expect=lambda before, after: len(after) > len(before))
    def longer(question):
        return (question + "!",)

    @t.property
    def loud(answer):
        assert answer.isupper()
"""


@pytest.fixture
def prompts(project, chat):
    for name, text in PROMPTS.items():
        (project.path / name).write_text(text)
    project.write_task(TASK, inputs="[(f'question {i}',) for i in range(20)]")

    def run(*args, model="echo", start=project.run, **more):
        config = chat.configure(model, **{"prices": {"input": 1.0, "output": 2.0}, **more})
        config = {key: value for key, value in config.items() if value is not None}
        executor = ("--mg-executor=llm", f"--mg-executor-config={json.dumps(config)}")
        roles = ("--mg-candidate=new.txt", "--mg-baseline=old.txt")
        # A server that fails at random is not what these are about.
        return start(*executor, *roles, "--mg-report=r.json", "--mg-timeout-s=60", *args)

    return run


def read_report(project):
    return json.loads((project.path / "r.json").read_text())


def test_the_run_says_how_many_calls_were_made_and_what_they_cost(project, prompts, chat):
    """With calls at once, in several processes, and again from the cache."""
    chat.latency_s = 0.02
    first = prompts("--mg-gate", "--mg-monitor=llm_cost", cache="kept.sqlite", parallel=6)
    first.stdout.fnmatch_lines(["ADOPT:*"])
    calls = len(chat.requests)
    cost = 10e-6 + 2 * 3e-6
    report = read_report(project)
    assert sum(one["calls"] for one in report["calls"]) == calls
    assert sum(one["cost_usd"] for one in report["calls"]) == pytest.approx(calls * cost)
    by_role = {one["role"]: one["calls"] for one in report["calls"]}
    for role, number in by_role.items():
        said = f"llm, {role}: {number} calls, {number * 13:,} tokens, {number * cost:.6g} USD"
        first.stdout.fnmatch_lines([said])
    assert chat.most > 2
    [monitor] = report["monitors"]
    assert monitor["summary"]["candidate"]["cost_usd"]["count"] > 0
    # Nothing is paid for twice, and no monitor is shown what nothing cost.
    again = prompts("--mg-gate", "--mg-monitor=llm_cost", cache="kept.sqlite")
    again.stdout.fnmatch_lines(["ADOPT:*"])
    again.stdout.fnmatch_lines([f"llm, baseline: {by_role['baseline']} calls, * from the cache"])
    again.stdout.fnmatch_lines(["*every answer was cached: nothing was spent*"])
    assert len(chat.requests) == calls
    spread = prompts("--mg-measure", "-n2", "-p", "xdist", "--mg-n=4")
    assert spread.ret == 0
    assert sum(one["calls"] for one in read_report(project)["calls"]) == len(chat.requests) - calls


def test_a_budget_ends_the_run_with_everything_written(project, prompts, chat):
    run = prompts("--mg-gate", "--mg-budget=0.00032", parallel=1)
    assert run.ret == 1
    assert len(chat.requests) == 20  # each costs 16 millionths
    run.stdout.fnmatch_lines(
        [
            "*the budget of 0.00032 USD is spent: 20 calls cost 0.00032 USD; no further call*",
            "INCONCLUSIVE:*",
        ]
    )
    report = read_report(project)
    assert report["gate"]["outcome"] == "inconclusive"
    assert sum(one["calls"] for one in report["calls"]) == 20
    # Calls at once may be under way when the last cent is spent; no others are begun.
    chat.requests.clear()
    at_once = prompts("--mg-gate", "--mg-budget=0.00032", parallel=4)
    at_once.stdout.fnmatch_lines(["INCONCLUSIVE:*"])
    assert 20 <= len(chat.requests) <= 28
    chat.requests.clear()
    unknown = prompts("--mg-gate", "--mg-budget=1", parallel=1, prices=None)
    unknown.stdout.fnmatch_lines(["*the budget of 1 USD cannot be kept: the executor 'llm' does*"])
    unknown.stdout.fnmatch_lines(["INCONCLUSIVE:*"])
    assert len(chat.requests) == 1
    wrong = prompts("--mg-budget=little")
    wrong.stderr.fnmatch_lines(["*--mg-budget=little: expected a number of US dollars above 0"])


def test_a_violation_that_was_found_before_the_budget_was_spent_is_told(project, prompts, chat):
    chat.answer = str.lower
    run = prompts("--mg-budget=0.00048", "-k", "loud", parallel=1)
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*t: property 'loud' is violated by new.txt*"])


def test_repeats_reach_the_service_and_the_flakiness_monitor(project, prompts, chat):
    for _ in range(2):  # the second time from the cache, and as flaky as before
        run = prompts(
            "--mg-monitor=flakiness",
            "--mg-n=4",
            "-k",
            "longer",
            model="counting",
            cache="kept.sqlite",
            parallel=1,
        )
        run.stdout.fnmatch_lines(["*flakiness*4 of 4*"])


def test_a_wrong_key_or_model_is_no_violation(project, prompts, chat):
    run = prompts("--mg-gate", model="unknown")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*model 'unknown': the service has no such model or address*"])
    run.stdout.fnmatch_lines(["INCONCLUSIVE:*"])
    assert read_report(project)["violations"] == []
    assert len(chat.requests) <= 16  # what was under way


def test_a_program_has_the_same_budget_and_the_same_account(chat):
    task = Task("t", inputs=[(f"question {i}",) for i in range(20)], agreement=False)
    task.property(lambda answer: answer.isupper())
    config = chat.configure(prices={"input": 1.0, "output": 2.0}, parallel=1)

    def evaluate(**more):
        evaluation = EvaluationConfig(executor="llm", executor_config=config, n=20, **more)
        prompts = [Implementation.from_content(text) for text in ("Say {0}", "Shout {0}")]
        return run(task, *prompts, evaluation)

    whole = evaluate()
    assert whole.adopt
    spent = sum(one["cost_usd"] for one in whole.report["calls"])
    assert spent == pytest.approx(len(chat.requests) * 16e-6)
    assert len(chat.requests) >= 40
    chat.requests.clear()
    cut = evaluate(budget_usd=160e-6)
    assert (cut.outcome, len(chat.requests)) == ("inconclusive", 10)
    assert "the budget of 0.00016 USD is spent: 10 calls cost 0.00016 USD" in cut.reason


def test_what_shards_have_spent_is_added_up(project, prompts, chat):
    for number in (1, 2):
        prompts("--mg-gate", "-k", "loud", f"--mg-shard={number}/2", f"--mg-report={number}.json")
    command = [sys.executable, "-m", "pytest_metamorphic_guard.merge", "1.json", "2.json"]
    merged = subprocess.run(
        [*command, "--output=r.json"],
        cwd=project.path,
        capture_output=True,
        text=True,
        check=False,
    )
    calls = sum(one["calls"] for one in read_report(project)["calls"])
    assert calls == len(chat.requests) >= 40
    assert "llm, candidate: " in merged.stdout
