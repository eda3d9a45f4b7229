"""What the plugin costs where it is installed and not used: nothing that can be seen."""

import json

import pytest

REPORT = """
import json, sys
import pytest

def pytest_configure(config):
    import importlib.metadata
    original = importlib.metadata.entry_points
    asked = config.asked = []
    def entry_points(**params):
        asked.append(params.get("group"))
        return original(**params)
    importlib.metadata.entry_points = entry_points

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    # Hypothesis's own plugin loads hypothesis for the terminal's summary, which comes after this.
    if not hasattr(session.config, "workerinput"):
        with open("modules.json", "w") as file:
            json.dump([sorted(sys.modules), session.config.asked], file)
"""
PLAIN = """
import pytest

@pytest.mark.parametrize("n", range(5))
def test_plain(n): ...

class TestClass:
    def test_method(self, tmp_path): ...
"""


TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

top_k = Task("top_k", inputs=st.tuples(st.lists(st.integers()), st.integers(0, 20)))

@top_k.relation
def reordered(xs, k):
    return xs[::-1], k
"""
# What has something to do only where something is violated, mistyped, measured, or asked for.
UNUSED = [
    "contracts.measurements",
    "contracts.shares",
    "evaluation.replaying",
    "evaluation.sharing",
    "evaluation.shards",
    "executors.inprocess",
    "executors.local.forking",
    "executors.local.hardening.confinement",
    "executors.local.hardening.seccomp",
    "executors.local.hints",
    "executors.local.module_files",
    "executors.local.withholding",
    "gate.decision",
    "gate.planning",
    "pytest_side.failing",
    "pytest_side.lockstep",
    "pytest_side.progress",
    "relations.several",
    "report.alike",
    "report.document",
    "report.secret_forms",
    "report.values",
    "report.failure_text",
    "runner.confirmation",
    "runner.hanging",
    "runner.named_inputs",
    "runner.own_faults",
    "runner.pools",
    "runner.sample_run",
    "runner.sampling",
    "tasks.foreign",
    "tasks.mistyped",
    "values.installed",
    "values.moments",
    "values.numpy",
    "values.pandas",
    "watch.setting_up",
    "watch.travel",
]


@pytest.fixture
def plain(suite):
    suite.write(conftest=REPORT, test_plain=PLAIN)
    return suite


def read_modules(suite):
    modules, asked = json.loads((suite.path / "modules.json").read_text())
    return set(modules), asked


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_suite_without_tasks_loads_nothing_and_sees_nothing(plain, workers):
    result = plain.spawn(*workers)

    assert result.ret == 0
    result.assert_outcomes(passed=6)
    modules, asked = read_modules(plain)
    ours = {name for name in modules if name.startswith("pytest_metamorphic_guard")}
    assert ours <= {
        "pytest_metamorphic_guard",
        "pytest_metamorphic_guard.plugin",
        "pytest_metamorphic_guard.pytest_side",
        "pytest_metamorphic_guard.pytest_side.options",
        "pytest_metamorphic_guard.pytest_side.hookspecs",
    }
    assert not modules & {"hypothesis", "msgpack", "numpy", "metamorphic_guard"}
    assert not [group for group in asked if group and group.startswith("metamorphic_guard")]
    text = result.stdout.str().replace("plugins: ", "").replace("metamorphic-guard-", "")
    assert "metamorphic" not in text


def test_a_run_without_tests_keeps_its_exit_status(plain):
    assert plain.spawn("-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_declaring_a_list_of_inputs_needs_no_hypothesis_until_an_item_is_made(suite):
    suite.write(
        declare="""
        import sys
        from pytest_metamorphic_guard import MetamorphicRelation, Property, Task, TaskSpec
        task = Task("task", inputs=[(1,)])
        @task.property
        def p(output, x): ...
        print([m for m in ("hypothesis", "msgpack", "pytest", "numpy") if m in sys.modules])
        """
    )

    result = suite.pytester.runpython("declare.py")

    assert result.outlines == ["[]"]


def test_an_option_without_tasks_shows_a_header_and_fails_nothing(plain):
    result = plain.spawn("--mg-seed=3")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["metamorphic-guard: executor local, seed 3"])


def test_a_relation_that_holds_loads_nothing_that_has_nothing_to_do(suite):
    suite.write(
        conftest=REPORT,
        test_it=TASK,
        good="def solve(xs, k):\n    return sorted(xs, reverse=True)[:k]\n",
    )

    result = suite.spawn("--mg-candidate=good.py", "--mg-n=5")

    result.assert_outcomes(passed=1)
    modules, asked = read_modules(suite)
    assert "pytest_metamorphic_guard.executors.local.sandbox" in modules
    assert modules & {f"pytest_metamorphic_guard.{name}" for name in UNUSED} == set()
    assert not modules & {
        "asyncio",
        "concurrent.futures",
        "multiprocessing",
        "numpy",
        "pandas",
        "scipy",
    }
    # Each look walks over all that is installed.
    ours = [group for group in asked if group and group.startswith("metamorphic_guard")]
    assert ours.count("metamorphic_guard.executors") == 1
