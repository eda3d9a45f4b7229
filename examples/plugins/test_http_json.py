"""The executor against a real service, and against the contract."""

import subprocess
import sys
from pathlib import Path

import pytest
from mg_example_plugins.http_json import HttpJsonExecutor

from pytest_metamorphic_guard.testing import check_executor

SERVICE = Path(__file__).with_name("service.py")


class Service:
    def __init__(self, folder, port):
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.published = 0

    def publish(self, source):
        """Make a source text available, and return the URL that calls it."""
        self.published += 1
        name = f"module_{self.published}"
        (self.folder / f"{name}.py").write_text(source, encoding="utf-8")
        return f"{self.url}/{name}"


@pytest.fixture
def service(tmp_path):
    command = [sys.executable, str(SERVICE), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield Service(tmp_path, int(process.stdout.readline()))
        process.kill()


def test_the_executor_keeps_the_contract(service):
    report = check_executor(HttpJsonExecutor(), publish=service.publish, hostile=False)
    report.assert_contract()
    assert "does not enforce time limits" not in report.unpromised
    assert "does not limit memory" in report.unpromised  # the service would have to


def test_further_keys_of_an_answer_reach_monitors(service):
    url = service.publish("def solve(x): return x * 2")
    payload = HttpJsonExecutor().execute(url, "solve", (4,), 10.0, 0)
    assert payload["result"] == 2 * 4
    assert payload["cost_usd"] == pytest.approx(1e-6)
