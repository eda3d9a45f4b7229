"""The README shows real code, real output and commands that work."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SHOWN = re.findall(r"<!-- (\w+): ([^>]+) -->\n```(\w+)\n(.*?)```", README, flags=re.DOTALL)


def find(kind: str) -> list[tuple[str, str]]:
    return [(about, text) for found, about, _, text in SHOWN if found == kind]


def read_command(about: str) -> str:
    (text,) = [text for name, text in find("command") if name == about]
    (line,) = text.splitlines()
    return line


@pytest.mark.parametrize(
    ("path", "text"), find("listing"), ids=[name for name, _ in find("listing")]
)
def test_a_listing_of_the_readme_stands_in_a_file_that_tests_run(path: str, text: str) -> None:
    assert text in (ROOT / path).read_text()


def test_the_relation_on_the_first_screen_has_at_most_twelve_lines() -> None:
    assert len(find("listing")[0][1].splitlines()) <= 12


@pytest.mark.parametrize(("path", "text"), find("output"), ids=[name for name, _ in find("output")])
def test_an_output_of_the_readme_is_recorded_output(path: str, text: str) -> None:
    assert text.count("\n") > 10
    assert text in (ROOT / path).read_text()


def test_the_first_screen_holds_the_relation_its_violation_and_two_commands() -> None:
    first_screen = README.partition("\n## ")[0]
    for marked in ("listing: examples/top_k", "output: ", "command: main job", "command: tests"):
        assert f"<!-- {marked}" in first_screen


def test_both_commands_install_the_project_into_an_environment_of_their_own() -> None:
    for about in ("main job", "tests"):
        assert read_command(about).startswith("python3 -m venv .venv && .venv/bin/pip install -e ")


def test_the_command_of_the_main_job_runs_relations_against_a_candidate(run_in_clone) -> None:
    *_, run = read_command("main job").split(" && ")
    program, *arguments = run.split()
    assert program == ".venv/bin/pytest"
    status, printed = run_in_clone(*arguments)
    assert status == 0, printed
    assert re.search(r"\d+ passed", printed)


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
