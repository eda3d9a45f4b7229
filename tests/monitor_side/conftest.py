"""Projects whose calls take exactly as long as a table says, and a monitor that keeps a tape."""

import json
import textwrap

import pytest

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
