"""Projects whose calls take exactly as long as a table says, and a monitor that keeps a tape."""

import importlib
import json
import sys
import textwrap

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.hosting import Limits, host_monitor

# Runs the file in this process and invents the durations, so that two runs measure the same.
FIXED = '''
class FixedExecutor:
    """Answers at once; what a call took, cost and needed depends on its arguments alone."""

    def __init__(self, config=None):
        self.slowdown = (config or {}).get("slowdown", 1.0)
        self.functions = {}

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        if file_path not in self.functions:
            namespace = {}
            with open(file_path, encoding="utf-8") as file:
                exec(compile(file.read(), file_path, "exec"), namespace)
            self.functions[file_path] = namespace[func_name]
        slower = self.slowdown if file_path.endswith("candidate.py") else 1.0
        took_ms = slower * (1 + (hash(args) % 17) / 10)
        payload = {
            "duration_ms": took_ms,
            "stdout": "",
            "stderr": "",
            "resource_usage": {"cpu_ms": took_ms / 2, "peak_memory_mb": 20.0},
            "tokens_total": 10 + hash(args) % 5,
            "cost_usd": 0.001,
            "model": "m-1",
            "logprobs": [0.5, -1.25],
        }
        try:
            return payload | {"success": True, "result": self.functions[file_path](*args)}
        except Exception as error:
            failure = {"error": str(error), "error_type": type(error).__name__}
            return payload | {"success": False, **failure}
'''

TAPE = '''
class Tape:
    """Keeps everything it is shown, without inheriting from anything."""

    def __init__(self):
        self.calls = []
        self.rows = []

    def start(self, context):
        self.calls.append(["start", context.task, context.total_cases])

    def record(self, record):
        self.rows.append([
            record.relation, record.case_index, record.kind, record.repeat, record.role,
            record.success, repr(record.result.get("result")), record.error_type, record.group,
            sorted(record.result),
        ])

    def finalize(self):
        self.calls.append(["finalize"])
        return {"id": "tape", "summary": {"calls": self.calls, "rows": self.rows}, "alerts": []}
'''


class Watched:
    """A project with a task, the invented executor, and what its monitors concluded.

    Attributes:
        project: The project.
    """

    def __init__(self, project):
        self.project = project
        project.write(fixed=FIXED, tape=TAPE, baseline="def solve(x):\n    return x\n")
        project.write(candidate="def solve(x):\n    return x\n")

    def write_task(self, body="", **files):
        """Write a task with a relation, a property and a law, then what ``body`` adds."""
        head = """
        import pytest
        from pytest_metamorphic_guard import Task

        t = Task(
            "t", inputs=[(i,) for i in range(12)], group=lambda x: "even" if x % 2 == 0 else "odd"
        )

        @t.relation
        def same(x):
            return (x,)

        @t.property
        def number(output, x):
            assert isinstance(output, int)

        @t.law
        def twice(solve, x):
            assert solve(x) == solve(x)
        """
        source = textwrap.dedent(head) + "\n" + textwrap.dedent(body)
        self.project.write(test_it=source, **files)

    def list_arguments(self, *args, executor="fixed:FixedExecutor", baseline=True):
        """Return the arguments of a run with both roles and a report."""
        roles = ["--mg-candidate=candidate.py"]
        roles += ["--mg-baseline=baseline.py"] if baseline else []
        return [f"--mg-executor={executor}", *roles, "--mg-report=report.json", *args]

    def spawn(self, *args, **settings):
        """Run pytest in a process of its own; ``report`` is read afterwards."""
        (self.project.path / "report.json").unlink(missing_ok=True)
        options = {k: settings.pop(k) for k in ("executor", "baseline") if k in settings}
        return self.project.spawn(*self.list_arguments(*args, **options), **settings)

    def run(self, *args, **options):
        """Run pytest in this process."""
        (self.project.path / "report.json").unlink(missing_ok=True)
        return self.project.run(*self.list_arguments(*args, **options))

    @property
    def report(self):
        """The JSON report of the last run."""
        return json.loads((self.project.path / "report.json").read_text(encoding="utf-8"))

    @property
    def monitors(self):
        """What the report says about each monitor, by its id."""
        return {monitor["monitor"]: monitor for monitor in self.report["monitors"]}

    @property
    def tape(self):
        """The summary of the monitor ``tape:Tape``."""
        return self.monitors["tape:Tape"]["summary"]


