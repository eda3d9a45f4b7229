"""The examples of a service and of a prompt, against the servers that come with them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE, PROMPT = "examples/check_a_service", "examples/check_a_prompt"


@pytest.fixture
def start():
    """Start a script on a free port, and return the address that it prints."""
    started = []

    def begin(path):
        command = [sys.executable, str(ROOT / path), "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process.stdout.readline().strip()

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def read_shown(page):
    """Return what a page says that the run of the good candidate prints at its end."""
    text = (ROOT / "docs" / "how-to" / page).read_text()
    return re.search(r"(?ms)^\.\.\.\n([^`]*ADOPT: .*?)```", text)[1]


def test_a_service_is_compared_with_the_function_that_it_replaces(start, run_in_clone):
    url = start(f"{SERVICE}/service.py")
    config = f"--mg-executor-config=@{SERVICE}/service.json"
    args = (SERVICE, config, f"--mg-baseline={SERVICE}/baseline.py", "--mg-gate")
    status, printed = run_in_clone(f"--mg-candidate={url}/v2/quote", *args)
    assert status == 0, printed
    assert read_shown("check-a-service.md") in printed
    status, printed = run_in_clone(f"--mg-candidate={url}/wrong/quote", *args)
    assert status == 1
    assert f"quotes: relation 'heavier' is violated by {url}/wrong/quote" in printed
    assert "REJECT: " in printed


def test_a_prompt_is_compared_with_the_one_that_it_replaces(start, run_in_clone, tmp_path):
    config = tmp_path / PROMPT / "model.json"
    config.write_text(
        config.read_text().replace("http://127.0.0.1:8000/v1", start(f"{PROMPT}/model.py"))
    )
    args = (
        PROMPT,
        "--mg-executor=llm",
        f"--mg-executor-config=@{config}",
        f"--mg-baseline={PROMPT}/old.txt",
        *("--mg-gate", "--mg-policy=noninferior:margin=0.1", "--mg-timeout-s=60"),
        *("--mg-monitor=llm_cost", "--mg-monitor=flakiness", "--mg-budget=5"),
    )
    status, printed = run_in_clone(f"--mg-candidate={PROMPT}/new.txt", *args)
    assert status == 0, printed
    assert read_shown("check-a-prompt.md") in printed
    status, printed = run_in_clone(f"--mg-candidate={PROMPT}/wrong.txt", *args)
    assert status == 1
    assert "REJECT: a loss of less than 10 % is refuted" in printed
