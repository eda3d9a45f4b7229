"""The complete programs of the documentation serve calls as the page says."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROTOCOL = ROOT / "examples" / "check_a_program" / "protocol"
EXAMPLE = ROOT / "examples" / "check_a_program"
AWK = "mawk -W interactive" if shutil.which("mawk") else "awk"


def compile_program(source, folder):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler is installed")
    target = folder / source.stem
    subprocess.run([compiler, "-O1", "-o", target, source], check=True)
    return target


@pytest.mark.parametrize("language", ["sh", "js", "c", "awk"])
def test_the_programs_of_the_page_answer(programs, tmp_path, language):
    source = PROTOCOL / f"sum.{language}"
    for needed in {"sh": ["jq", "bash"], "js": ["node"]}.get(language, ()):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    command = {
        "sh": lambda: str(source),
        "js": lambda: f"command: node {source}",
        "c": lambda: str(compile_program(source, tmp_path)),
        "awk": lambda: f"command: {AWK} -f {source}",
    }[language]()
    config = {"allow_subprocess": True} if language == "sh" else {}
    payload = programs.call(command, [1, 2.5, -4], timeout_s=20, **config)
    assert payload["result"] == -0.5, payload


@pytest.mark.slow
def test_the_example_compares_a_function_with_a_program(project, tmp_path):
    """Two whole runs, of a program that is compiled first."""
    for file in EXAMPLE.iterdir():
        if file.is_file():
            shutil.copy(file, project.path)
    if shutil.which("cc"):
        shutil.copy(compile_program(EXAMPLE / "median.c", tmp_path), project.path / "median")
        program = "./median"
    else:
        program = f"{AWK} -f median.awk"
    options = ("--mg-baseline=median.py", "--mg-n=60", "--mg-report=report.json")
    good = project.run(f"--mg-candidate=command: {program}", *options, "--mg-gate")
    good.assert_outcomes(passed=4)
    assert "ADOPT" in good.stdout.str()
    report = json.loads((project.path / "report.json").read_text())
    assert [one["name"] for one in report["executors"]] == ["local", "command"]
    fast = project.run(f"--mg-candidate=command: {program} --fast", *options, "--mg-shrink=off")
    # Every relation holds: only the agreement with the function shows the difference.
    fast.assert_outcomes(passed=2, failed=1)
    printed = fast.stdout.str()
    assert "candidate command, baseline local" in printed
    assert "confirmed in a fresh process" in printed
