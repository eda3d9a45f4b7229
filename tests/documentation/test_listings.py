"""The code that the documentation shows runs, and prints what the documentation says it prints."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from pytest_metamorphic_guard.gate.rows import RowVerdict

ROOT = Path(__file__).parents[2]
RECORDED = sorted((ROOT / "docs" / "output").rglob("*.txt"))
MONITORS = ROOT / "docs" / "listings" / "monitors"
LISTINGS = {
    "test_declaring.py": "examples/top_k/good.py",
    "test_finding.py": "docs/listings/finding.py",
    "test_mean.py": "docs/listings/mean.py",
    "test_orders.py": "docs/listings/orders.py",
    "test_templates.py": "examples/top_k/good.py",
}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    return load("record_output")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_command_prints_what_the_documentation_shows(
    recorder: ModuleType, path: Path, tmp_path: Path
) -> None:
    command, shown = recorder.read(path)
    clone = recorder.make_clone(tmp_path)
    printed = recorder.run(command, recorder.find_folder(path, clone))
    assert recorder.without_figures(printed) == recorder.without_figures(shown), (
        "run docs/record_output.py and read what changed"
    )


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_a_listing_of_declarations_holds_for_its_implementation(run_in_clone, name: str) -> None:
    status, printed = run_in_clone(f"docs/listings/{name}", f"--mg-candidate={LISTINGS[name]}")
    assert status == 0, printed
    assert " skipped" not in printed


def test_the_listing_of_the_fixtures_passes(run_in_clone) -> None:
    status, printed = run_in_clone(
        "docs/listings/test_fixtures.py",
        "--mg-candidate=examples/top_k/good.py",
        "--mg-baseline=examples/top_k/baseline.py",
    )
    assert status == 0, printed
    assert "2 passed" in printed


def test_a_few_lines_compare_a_new_function_with_the_old_one(run_in_clone) -> None:
    mean = "docs/listings/mean.py"
    status, printed = run_in_clone(
        "docs/listings/test_agreement.py", f"--mg-candidate={mean}", f"--mg-baseline={mean}"
    )
    assert status == 0, printed
    assert "1 passed" in printed


def test_the_listing_of_an_evaluation_decides_from_a_program(tmp_path: Path) -> None:
    cart = ROOT / "examples" / "cart"
    listing = ROOT / "docs" / "listings" / "evaluate.py"
    concluded = {}
    for name in ("good", "wrong"):
        done = subprocess.run(
            [sys.executable, listing, cart / f"{name}.py", cart / "baseline.py"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(cart)},
            capture_output=True,
            text=True,
            check=False,
        )
        concluded[name] = (done.returncode, done.stdout.partition(":")[0], done.stderr)
    assert concluded == {"good": (0, "adopt", ""), "wrong": (1, "reject", "")}


def test_the_listings_of_monitors_watch_a_run_and_take_a_record(tmp_path: Path) -> None:
    for source in (*(ROOT / "examples/top_k").glob("*.py"), *MONITORS.iterdir()):
        shutil.copy(source, tmp_path)
    page = (ROOT / "docs/reference/monitors.md").read_text()
    (command,) = re.findall(r"```sh\npytest (.*?)```", page, re.DOTALL)
    # The same on both sides, since a real difference of duration is an alert.
    command = re.sub(r"(old|new)\.py", "good.py", command.replace("\\\n", " "))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--mg-monitor=llm_cost", *shlex.split(command)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    for name in ("latency", "errors", "latency#2", "errors#2", "llm_cost"):
        assert re.search(rf"^{name}: ", done.stdout, re.MULTILINE), done.stdout


def test_every_listing_and_output_that_a_page_includes_is_run_by_a_test() -> None:
    included = {
        (page.parent / target).resolve()
        for page in (ROOT / "docs").rglob("*.md")
        for target in re.findall(r"\{literalinclude\} (\S+)", page.read_text())
    }
    assert {path for path in included if path.is_relative_to(ROOT / "docs/output")} <= set(RECORDED)
    tested = {
        ROOT / "docs/listings" / name
        for name in (*LISTINGS, "evaluate.py", "test_agreement.py", "test_fixtures.py")
    }
    # The recorded commands of the same name run them.
    for folder in ("generated", "known", "replace", "tutorial"):
        tested |= set((ROOT / "docs/listings" / folder).iterdir())
    tested |= set(MONITORS.iterdir())
    # The recorded commands of docs/output/strength run there.
    tested |= set((ROOT / "docs/listings/strength").iterdir())
    # Those of docs/output/suggest there, and test_from_nothing.py runs the tutorial.
    tested |= set((ROOT / "docs/listings/suggest").iterdir())
    # tests/gate_side runs the commands of these jobs.
    tested |= set((ROOT / "docs/listings/ci").iterdir())
    assert {path for path in included if path.is_relative_to(ROOT / "docs/listings")} <= tested


def test_the_page_of_options_is_up_to_date() -> None:
    writer = load("write_options")
    page = writer.PAGE.read_text()
    assert writer.insert(page, writer.make_table()) == page, "run docs/write_options.py"


def test_the_page_of_the_catalogue_is_up_to_date() -> None:
    writer = load("write_catalogue")
    assert writer.make_page() == writer.PAGE.read_text(), "run docs/write_catalogue.py"


def test_the_page_of_messages_is_up_to_date_and_has_every_topic() -> None:
    writer = load("write_messages")
    page = writer.PAGE.read_text()
    assert writer.make_page() == page, "run docs/write_messages.py"
    for topic in writer.read_topics().values():
        assert f"\n({topic.word})=\n" in page, "no module of the package has its messages"
        assert (ROOT / "docs" / topic.page).exists()
        package = ROOT / "pytest_metamorphic_guard"
        gone = [start for start in topic.modules if not list(package.glob(f"{start}*"))]
        assert gone == [], f"no module of topic {topic.word} begins so"


def test_the_page_of_options_lists_what_help_lists(run_in_clone) -> None:
    _, printed = run_in_clone("--help")
    page = (ROOT / "docs" / "reference" / "options.md").read_text()
    documented = set(re.findall(r"(?m)^\| `(--mg-[a-z-]+)", page))
    defined = set(re.findall(r"(?m)^ +(--mg-[a-z-]+)", printed))
    assert documented == defined


def test_every_public_name_is_in_the_reference() -> None:
    import pytest_metamorphic_guard

    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    missing = [
        name for name in pytest_metamorphic_guard.__all__ if not re.search(rf"\b{name}\b", page)
    ]
    assert missing == []


def test_the_described_expectations_are_the_built_in_ones() -> None:
    from pytest_metamorphic_guard.relations import expectations

    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    shown = set(re.findall(r"(?m)^\| `(\w+)` \| (.+) \|$", page))
    built_in = {
        (value.name, value.description)
        for value in vars(expectations).values()
        if isinstance(value, expectations.Expectation)
    }
    assert shown == built_in


def test_every_error_type_of_the_local_executor_is_described() -> None:
    source = (ROOT / "pytest_metamorphic_guard" / "executors" / "local" / "payloads.py").read_text()
    codes = dict(re.findall(r'(?m)^    "(\w+)": "(SANDBOX_\w+)",$', source))
    page = (ROOT / "docs" / "reference" / "outcomes.md").read_text()
    described = dict(re.findall(r"(?m)^\| `(\w+)` \| `(SANDBOX_\w+)", page))
    described.pop("crash")  # its code ends with the signal's name
    assert codes
    assert described == codes


def test_every_verdict_of_the_table_of_a_gate_is_explained():
    page = (ROOT / "docs" / "how-to" / "decide-in-ci.md").read_text()
    table = page.partition("| verdict | what was seen |")[2].partition("\n\n")[0]
    assert set(get_args(RowVerdict)) == set(re.findall("`([a-z ]+)`", table))
