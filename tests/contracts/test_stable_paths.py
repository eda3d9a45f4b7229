"""The import paths that plugins rely on, alone and beside the distribution metamorphic-guard."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import metamorphic_guard.api
import metamorphic_guard.executors
import metamorphic_guard.monitoring
import pytest

from pytest_metamorphic_guard.contracts import executors as executor_contract
from pytest_metamorphic_guard.loading import find_plugins

ROOT = Path(__file__).parents[2]
PLUGIN = """
from metamorphic_guard.executors import Executor
from metamorphic_guard.monitoring import Monitor, MonitorContext, MonitorRecord

class Counting(Monitor):
    def __init__(self, start_at=0):
        super().__init__()
        self.seen = start_at

    def record(self, record: MonitorRecord):
        self.seen += 1

    def finalize(self):
        return {"id": self.identifier(), "summary": {"seen": self.seen}, "alerts": []}

class Doubling(Executor):
    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        return {"success": True, "result": 2 * args[0], "duration_ms": 0.1}
"""
USE = """
from counting import Counting, Doubling
from metamorphic_guard.monitoring import MonitorContext, MonitorRecord
monitor = Counting(start_at=1)
monitor.start(MonitorContext("top_k", 1))
answer = Doubling().execute("", "solve", (21,), 1.0, 0)
monitor.record(MonitorRecord(0, "candidate", 0.1, True, answer))
print(monitor.finalize()["summary"]["seen"], answer["result"], monitor.identifier())
"""
SPAWNING = """
import multiprocessing
from counting import Counting
from metamorphic_guard.monitoring import MonitorRecord

def watch(monitor, results):
    monitor.record(MonitorRecord(0, "candidate", 0.1, True, {}))
    results.put((monitor.finalize()["summary"]["seen"], monitor.identifier()))

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=watch, args=(Counting(start_at=6), results))
    process.start()
    print(*results.get(timeout=60))
    process.join(60)
"""


def run(python: Path | str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [str(python), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    (tmp_path / "counting.py").write_text(PLUGIN)
    (tmp_path / "use.py").write_text(USE)
    return tmp_path


def test_the_executor_contract_is_the_same_module_under_its_stable_name() -> None:
    assert metamorphic_guard.executors is executor_contract


@pytest.mark.parametrize("name", ["api", "executors", "monitoring"])
def test_every_name_a_stable_module_lists_can_be_imported(name: str) -> None:
    module = getattr(metamorphic_guard, name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert set(module.__all__) <= set(dir(module))


def test_a_name_that_no_stable_module_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'DockerMonitor'"):
        _ = metamorphic_guard.monitoring.DockerMonitor
    with pytest.raises(ImportError, match="cannot import name 'evaluate'"):
        from metamorphic_guard.api import evaluate  # noqa: F401


def test_every_registered_built_in_monitor_has_a_stable_name() -> None:
    found = find_plugins("metamorphic_guard.monitors", "monitor").values()
    ours = [
        plugin.entry_point.load()
        for plugin in found
        if plugin.identity.distribution == "pytest-metamorphic-guard"
    ]
    assert ours
    for monitor in ours:
        assert getattr(metamorphic_guard.monitoring, monitor.__name__) is monitor


def test_a_plugin_written_against_the_contracts_runs_in_a_process_of_its_own(plugin: Path) -> None:
    assert run(sys.executable, "use.py", cwd=plugin) == "2 42 Counting\n"


def test_the_stable_paths_resolve_in_a_spawned_child_process(plugin: Path) -> None:
    (plugin / "spawning.py").write_text(SPAWNING)
    assert run(sys.executable, "spawning.py", cwd=plugin) == "7 Counting\n"


def test_the_stable_paths_load_neither_pytest_nor_hypothesis_nor_the_built_in_monitors(
    tmp_path: Path,
) -> None:
    script = """
        import sys
        import metamorphic_guard.executors, metamorphic_guard.monitoring, metamorphic_guard.api
        heavy = ("pytest", "hypothesis", "numpy", "msgpack", "pytest_metamorphic_guard.tasks",
                 "pytest_metamorphic_guard.monitors.errors")
        print([name for name in heavy if name in sys.modules])
    """
    assert run(sys.executable, "-c", textwrap.dedent(script), cwd=tmp_path) == "[]\n"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_package_of_the_distribution_metamorphic_guard_wins_where_it_is_installed(
    plugin: Path,
) -> None:
    """Both distributions live in one environment, and a plugin and pytest run as before."""
    run(sys.executable, "-m", "venv", "env", cwd=plugin)
    python = plugin / "env" / "bin" / "python"
    install = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run(python, *install, str(_copy_project(plugin / "project")), "metamorphic-guard", cwd=plugin)
    where = "import metamorphic_guard, os; print(os.path.basename(metamorphic_guard.__file__))"
    assert run(python, "-c", where, cwd=plugin) == "__init__.py\n"
    assert run(python, "use.py", cwd=plugin) == "2 42 Counting\n"
    top_k = ROOT / "examples" / "top_k"
    printed = run(
        python, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={plugin}", "-c", os.devnull,
        str(top_k), f"--mg-candidate={top_k / 'good.py'}", cwd=plugin,
    )  # fmt: skip
    assert "4 passed" in printed


def _copy_project(target: Path) -> Path:
    import shutil

    ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "_build")
    return Path(shutil.copytree(ROOT, target, ignore=ignored))
