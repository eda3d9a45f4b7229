"""The gallery of real libraries: what is found is what the pages say."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REAL = ROOT / "examples" / "gallery" / "real"
SUBJECTS = {path.parent.name for path in REAL.glob("*/runs.toml")}
# These need nothing but Python, a compiler and what the extra "test" installs. The others install
# releases of libraries, and run as a whole by ``python examples/gallery/real/run.py``.
HERE = [
    "compression",
    "dates",
    "documents",
    "false_alarms",
    "numbers",
    "program_in_c",
    "prompt",
    "service",
    "sqlite",
    "tables",
]
IN_THIS_PROCESS = ("--mg-executor=inprocess", "--mg-shrink=off", "-p", "no:randomly")


def run(tmp_path, *arguments):
    """Run subjects in a copy of the gallery, and return the exit status and what was printed."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(REAL, tmp_path / "a" / "b" / "real", ignore=ignored, dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, tmp_path / "a" / "b" / "real" / "run.py", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow  # starts pytest for each run of a subject, and servers and compilers
@pytest.mark.parametrize("subject", HERE)
def test_what_is_found_in_a_subject_is_what_its_page_says(tmp_path, subject):
    words = () if subject in ("prompt", "service") else IN_THIS_PROCESS
    status, printed = run(tmp_path, "--no-install", subject, "--", *words)
    assert status == 0, printed
    runs = tomllib.loads((REAL / subject / "runs.toml").read_text())["run"]
    assert printed.count("as it should be") == len(runs)


def test_what_is_not_found_or_cannot_be_run_fails_and_is_named(tmp_path):
    folder = tmp_path / "a" / "b" / "real" / "broken"
    folder.mkdir(parents=True)
    source = (REAL / "sqlite" / "test_sqlite.py").read_text()
    (folder / "test_sqlite.py").write_text(source)
    (folder / "engine.py").write_text("def solve(query, rows, indexed):\n    return rows\n")
    (folder / "runs.toml").write_text(
        '[[run]]\nname = "one"\ncandidate = "engine.py"\nfinds = ["index"]\n'
        '[[run]]\nname = "two"\ncandidate = "gone.py"\nfinds = []\n'
    )
    status, printed = run(tmp_path, "--no-install", "broken", "--", *IN_THIS_PROCESS)
    assert status == 1
    assert re.search(
        r"\| broken \| one \| 6 \| found \[.*'partitioned'.*\] instead of \['index'\]", printed
    )
    assert "| broken | two | 0 | not run: " in printed


def test_every_subject_is_on_the_pages_and_says_what_its_runs_find():
    pages = (REAL / "README.md").read_text(), (ROOT / "docs/explanation/gallery.md").read_text()
    for subject in SUBJECTS:
        assert f"[{subject}]({subject}/README.md)" in pages[0]
        assert f"`{subject}`" in pages[1]
        page = (REAL / subject / "README.md").read_text()
        assert f"python examples/gallery/real/run.py {subject}" in page
        for run in tomllib.loads((REAL / subject / "runs.toml").read_text())["run"]:
            for entry in run["finds"]:
                name = entry.rpartition("::")[2]
                assert f"`{name}`" in page or "naive_" in name or "all four" in page
