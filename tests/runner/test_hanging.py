"""A candidate that never answers is judged without waiting for it on every input."""

import json

import pytest

ENTRIES = """
@t.relation
def same(x):
    return (x,)

@t.relation(expect=lambda before, after: after == before + 1)
def next_one(x):
    return (x + 1,)

@t.property
def right(output, x):
    assert output == x

@t.law
def itself(solve, x):
    assert solve(x) == x
"""
# Says of the candidate that it timed out, without the waiting, and notes every call.
WAITING = """
class Waiting:
    def __init__(self, config=None):
        pass

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        if file_path.endswith("old.py") or args[0] in {answered!r}:
            return {{"success": True, "result": args[0], "duration_ms": 1.0}}
        with open("calls.txt", "a") as file:
            print(args[0], file=file)
        error = f"timed out after {{timeout_s:g}} s"
        return {{"success": False, "duration_ms": 1.0, "error": error, "error_type": "timeout"}}

    def restart(self):
        pass
"""


@pytest.fixture
def hanging(project):
    """Four entries, a good baseline, and a candidate that answers on the inputs that are named."""

    def write(answered=()):
        project.write_task(ENTRIES, inputs="[(x,) for x in range(100, 200)]")
        solve = "def solve(x):\n    return x\n"
        project.write(old=solve, new=solve, waiting=WAITING.format(answered=set(answered)))

    write()
    project.rewrite = write
    return project


def run(project, *args):
    calls = project.path / "calls.txt"
    calls.unlink(missing_ok=True)
    given = ("--mg-candidate=new.py", "--mg-executor=waiting:Waiting", "--mg-report=r.json")
    result = project.spawn(*given, *args)
    return result, len(calls.read_text().splitlines())


def read_gate(project):
    return json.loads((project.path / "r.json").read_text())["gate"]


@pytest.mark.parametrize("policy", ["strict", "noninferior:margin=0.02", "superior"])
def test_a_gate_rejects_after_ten_inputs_that_time_out(hanging, policy):
    result, calls = run(
        hanging, "--mg-baseline=old.py", "--mg-gate", f"--mg-policy={policy}", "--mg-n=100"
    )

    gate = read_gate(hanging)
    assert (result.ret, gate["outcome"], gate["adopt"]) == (1, "reject", None), result.stdout.str()
    assert gate["decisions"][0]["tasks"][0]["ran"] == 10
    assert gate["decisions"][0]["tasks"][0]["planned"] >= 100
    said = " ".join(result.stdout.str().split())
    assert "stopped after 10 inputs, on each of which it timed out" in said
    # Ten inputs are waited for by one entry, and their violation once or twice by each.
    assert calls <= 10 + 4 * 3


def test_the_same_is_said_of_several_processes(hanging):
    given = ("--mg-baseline=old.py", "--mg-gate", "--mg-n=100")
    run(hanging, *given)
    alone = read_gate(hanging)
    run(hanging, *given, "-n2")

    assert read_gate(hanging) == alone


def test_without_a_baseline_it_is_rejected_too(hanging):
    result, calls = run(hanging, "--mg-gate")

    assert (result.ret, read_gate(hanging)["outcome"]) == (1, "reject")
    assert calls <= 10 + 4 * 3


def test_a_candidate_that_answers_now_and_then_is_asked_to_the_end(hanging):
    hanging.rewrite(answered=range(100, 200, 2))

    run(hanging, "--mg-baseline=old.py", "--mg-gate")

    assert read_gate(hanging)["decisions"][0]["tasks"][0]["ran"] == 100


def test_finding_a_violation_waits_once_for_its_confirmation(hanging):
    result, calls = run(hanging)

    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*in case 1 of this run; confirmed in a fresh process"])
    # The first input for one of the entries, and one repeat for each.
    assert calls == 1 + 4


def test_an_item_that_is_run_again_calls_again(hanging):
    _, calls = run(hanging, "-k", "right", "--mg-shrink=off")
    _, again = run(hanging, "-k", "right", "--mg-shrink=off", "--reruns=1")

    assert again == 2 * calls
