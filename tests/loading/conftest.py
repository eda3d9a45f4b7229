"""Distributions with executors and tasks, as a stranger would install them."""

import textwrap

import pytest

EXECUTORS = '''
import json
import os
import time

NOTES = os.environ.get("MG_TEST_NOTES", os.devnull)


def note(*words):
    with open(NOTES, "a", encoding="utf-8") as file:
        file.write(json.dumps(words) + "\\n")


class Echo:
    """Returns what it was called with, and notes its life."""

    def __init__(self, config=None):
        self.config = config
        note("made", config)

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        note("called", file_path, func_name, list(args), timeout_s, mem_mb)
        return {"success": True, "result": args[0], "file": file_path}

    def close(self):
        note("closed")


def make_echo(*, config):
    return Echo(config)


class AlwaysFails(Echo):
    def execute(self, *call):
        return {"success": False, "error": "no such answer", "error_type": "response"}


class Busy(Echo):
    """Is unavailable for the inputs and attempts that its configuration names."""

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        tried = self.__dict__.setdefault("tried", {})
        tried[args[0]] = tried.get(args[0], 0) + 1
        role = "new" if "new" in file_path else "old"
        note("asked", role, args[0])
        first, last = self.config.get("first", 1), self.config.get("times", 99)
        if args[0] in self.config["busy"] and first <= tried[args[0]] <= last:
            if self.config.get("role", role) == role:
                answer = {"success": False, "error": "429 slow down", "error_type": "unavailable"}
                return answer | self.config.get("answer", {})
        return {"success": True, "result": 1}


class FailsWithoutWords(Echo):
    def execute(self, *call):
        return {"success": False}


class Raises(Echo):
    def execute(self, *call):
        raise ConnectionError("no route to host")


class Hangs(Echo):
    def execute(self, *call):
        while True:
            time.sleep(0.05)


class Exits(Echo):
    def execute(self, *call):
        raise SystemExit(3)


class ReturnsNone(Echo):
    def execute(self, *call):
        return None


class MissingSuccess(Echo):
    def execute(self, *call):
        return {"result": 1}


class SuccessIsText(Echo):
    def execute(self, *call):
        return {"success": "yes", "result": 1}


class NonStringError(Echo):
    def execute(self, *call):
        return {"success": False, "error": ValueError("x"), "stdout": b"bytes", "duration_ms": "1"}


class RaisesInInit:
    def __init__(self, config=None):
        raise RuntimeError("no licence")


class RefusesConfig:
    def __init__(self, config=None):
        raise ValueError("unknown option 'level'")


class TakesNoConfig:
    def execute(self, *call):
        return {"success": True, "result": 1}


class LacksExecute:
    def __init__(self, config=None):
        pass


class NeedsNewer(Echo):
    PLUGIN_METADATA = {"name": "Newer", "guard_min": "99.0"}


class NeedsOlder(Echo):
    PLUGIN_METADATA = {"name": "Older", "guard_max": "1.0"}


class NeedsNonsense(Echo):
    PLUGIN_METADATA = {"guard_min": "newest"}


class FitsExactly(Echo):
    PLUGIN_METADATA = {"guard_min": "3.0", "guard_max": 99}


class RaisesInClose(Echo):
    def close(self):
        note("closed")
        raise RuntimeError("cannot close")


class NoClose:
    def __init__(self, config=None):
        pass

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        return {"success": True, "result": args[0]}


NOT_CALLABLE = 3
'''

# fmt: off
NAMES = (
    "Echo", "AlwaysFails", "Busy", "FailsWithoutWords", "Raises", "Hangs", "Exits", "ReturnsNone",
    "MissingSuccess", "SuccessIsText", "NonStringError", "RaisesInInit", "RefusesConfig",
    "TakesNoConfig", "LacksExecute", "NeedsNewer", "NeedsOlder", "NeedsNonsense", "FitsExactly",
    "RaisesInClose", "NoClose", "NOT_CALLABLE", "make_echo", "Missing",
)
# fmt: on


class Installer:
    """Installs distributions into a folder on the import path."""

    def __init__(self, folder):
        self.folder = folder

    def install(self, distribution, group, points, **modules):
        """Write modules and the metadata that names their entry points."""
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        lines = "".join(f"{name} = {target}\n" for name, target in points.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")


@pytest.fixture
def installer(project, monkeypatch):
    """An empty folder on the import path of this process and of those it starts."""
    folder = project.path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    return Installer(folder)


@pytest.fixture
def executors(installer, monkeypatch):
    """A distribution with one executor for every way in which one can behave."""
    points = {name: f"strange_executors:{name}" for name in NAMES}
    points["FailsToImport"] = "strange_broken:Executor"
    points["local"] = "strange_executors:Raises"
    installer.install(
        "strange-executors",
        "metamorphic_guard.executors",
        points,
        strange_executors=EXECUTORS,
        strange_broken="import no_such_module\n",
    )
    notes = installer.folder / "notes.jsonl"
    monkeypatch.setenv("MG_TEST_NOTES", str(notes))
    return notes


@pytest.fixture
def registered(installer):
    """A distribution that registers tasks."""
    installer.install(
        "task-library",
        "metamorphic_guard.tasks",
        {
            "Doubling": "task_library:doubling",
            "alias": "task_library:doubling",
            "made": "task_library:make_task",
            "spec": "task_library:spec",
            "broken": "task_library:broken",
            "raising": "task_library:raising",
            "lost": "task_library:lost",
        },
        task_library="""
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import MetamorphicRelation, Task, TaskSpec

        doubling = Task("Doubling", inputs=st.tuples(st.integers(0, 100)))

        @doubling.relation(expect=lambda out, other: other == out + 2)
        def one_more(x):
            return (x + 1,)

        @doubling.property
        def even(output, x):
            assert output % 2 == 0

        def make_task():
            task = Task("made", inputs=[(1,), (2,)])
            task.relation(name="same")(lambda x: (x,))
            return task

        def gen_inputs(n, seed):
            return [(index,) for index in range(n)]

        spec = TaskSpec(
            "spec", gen_inputs, [], [MetamorphicRelation("same", lambda x: (x,), "equal")]
        )

        broken = 3

        def raising():
            raise RuntimeError("no data")
        """,
    )
    return installer
