"""The example distribution: its own tests pass, it installs, and its executor holds out."""

import importlib
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity, to_outcome
from pytest_metamorphic_guard.testing import check_executor

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugins"
PAGE = ROOT / "docs" / "how-to" / "write-an-executor.md"


@pytest.fixture
def http_json(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLE)
    yield importlib.import_module("mg_example_plugins.http_json")
    for name in [name for name in sys.modules if name.startswith("mg_example_plugins")]:
        del sys.modules[name]


@contextmanager
def serve(status=200, body=b'{"result": 1}', seen=None):
    """A service on loopback that gives one answer to every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            if seen is not None:
                seen.append((self.path, dict(self.headers), request))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v2?x=1"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def drip(first=b"", piece=b""):
    """A service that accepts and then sends next to nothing, for ever."""
    ended = threading.Event()

    def run():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(first)
                while not ended.wait(0.05):
                    connection.sendall(piece)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def call(http_json, url, *args, timeout_s=30.0, config=None):
    payload = http_json.HttpJsonExecutor(config).execute(url, "solve", args, timeout_s, 0)
    to_outcome(payload, PluginIdentity("executor", "http_json"))
    return payload


def test_the_examples_own_tests_pass():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE)],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


def test_the_page_shows_the_report_of_today(http_json, tmp_path):
    command = [sys.executable, str(EXAMPLE / "service.py"), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = int(process.stdout.readline())

            def publish(source):
                name = f"module_{len(list(tmp_path.iterdir()))}"
                (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
                return f"http://127.0.0.1:{port}/{name}"

            executor = http_json.HttpJsonExecutor()
            report = check_executor(executor, publish=publish, hostile=False, overrun_s=10.0)
        finally:
            process.kill()
    assert PAGE.with_name("check-http-json.txt").read_text() == f"{report}\n"


def test_the_page_quotes_what_is_there():
    quoted = re.findall(r"literalinclude\} (\S+)\n((?::.*\n)*)", PAGE.read_text())
    assert len(quoted) == 4
    for path, options in quoted:
        text = (PAGE.parent / path).read_text()
        for start in re.findall(r':(?:start-at|end-before): "(.*)"', options):
            assert start in text
        for name in re.findall(r":pyobject: (\S+)", options):
            assert f"class {name}" in text


def test_the_request_names_function_and_arguments(http_json):
    seen = []
    with serve(seen=seen) as url:
        payload = call(http_json, url, [1], "é", config={"headers": {"X-Key": "k"}})
    ((path, headers, body),) = seen
    assert payload["success"]
    assert path == "/v2?x=1"
    assert (headers["Content-Type"], headers["X-Key"]) == ("application/json", "k")
    assert body == b'{"function": "solve", "args": [[1], "\\u00e9"]}'


@pytest.mark.parametrize(
    ("status", "body", "error_type", "error"),
    [
        (500, b'{"error": "ValueError: no"}', "exception", "ValueError: no"),
        (503, b"{}", "unavailable", "status 503"),
        (429, b"slow down", "unavailable", "status 429"),
        (404, b"{}", "function_missing", "no function 'solve'"),
        (200, b"{}", "response", "status 200 and no key 'result'"),
        (200, b"[1]", "response", "no JSON object"),
        (200, b"\xff", "response", "no JSON object"),
        (502, b"<html>", "response", "status 502 and no JSON object"),
    ],
)
def test_an_answer_that_is_no_result_is_a_failed_call(http_json, status, body, error_type, error):
    with serve(status, body) as url:
        payload = call(http_json, url)
    assert payload["success"] is False
    assert payload["error_type"] == error_type
    assert payload["error_code"] == f"HTTP_{error_type.upper()}"
    assert error in payload["error"]


def test_an_answer_without_end_is_cut_off(http_json):
    with serve(body=b'{"result": "' + b"x" * 2**20 + b'"}') as url:
        payload = call(http_json, url, config={"max_response_mb": 0.5})
    assert payload["error_type"] == "response_size"


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
    ],
    ids=["silence", "status line", "headers", "body of known length", "body without end"],
)
def test_a_service_that_drips_is_a_time_out(http_json, first, piece):
    with drip(first, piece) as url:
        payload = call(http_json, url, timeout_s=0.5)  # of a service that never ends
    assert payload["error_type"] == "timeout"


def test_a_service_that_is_not_there_is_unavailable(http_json):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    payload = call(http_json, f"http://127.0.0.1:{port}")
    assert payload["error_type"] == "unavailable"


@pytest.mark.parametrize(
    "text", ["You are a helpful assistant.", "new.py", "ftp://host/x", "http://", "http://[::1", ""]
)
def test_a_text_that_is_no_url_is_a_failed_call(http_json, text):
    payload = call(http_json, text)
    assert payload["error_type"] == "import_error"
    assert "is not the URL of a service" in payload["error"]


def test_an_argument_that_is_no_json_is_a_failed_call(http_json):
    payload = call(http_json, "http://127.0.0.1:9", {1, 2})
    assert payload["error_type"] == "argument_encoding"


def test_an_unknown_option_is_refused(http_json):
    with pytest.raises(ValueError, match="no option 'header'"):
        http_json.HttpJsonExecutor(config={"header": {}})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder where the distribution is installed."""
    pytest.importorskip("hatchling", reason="builds the example without the network")
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    install += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(folder)]
    subprocess.run([*install, str(EXAMPLE)], check=True, capture_output=True, text=True)
    return folder


MONEY_TASK = """
from mg_example_plugins.money import Money
from pytest_metamorphic_guard import Task

total = Task("total", inputs=[([Money("9.99", "EUR"), Money("10.01", "EUR"), Money("5", "EUR")],)])

@total.relation
def in_any_order(prices):
    return prices[::-1],
"""
MONEY_CANDIDATE = """
from mg_example_plugins.money import Money

def solve(prices):
    return {"sum": Money(sum(price.amount for price in prices), "EUR"),
            "first": [Money(price.amount / 2, price.currency) for price in prices]}
"""


@pytest.mark.parametrize("option", ["-n0", "-n2"])
def test_money_is_sent_compared_shown_and_written_as_source(project, site, option):
    project.write(test_it=MONEY_TASK, new=MONEY_CANDIDATE)

    result = project.spawn(option, "--mg-candidate=new.py", PYTHONPATH=site)

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "source      prices = [[]Money('9.99', 'EUR'), Money('10.01', 'EUR'),*",
            "candidate   source    -> {'sum': Money('25.00', 'EUR'),",
            "difference  [[]'first'[]][[]0] Money('4.995', 'EUR') becomes Money('2.5', 'EUR')",
            "@total.example([[]Money('9.99', 'EUR'), Money('10.01', 'EUR'), Money('5',",
        ]
    )


def test_the_distribution_installs_and_its_executor_is_found_by_name(site):
    script = """
    from pytest_metamorphic_guard.loading import load_executor
    loaded = load_executor("http_json", {"max_response_mb": 1})
    print(loaded.identity.name, loaded.identity.distribution, loaded.executor.max_bytes)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["http_json", "mg-example-plugins", "1048576"]
