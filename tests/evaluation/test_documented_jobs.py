"""The CI jobs of the documentation: they parse, and their commands run in a project."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
JOBS = ROOT / "docs" / "listings" / "ci"
INSTALL = "python -m pip install pytest-metamorphic-guard"
GOOD = "import heapq\n\n\ndef solve(xs, k):\n    return heapq.nlargest(k, xs)\n"


def read_github():
    """Return the commands of the job, and its whole definition."""
    job = yaml.safe_load((JOBS / "github.yml").read_text())["jobs"]["gate"]
    return [step["run"] for step in job["steps"] if "run" in step], job


def read_shards():
    """Return the jobs of the matrix, one per shard, and the job that merges them."""
    jobs = yaml.safe_load((JOBS / "shards.yml").read_text())["jobs"]
    return jobs["shard"], jobs["gate"]


def read_gitlab():
    """Return the commands of the job, and its whole definition."""
    job = yaml.safe_load((JOBS / "gitlab.yml").read_text())["gate"]
    return job["script"], job


@pytest.fixture
def repository(tmp_path):
    """A clone whose branch changes top_k.py, in a project with the relations."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    example = ROOT / "examples" / "top_k"

    def git(folder, *words):
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)

    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    (origin / "top_k.py").write_text((example / "baseline.py").read_text())
    (origin / "test_top_k.py").write_text((example / "test_top_k.py").read_text())
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", "origin", "clone")
    return clone


@pytest.fixture
def run_job(repository, tmp_path):
    """Run the commands of a job, as its service does, with a candidate in the clone."""

    def run(commands, candidate, **variables):
        (repository / "top_k.py").write_text(candidate)
        environment = {
            **{key: value for key, value in os.environ.items() if key != "PYTEST_ADDOPTS"},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GITHUB_BASE_REF": "main",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            **variables,
        }
        status, said = 0, ""
        for command in commands:
            if command == INSTALL:  # what runs the tests has it
                continue
            done = subprocess.run(
                ["bash", "-e", "-c", command],
                cwd=repository,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            said += done.stdout + done.stderr
            status = done.returncode
            if status:
                break
        return status, said

    return run


@pytest.mark.parametrize("read", [read_github, read_gitlab], ids=["github", "gitlab"])
def test_the_commands_of_a_job_adopt_what_is_good_and_reject_what_is_wrong(
    repository, run_job, tmp_path, read
):
    commands, _ = read()
    wrong = (ROOT / "examples" / "top_k" / "wrong.py").read_text()

    good_status, good_said = run_job(commands, GOOD)
    adopted = json.loads((repository / "gate.json").read_text())
    bad_status, bad_said = run_job(commands, wrong)
    rejected = json.loads((repository / "gate.json").read_text())

    assert INSTALL in commands
    assert (good_status, adopted["gate"]["outcome"]) == (0, "adopt"), good_said
    assert (bad_status, rejected["gate"]["outcome"]) == (1, "reject"), bad_said
    assert (repository / "gate.xml").exists()
    page = (tmp_path / "summary.md").read_text()
    assert "Metamorphic guard: adopt" in page
    assert "Metamorphic guard: reject" in page


def test_the_jobs_keep_the_report_also_when_they_fail():
    steps = read_github()[1]["steps"]
    (upload,) = [step for step in steps if step.get("uses", "").startswith("actions/upload")]
    assert upload["if"] == "always()"
    assert upload["with"]["path"].split() == ["gate.json", "gate.xml"]
    artifacts = read_gitlab()[1]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"] == {"junit": "gate.xml"}


@pytest.mark.parametrize(
    ("candidate", "expected"), [("good", (0, "adopt")), ("wrong", (1, "reject"))]
)
def test_the_jobs_of_a_matrix_decide_together(repository, run_job, tmp_path, candidate, expected):
    shard, gate = read_shards()
    text = GOOD
    if candidate == "wrong":
        text = (ROOT / "examples" / "top_k" / "wrong.py").read_text()
    commands = [step["run"] for step in shard["steps"] if "run" in step]
    numbers = shard["strategy"]["matrix"]["shard"]

    alone = [run_job(commands, text, SHARD=str(number)) for number in numbers]
    merging = [step["run"] for step in gate["steps"] if "run" in step]
    status, said = run_job(merging, text)
    outcome = json.loads((repository / "gate.json").read_text())["gate"]["outcome"]

    assert [code for code, _ in alone] == [0] * len(numbers), alone
    assert all(f"this is shard {n} of {len(numbers)}" in alone[n - 1][1] for n in numbers)
    assert (status, outcome) == expected, said
    assert (tmp_path / "summary.md").read_text().count("Metamorphic guard") == 1
    assert shard["env"]["SHARD"] == "${{ matrix.shard }}"
    assert gate["needs"] == "shard"
