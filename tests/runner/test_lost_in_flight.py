"""An executor that is lost with calls under way: all of them end, and the item says what it was."""

import json
import sys

import pytest

ENGINE = '''
"""Executors that are gone once four calls are under way."""

import pathlib
import threading

LOG = pathlib.Path("log.txt")


class Lost:
    parallel = 4

    def __init__(self, config=None):
        self.nobody_waits = threading.Event()
        self.is_full = threading.Event()
        self.begun = []

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        self.begun.append(args)
        if len(self.begun) >= 4:
            self.is_full.set()
        self.is_full.wait(50)
        if args == (1,):
            raise ConnectionError("the cluster is gone")
        heard = self.nobody_waits.wait(50)
        with LOG.open("a") as file:
            file.write(f"{heard}\\n")
        return {"success": False, "error": "", "error_type": "aborted"} | self.no_more

    no_more = {"duration_ms": 0.0, "stdout": "", "stderr": ""}

    def abort(self):
        self.nobody_waits.set()


class Deaf(Lost):
    abort = None


class Ended(Lost):
    def execute(self, *call):
        self.begun.append(call)
        if len(self.begun) >= 4:
            self.is_full.set()
        self.is_full.wait(50)
        raise SystemExit(3)


class Many(Lost):
    def execute_many(self, calls):
        for _ in range(4):
            next(calls)
        yield {"success": True, "result": 1} | self.no_more
        raise ConnectionError("the cluster is gone")
'''
KILLING = """
import os, pathlib, signal, threading, time

BEGUN = pathlib.Path("begun")

def find_below(above):
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == above:
            yield int(stat.parent.name)
            yield from find_below(int(stat.parent.name))

def kill():
    while len(list(BEGUN.iterdir())) < 3:
        time.sleep(0.02)
    below = list(find_below(os.getpid()))
    (BEGUN / "over").touch()
    for number in below:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass

threading.Thread(target=kill, daemon=True).start()
"""
CHECKS = """
@t.property
def right(output, x):
    assert output == x

@t.property
def also(output, x):
    assert output == x
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Lost", "execute() raised ConnectionError: the cluster is gone"),
        ("Deaf", "execute() raised ConnectionError: the cluster is gone"),
        ("Ended", "execute() raised SystemExit: 3"),
        ("Many", "execute_many() raised ConnectionError: the cluster is gone"),
    ],
)
def test_an_executor_that_is_lost_ends_what_is_under_way(project, name, said):
    project.write_task(CHECKS, inputs="[(x,) for x in range(1, 9)]")
    project.write(new="def solve(x):\n    return x\n", engine=ENGINE)
    result = project.spawn(
        *("--mg-candidate=new.py", "--mg-baseline=new.py", "--mg-gate", "--mg-timeout-s=60"),
        f"--mg-executor=engine.py:{name}",
        timeout_s=45,
    )

    text = " ".join(result.stdout.str().split())
    assert f"executor 'engine.py:{name}': {said}" in text
    assert "INCONCLUSIVE" in text
    if name == "Lost":
        log = (project.path / "log.txt").read_text().split()
        assert log
        assert set(log) == {"True"}


@pytest.mark.parametrize("seed", [0, 5, 6])
def test_calls_that_never_end_keep_no_other_item_waiting(project, seed):
    project.write_task(CHECKS, inputs="[(x,) for x in range(1, 9)]")
    project.write(new="def solve(x):\n    return x\n", engine=ENGINE)

    result = project.spawn(
        *("--mg-candidate=new.py", "--mg-baseline=new.py", "--mg-gate", "--mg-timeout-s=60"),
        *("--mg-executor=engine.py:Deaf", f"--mg-seed={seed}"),
        timeout_s=45,
    )

    assert result.stdout.str().count("the cluster is gone. A failing call") >= 2  # one an item


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("level", ["worker", "fork"])
def test_processes_that_are_killed_from_outside_end_their_calls_alone(project, level):
    begun = project.path / "begun"
    begun.mkdir()
    project.write_task(CHECKS, inputs="[(x,) for x in range(1, 5)]")
    project.write(
        new=f"""
        import os, time
        def solve(x):
            open({str(begun)!r} + f"/{{x}}", "w").close()
            while not os.path.exists({str(begun / "over")!r}):
                time.sleep(0.01)
            return x
        """,
        conftest=KILLING,
    )
    config = json.dumps({"write": [str(begun)], "isolation": level})
    result = project.spawn(
        *("--mg-candidate=new.py", "--mg-parallel=3", f"--mg-executor-config={config}"),
        *("--mg-timeout-s=60", "-k", "right"),
        timeout_s=45,
    )

    result.assert_outcomes(failed=1)
    text = " ".join(result.stdout.str().split())
    assert "killed by SIGKILL" in text
    assert "NOT seen in a fresh process" in text