@pytest.fixture
def watched(project, monkeypatch):
    """An empty project with an executor whose calls always take the same time."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("PYTHONPATH", str(project.path))
    monkeypatch.syspath_prepend(project.path)
    return Watched(project)


STRANGERS = '''
import os
import signal
import subprocess
import sys
import time

from pytest_metamorphic_guard.contracts.monitoring import Monitor


class Counting(Monitor):
    """A faultless monitor of a stranger, who forgot super().__init__()."""

    def __init__(self, size=1):
        self.size = size
        self.seen = []

    def record(self, record):
        self.seen.append((record.role, record.case_index, record.result["result"]))

    def finalize(self):
        assert self._context.task == "task"
        return {
            "id": "counting",
            "summary": {"n": len(self.seen), "size": self.size, "last": self.seen[-1:]},
            "alerts": [{"type": "many", "value": len(self.seen)}],
        }


class Duck:
    """Has no base class, and no start."""

    def __init__(self):
        self.n = 0

    def record(self, record):
        self.n += 1

    def finalize(self):
        return {"id": "duck", "summary": {"n": self.n}, "alerts": []}

    def describe(self):
        return f"{self.n} quacks"


def make_duck():
    return Duck()


class Faulty(Duck):
    def __init__(self, **faults):
        super().__init__()
        self.faults = faults
        self.act("init")

    def act(self, where):
        return ACTS[self.faults.get(where, "nothing")]()

    def start(self, context):
        self.act("start")

    def record(self, record):
        super().record(record)
        if self.n == 3:
            self.act("record")

    def finalize(self):
        found = self.act("finalize")
        return super().finalize() if found is NOTHING else found


def ends(*arguments):
    os._exit(7)


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def raises():
    raise KeyError("no such \\n thing")


def leaves():
    sys.exit(3)


def hangs():
    while True:
        time.sleep(0.05)


def spins():
    while True:
        pass


def floods():
    for _ in range(2000):
        print("x" * 10_000)
        print("x" * 10_000, file=sys.stderr)
    os.write(1, b"y" * 1_000_000)
    return NOTHING


class WhereAmI(Duck):
    def finalize(self):
        return {"id": "where", "summary": {"pid": os.getpid()}, "alerts": []}


class Breeder(Duck):
    """Starts a child, and one that leaves the session of processes."""

    def finalize(self):
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        children = [subprocess.Popen(sleep, start_new_session=leave) for leave in (False, True)]
        pids = [os.getpid(), *(child.pid for child in children)]
        return {"id": "breeder", "summary": {"pids": pids}, "alerts": []}


class Slow(Duck):
    def record(self, record):
        super().record(record)
        time.sleep(0.1)


class Hostile:
    def __reduce__(self):
        return (os.system, ("echo unpickled",))

    def __repr__(self):
        raise RuntimeError("no repr either")


NOTHING = object()
ACTS = {
    "nothing": lambda: NOTHING,
    "raises": raises,
    "leaves": leaves,
    "hangs": hangs,
    "spins": spins,
    "ends": ends,
    "dies": dies,
    "floods": floods,
    "none": lambda: None,
    "number": lambda: 42,
    "no id": lambda: {"summary": {"x": 1}, "alerts": []},
    "bare": lambda: {"mean": 1.5},
    "alerts text": lambda: {"id": "a", "summary": {"x": 1}, "alerts": "none"},
    "alert number": lambda: {"id": "a", "summary": {}, "alerts": [5, {"type": "kept"}]},
    "infinity": lambda: {"id": "a", "summary": {"x": float("inf"), "y": 1}, "alerts": []},
    "object": lambda: {"id": "a", "summary": {"x": print, "y": 1}, "alerts": []},
    "hostile": lambda: {"id": "a", "summary": {"x": Hostile()}, "alerts": []},
    "cyclic": lambda: (lambda d: d.update(summary=d) or d)({"id": "a"}),
    "huge": lambda: {"id": "a", "summary": {"x": ["y" * 9000] * 5000}, "alerts": []},
    "bad alert": lambda: {
        "id": "a",
        "summary": {},
        "alerts": [{"type": "t", "severity": "loud", "p_value": 3, "message": 5}],
    },
}
'''


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    """A module of monitors that strangers wrote, well and badly."""
    (tmp_path / "stranger_monitors.py").write_text(STRANGERS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stranger_monitors", raising=False)
    yield importlib.import_module("stranger_monitors")
    sys.modules.pop("stranger_monitors", None)


@pytest.fixture
def host():
    """Hosts a monitor under tight limits, and ends it after the test."""
    handles = []

    def host_quickly(factory, *, sandbox=False, call_s=20.0, total_s=60.0, **options):
        handle = host_monitor(
            factory,
            options,
            {"sandbox": sandbox},
            PluginIdentity("monitor", "strange", "strange-dist"),
            id="m",
            limits=Limits(call_s=call_s, total_s=total_s, reply_bytes=1 << 20),
        )
        handles.append(handle)
        return handle

    yield host_quickly
    for handle in handles:
        handle.close()


@pytest.fixture
def run_hosted(host, make_pairs):
    """Hosts a monitor, shows it records, and returns its result and its faults."""

    def run(factory, *, records=None, **settings):
        if records is None:
            records = make_pairs(20, lambda role, i: {})
        handle = host(factory, **settings)
        handle.start(MonitorContext("task", len(records)))
        for record in records:
            handle.record(record)
        result = handle.finalize()
        return result, handle.faults

    return run
