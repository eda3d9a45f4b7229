"""Our modules are loaded as they were installed: pytest rewrites the asserts of none of them."""

import json
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

import pytest_metamorphic_guard

TOLD = """
import json, sys
import pytest

def describe(module):
    spec = module.__spec__
    return {
        "loader": type(spec.loader).__name__,
        "same": module.__loader__ is spec.loader,
        "rewritten": any(name.startswith("@py") for name in vars(module)),
        "cached": spec.cached == getattr(module, "__cached__", None),
        "file": module.__file__,
    }

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    import metamorphic_guard
    ours = {
        name: describe(module) for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] in ("pytest_metamorphic_guard", "metamorphic_guard")
        and module.__spec__.name == name
    }
    finders = [str(f) for f in sys.meta_path if "AsInstalled" in str(f)]
    name = getattr(session.config, "workerinput", {}).get("workerid", "main")
    with open(f"modules-{name}.json", "w") as file:
        json.dump([ours, finders], file)
"""
TASK = """
from pytest_metamorphic_guard import Task

task = Task("task", inputs=[([2, 1], 1), ([1, 2, 3], 2)])

@task.relation
def reordered(xs, k):
    return xs[::-1], k

@task.property
def bounded(output, xs, k):
    assert len(output) <= k
"""
ROOT = Path(pytest_metamorphic_guard.__file__).parent


@pytest.fixture
def told(suite):
    suite.write(
        conftest=TOLD,
        test_it=TASK,
        good="def solve(xs, k):\n    return sorted(xs, reverse=True)[:k]\n",
    )
    return suite


def read_processes(suite):
    """Return what each process of the run told of its modules, by its name."""
    found = {path.stem: json.loads(path.read_text()) for path in suite.path.glob("modules-*.json")}
    for path in suite.path.glob("modules-*.json"):
        path.unlink()
    return found


def check_as_installed(suite, *processes):
    """Fail unless every module of ours, in every process, was loaded as Python loads it."""
    found = read_processes(suite)
    assert sorted(found) == sorted(f"modules-{name}" for name in processes)
    for ours, finders in found.values():
        assert len(finders) <= 1
        assert {
            "metamorphic_guard",
            "pytest_metamorphic_guard",
            "pytest_metamorphic_guard.plugin",
            "pytest_metamorphic_guard.pytest_side.options",
            "pytest_metamorphic_guard.tasks.task",
        } <= set(ours)
        assert {told["loader"] for told in ours.values()} == {"SourceFileLoader"}
        strange = [
            name
            for name, told in ours.items()
            if told["rewritten"] or not told["same"] or not told["cached"]
        ]
        assert strange == []


def install(folder):
    """Put this distribution into a folder, as a wheel would lie there."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT, folder / ROOT.name, ignore=ignored)
    shutil.copy(ROOT.parent / "metamorphic_guard.py", folder)
    about = folder / "pytest_metamorphic_guard-0.1.0.dist-info"
    about.mkdir()
    ours = distribution("pytest-metamorphic-guard")
    for name in ("METADATA", "entry_points.txt"):
        (about / name).write_text(ours.read_text(name))
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    (about / "RECORD").write_text("".join(f"{path.as_posix()},,\n" for path in files))


@pytest.mark.parametrize(
    "arguments",
    [(), ("-ppytest_metamorphic_guard.plugin", "--disable-plugin-autoload"), ("--assert=plain",)],
    ids=["autoload", "named", "plain"],
)
def test_no_module_of_ours_is_rewritten(told, arguments):
    result = told.spawn("--mg-candidate=good.py", "-Werror", *arguments)

    result.assert_outcomes(passed=2)
    check_as_installed(told, "main")


def test_no_module_of_ours_is_rewritten_in_workers_of_xdist(told):
    result = told.spawn("--mg-candidate=good.py", "-Werror", "-n2")

    result.assert_outcomes(passed=2)
    check_as_installed(told, "main", "gw0", "gw1")


def test_an_installation_is_loaded_from_its_own_bytecode_and_gets_no_other(told, tmp_path):
    install(tmp_path / "site")

    result = told.spawn("--mg-candidate=good.py", "-Werror", PYTHONPATH=str(tmp_path / "site"))

    result.assert_outcomes(passed=2)
    main, _ = json.loads((told.path / "modules-main.json").read_text())
    check_as_installed(told, "main")
    assert {Path(m["file"]).is_relative_to(tmp_path) for m in main.values()} == {True}
    bytecode = {path.name for path in (tmp_path / "site").rglob("*.pyc")}
    tag = sys.implementation.cache_tag
    assert f"task.{tag}.pyc" in bytecode
    # Only the file that pytest finds before it can be told.
    assert {name.partition(".")[0] for name in bytecode if "pytest" in name} <= {"__init__"}


def test_runs_in_one_process_leave_one_finder_and_warn_of_nothing(told):
    told.write(
        twice="""
        import importlib, inspect, pickle, sys
        from importlib.resources import files
        import pytest
        import pytest_metamorphic_guard, metamorphic_guard

        for _ in range(2):
            status = pytest.main(["-q", "-Werror", "-pno:randomly", "--mg-candidate=good.py"])
            print(int(status))
        pytest_metamorphic_guard.x = 1
        assert importlib.reload(pytest_metamorphic_guard) is pytest_metamorphic_guard
        from pytest_metamorphic_guard import Task, settings
        assert "class Task" in inspect.getsource(Task)
        assert "_AsInstalled" in inspect.getsource(pytest_metamorphic_guard)
        assert files("pytest_metamorphic_guard").joinpath("py.typed").is_file()
        assert files("pytest_metamorphic_guard.gate").joinpath("tally.py").is_file()
        assert pickle.loads(pickle.dumps(settings.Settings)) is settings.Settings
        assert importlib.reload(settings) is settings
        """
    )

    result = told.pytester.runpython(told.path / "twice.py")

    assert result.ret == 0
    assert [line for line in result.outlines if line in ("0", "1", "2", "3")] == ["0", "0"]
    assert "rewritten" not in result.stdout.str() + result.stderr.str()
    check_as_installed(told, "main")


def test_a_stranger_with_a_name_like_ours_is_rewritten_as_ever(told):
    told.write(
        pytest_metamorphic_guard_more="",
        conftest=TOLD
        + """
pytest.register_assert_rewrite("pytest_metamorphic_guard_more")
""",
        test_more="""
        def test_loader():
            import pytest_metamorphic_guard_more as more
            assert type(more.__loader__).__name__ == "AssertionRewritingHook"
        """,
    )

    result = told.spawn("--mg-candidate=good.py")

    result.assert_outcomes(passed=3)
