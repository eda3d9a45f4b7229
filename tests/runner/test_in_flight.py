"""Calls that are under way at once: faster, and the same in everything but durations."""

import json
import subprocess
import sys

import pytest

from pytest_metamorphic_guard import EvaluationConfig

# Runs the file in this process, in as many threads as it is called from, and answers out of turn.
ENGINE = '''
import random
import runpy
import threading
import time
from pathlib import Path

HIGHEST = Path("highest.txt")


class Engine:
    """Says how many calls it had under way at once, at most."""

    parallel = 8

    def __init__(self, config=None):
        self.config = config or {}
        self.lock = threading.Lock()
        self.now = self.highest = 0

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        with self.lock:
            self.now += 1
            self.highest = max(self.highest, self.now)
            HIGHEST.write_text(str(self.highest))
        time.sleep(random.uniform(0.0, 0.02))
        try:
            result = runpy.run_path(file_path)[func_name](*args)
            payload = {"success": True, "result": result}
        except Exception as error:
            payload = {"success": False, "error": str(error), "error_type": "runtime_error"}
        with self.lock:
            self.now -= 1
        return {"duration_ms": 1.0, "stdout": "", "stderr": "", **payload}


class One(Engine):
    parallel = 1


class Silent:
    def __init__(self, config=None):
        self.engine = One()
        self.execute = self.engine.execute


class Wrong(Engine):
    parallel = "many"


class Many(Engine):
    """Takes all it can get before it answers."""

    def execute_many(self, calls):
        given = []
        for call in calls:
            given.append(call)
            if len(given) == 5:
                yield from (self.execute(*one) for one in given)
                given = []
        yield from (self.execute(*one) for one in given)


class Lazy(Engine):
    def execute_many(self, calls):
        next(calls)
        return iter(())


class Raising(Engine):
    def execute_many(self, calls):
        next(calls)
        raise OSError("the service is gone")
'''

RELATIONS = """
@t.relation(expect="non_decreasing")
def more(x): return (x + 1,)

@t.relation
def same(x): return (x,)

@t.property
def is_small(output, x): return output < 55
"""


@pytest.fixture
def flights(project):
    """A project with an engine of its own, a baseline and a candidate that goes wrong at 50."""
    project.write(
        engine=ENGINE,
        old="def solve(x): return x",
        new="def solve(x): return x if x < 50 else 100 - x",
    )
    project.write_task(RELATIONS, inputs="[(x,) for x in range(60)]")
    return project


def run(project, *options):
    return project.run("--mg-candidate=new.py", "--mg-baseline=old.py", *options)


def read_report(project, *options):
    """Return the report of a run without what may differ between two runs of the same."""
    run(project, "--mg-gate", "--mg-report=report.json", *options)
    report = json.loads((project.path / "report.json").read_text())
    del report["times"]
    return report


def find_highest(project):
    return int((project.path / "highest.txt").read_text())


@pytest.mark.parametrize("executor", ["engine.py:Engine", "engine.py:Many", "local"])
def test_the_report_is_the_same_for_any_number_of_calls_at_once(flights, executor):
    options = (f"--mg-executor={executor}", "--mg-monitor=errors", "--mg-monitor=output_drift")
    alone = read_report(flights, *options, "--mg-parallel=1")
    assert alone["gate"]["outcome"] == "reject"
    assert read_report(flights, *options, "--mg-parallel=4") == alone
    assert read_report(flights, *options, "--mg-parallel=4", "-n2") == alone


def test_an_executor_that_takes_several_calls_gets_them_at_once(flights):
    run(flights, "--mg-measure", "--mg-executor=engine.py:Engine")
    assert 4 < find_highest(flights) <= 16  # of both roles


def test_a_number_limits_the_calls_at_once(flights):
    run(flights, "--mg-measure", "--mg-executor=engine.py:Engine", "--mg-parallel=2")
    assert find_highest(flights) <= 4


@pytest.mark.parametrize("name", ["One", "Silent"])
def test_an_executor_that_says_nothing_takes_one_call_after_another(flights, name):
    options = (f"--mg-executor=engine.py:{name}", "--mg-parallel=4")
    flights.run("--mg-candidate=new.py", "--mg-measure", *options)
    assert find_highest(flights) == 1


