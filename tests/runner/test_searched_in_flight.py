"""Inputs searched beside a sample: their calls begin while the sample's last ones are awaited."""

import json

import pytest

# Answers in threads of this process. The sample's last call waits for one that was searched.
ENGINE = '''
import os
import runpy
import signal
import threading
from pathlib import Path

SAMPLE = Path("sample.txt").read_text().splitlines()


class Engine:
    parallel = 3

    def __init__(self, config=None):
        self.lock = threading.Lock()
        self.searched = threading.Event()
        self.nobody_waits = threading.Event()

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        with self.lock, open("called.txt", "a") as file:
            file.write(f"{args}\\n")
        if str(args) == SAMPLE[-1]:
            Path("last.txt").write_text(str(self.searched.wait(20)))
        if str(args) not in SAMPLE:
            self.searched.set()
            answer = self.search(args)
            if answer is not None:
                return answer
        return self.say(success=True, result=runpy.run_path(file_path)[func_name](*args))

    def say(self, **payload):
        return {"duration_ms": 1.0, "stdout": "", "stderr": "", **payload}

    def search(self, args):
        """Answer what was searched as anything else."""

    def abort(self):
        self.nobody_waits.set()


class Single(Engine):
    """Nothing searched is under way before its turn, for there is one call at a time."""

    parallel = 1

    def __init__(self, config=None):
        super().__init__(config)
        self.searched.set()


class Waiter(Engine):
    def search(self, args):
        heard = self.nobody_waits.wait(50)
        with open("heard.txt", "a") as file:
            file.write(f"{heard}\\n")
        return self.say(success=False, error="", error_type="aborted")


class Broken(Waiter):
    def search(self, args):
        os.kill(os.getpid(), signal.SIGINT)
        return super().search(args)


class Lost(Engine):
    def search(self, args):
        raise ConnectionError("the cluster is gone")
'''
CHECK = """
@t.property
def right(output, x, y):
    assert output == x + y
"""
COUNT = """
class Count:
    def __init__(self):
        self.seen = 0

    def record(self, record):
        self.seen += 1

    def finalize(self):
        return {"id": "count", "summary": {"seen": self.seen}, "alerts": []}
"""
OPTIONS = ("--mg-candidate=new.py", "--mg-measure", "--mg-n=20", "--mg-shrink=off")


@pytest.fixture
def searching(project):
    """A project whose task has inputs that are searched beside a sample of twenty."""
    project.write(engine=ENGINE, count=COUNT, new="def solve(x, y):\n    return x + y\n")
    project.write_task(CHECK, inputs="st.tuples(*2 * [st.integers(0, 10**6)])")
    sample = project.path / "sample.txt"
    sample.write_text("none\n")
    *_, called = run(project, "Single")
    sample.write_text("\n".join(called[:20]))
    return project


def run(project, engine, *options):
    """Return the result of a run, its report without durations, and the inputs called on.

    All engines whose reports are compared have names of one length, by which lines are broken.
    """
    (project.path / "called.txt").write_text("")
    result = project.spawn(
        *OPTIONS,
        *(f"--mg-executor=engine.py:{engine}", "--mg-monitor=count.py:Count"),
        *("--mg-report=report.json", *options),
        timeout_s=45,
    )
    report = json.loads((project.path / "report.json").read_text())
    del report["times"]
    called = (project.path / "called.txt").read_text().splitlines()
    return result, json.loads(json.dumps(report).replace(engine, "Engine")), called


def test_what_is_searched_begins_while_the_last_of_a_sample_are_awaited(searching):
    result, report, called = run(searching, "Engine")
    _, alone, called_alone = run(searching, "Single")

    result.assert_outcomes(passed=2)  # the monitor is one
    assert (searching.path / "last.txt").read_text() == "True"
    assert len(called) > 20
    assert sorted(called) == sorted(called_alone)
    assert report == alone


def test_a_violation_of_the_last_input_ends_what_was_begun_behind_it(searching):
    *_, last = (searching.path / "sample.txt").read_text().splitlines()
    searching.write(new=f"def solve(x, y):\n    return x + y if (x, y) != {last} else -1\n")

    result, report, _ = run(searching, "Waiter", "--mg-timeout-s=60")
    _, alone, _ = run(searching, "Single", "--mg-timeout-s=60")

    result.assert_outcomes(failed=1, passed=1)
    assert set((searching.path / "heard.txt").read_text().split()) == {"True"}
    assert report == alone
    [monitor] = report["monitors"]
    assert monitor["summary"] == {"seen": 20}


def test_an_interruption_ends_what_was_begun_behind_a_sample(searching):
    result, *_ = run(searching, "Broken", "--mg-timeout-s=60")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert set((searching.path / "heard.txt").read_text().split()) == {"True"}


def test_an_executor_that_is_lost_by_then_is_named(searching):
    result, *_ = run(searching, "Lost", "--mg-gate")

    text = " ".join(result.stdout.str().split())
    assert "executor 'engine.py:Lost': execute() raised ConnectionError: the cluster is" in text
    assert "INCONCLUSIVE" in text