def test_a_law_calls_as_it_goes_along(project):
    project.write(engine=ENGINE, new="def solve(x): return x")
    project.write_task(
        "@t.law\ndef twice(solve, x): assert solve(x) == solve(x)\n",
        inputs="[(x,) for x in range(20)]",
    )
    result = project.run("--mg-candidate=new.py", "--mg-measure", "--mg-executor=engine.py:Engine")
    result.assert_outcomes(passed=1)
    assert find_highest(project) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lazy", "it ended before 1 calls were answered"),
        ("Raising", "execute_many() raised OSError: the service is gone"),
        ("Wrong", "parallel is 'many', expected a whole number from 1"),
    ],
)
def test_an_executor_that_breaks_its_word_is_named(flights, name, words):
    result = run(flights, "--mg-measure", f"--mg-executor=engine.py:{name}")
    assert words in " ".join(" ".join(result.outlines + result.errlines).split())
    assert result.ret != 0


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5"])
def test_a_wrong_number_is_one_line(flights, wrong):
    result = run(flights, f"--mg-parallel={wrong}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    expected = "--mg-parallel=" + wrong + ": expected a whole number of calls from 1, or 'auto'"
    assert expected in " ".join(result.errlines)


def test_every_source_input_is_called_on_once_for_all_entries(project):
    note = "from pathlib import Path\n\ndef solve(x):\n    with open({file!r}, 'a') as file:\n"
    note += "        file.write(f'{{x}}\\n')\n    return x\n"
    calls = project.path / "calls.txt"
    project.write(new=note.format(file=str(calls)))
    project.write_task(
        """
        @t.property
        def positive(output, x): return output >= 0

        @t.property
        def whole(output, x): return output == int(output)

        @t.relation(expect="increasing")
        def hundred(x): return (x + 100,)
        """,
        inputs="[(x,) for x in range(30)]",
    )
    result = project.run(
        "--mg-candidate=new.py",
        "--mg-measure",
        '--mg-executor-config={"write": ["' + str(project.path) + '"]}',
    )
    result.assert_outcomes(passed=3)
    called = [int(line) for line in calls.read_text().split()]
    assert sorted(called) == sorted([*range(30), *range(100, 130)])


def test_a_replay_shares_nothing_between_entries_that_were_violated_on_other_inputs(project):
    project.write(new="def solve(x): return x if x < 7 else -x")
    project.write_task(
        """
        @t.property
        def positive(output, x): return output >= 0

        @t.relation(expect="increasing")
        def next_one(x): return (x + 1,)
        """,
        inputs="[(x,) for x in range(20)]",
    )
    options = ("--mg-candidate=new.py", "--mg-measure")
    project.run(*options, "--mg-report=first.json").assert_outcomes(failed=2)
    replayed = project.run(*options, "--mg-replay=first.json")
    replayed.assert_outcomes(failed=2)


COUNT = """
class Count:
    def __init__(self):
        self.seen = []

    def record(self, record):
        self.seen.append((record.role, record.kind, record.case_index, record.held))

    def finalize(self):
        sources = [one for one in self.seen if one[1] == "source"]
        lost = sorted(one[2] for one in sources if one[0] == "candidate" and not one[3])
        summary = {"sources": len(sources), "all": len(self.seen), "lost": lost}
        return {"id": "count", "summary": summary, "alerts": []}
"""


@pytest.mark.parametrize("options", [(), ("-n2",), ("--mg-parallel=3",)], ids=["n0", "n2", "three"])
def test_monitors_see_a_shared_call_once_and_whether_all_entries_held(flights, options):
    flights.write(count=COUNT)
    report = read_report(flights, "--mg-monitor=count.py:Count", *options)
    [monitor] = report["monitors"]
    # 60 inputs, both roles: one source each, and a follow-up for each of two relations.
    assert monitor["summary"] == {
        "sources": 120,
        "all": 360,
        "lost": [*range(50, 60)],
    }


def test_comparing_durations_runs_calls_one_by_one_and_says_so_once(flights):
    options = ("--mg-parallel=auto", "--mg-monitor=latency", "--mg-measure", "-rA")
    result = run(flights, *options)
    words = "calls run one by one, since a monitor compares durations"
    assert "\n".join(result.outlines).count(words) == 1


PROGRAM = """
import json

from engine import Engine
from pytest_metamorphic_guard import EvaluationConfig, Implementation, Task, run

task = Task("t", inputs=[(x,) for x in range(40)])


@task.relation(expect="non_decreasing")
def more(x):
    return (x + 1,)


if __name__ == "__main__":
    made = {}
    for parallel in (1, 6):
        config = EvaluationConfig(n=40, executor="engine.py:Engine", parallel=parallel)
        found = run(task, Implementation("old.py"), Implementation("new.py"), config)
        report = dict(found.report)
        del report["times"]
        made[parallel] = report, int(open("highest.txt").read())
    print(json.dumps([made[1][0] == made[6][0], made[1][1], made[6][1] > 1]))
"""


def test_a_program_may_have_calls_under_way_at_once(flights):
    flights.write(program=PROGRAM)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=flights.path, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [True, 1, True]


@pytest.mark.parametrize("wrong", [0, True, "many", 1.5])
def test_a_program_is_told_of_a_wrong_number(wrong):
    with pytest.raises(ValueError, match=r"parallel=.*, expected a whole number from 1"):
        EvaluationConfig(parallel=wrong)
