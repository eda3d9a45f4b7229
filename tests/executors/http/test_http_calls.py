"""Requests and results of the executor ``http``, against a real server."""

import gc
import gzip
import json
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from pytest_metamorphic_guard.errors import PluginError
from pytest_metamorphic_guard.loading import load_executor
from pytest_metamorphic_guard.testing import check_executor

REFUSED = "http://127.0.0.1:1/"


def call(url, *args, timeout_s=5.0, function="solve", **config):
    loaded = load_executor("http", config)
    assert loaded.is_ours
    with closing(loaded.executor) as executor:
        return executor.execute(url, function, args, timeout_s, 0)


def test_a_call_is_a_request_filled_from_a_template(service):
    show = service.url + "/show"
    payload = call(
        show + "/{0}?q={name}",
        "a/b ?",
        {"é": [1, 2.5]},
        method="PUT",
        arguments=["name", "more"],
        query={"n": "{1}", "fixed": 3, "each": ["x", "{0}"]},
        body={"f": "{function}", "all": "{args}", "in": "<{0}>", "kept": "{{0}} {not a place}"},
        result="data",
    )
    assert payload["success"], payload
    result = payload["result"]
    assert result["method"] == "PUT"
    assert result["path"] == (
        "/show/a%2Fb%20%3F?q=a%2Fb%20%3F&n=%7B%22%C3%A9%22%3A%5B1%2C2.5%5D%7D&fixed=3"
        "&each=x&each=a%2Fb%20%3F"
    )
    assert result["body"] == (
        '{"f":"solve","all":["a/b ?",{"é":[1,2.5]}],"in":"<a/b ?>","kept":"{0} {not a place}"}'
    )
    assert payload["http_status"] == 200
    assert payload["attempts"] == 1
    assert call(service.url + "/double", 21)["result"] == 42  # without a template
    assert call(service.url + "/text", 1, response="text")["result"] == "größer"
    assert call(service.url + "/packed", 1)["result"] == {"packed": True}
    # An argument cannot leave its part of the path.
    assert call(show + "/{0}/end", "..", method="GET", result="data.path")["result"] == (
        "/show/%2E%2E/end"
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((float("nan"),), "nan has no form there"),
        (({1: 2},), "its key 1 is no text"),
        ((b"x",), "b'x' is of type bytes"),
        (([{"a": {1}}],), "{1} is of type set"),
    ],
)
def test_what_json_would_change_is_refused_before_it_goes(service, args, said):
    payload = call(service.url + "/double", *args)
    assert (payload["error_type"], service.requests) == ("not_started", [])
    assert said in payload["error"]


def test_answers_that_are_no_result_are_outcomes_with_a_name(service):
    service.bomb = gzip.compress(bytes(200 << 20), 1)
    found = {}
    for path in ("missing", "moved", "huge", "bomb", "broken", "silent", "text"):
        found[path] = call(f"{service.url}/{path}", 1, max_response_mb=1, timeout_s=10)
    found["nothing there"] = call(service.url + "/show", 1, result="data.prize")
    found["refused"] = call(REFUSED, 1)
    found["no place"] = call(service.url + "/show", 1, method="GET")
    found["prompt"] = call("You are a helpful assistant.", 1)
    found["password"] = call("http://me:hunter2secret@127.0.0.1/", 1)
    ends = {name: (payload["error_type"], payload["error_code"]) for name, payload in found.items()}
    assert ends == {
        "missing": ("http_status", "HTTP_404"),
        "moved": ("http_status", "HTTP_302"),
        "huge": ("response_size", "HTTP_RESPONSE_SIZE"),
        "bomb": ("response_size", "HTTP_RESPONSE_SIZE"),
        "broken": ("connection", "HTTP_CONNECTION"),
        "silent": ("connection", "HTTP_CONNECTION"),
        "text": ("response", "HTTP_RESPONSE"),
        "nothing there": ("response", "HTTP_RESPONSE"),
        "refused": ("unavailable", "HTTP_UNAVAILABLE"),
        "no place": ("not_started", "HTTP_NOT_STARTED"),
        "prompt": ("not_started", "HTTP_NOT_STARTED"),
        "password": ("not_started", "HTTP_NOT_STARTED"),
    }
    assert found["missing"]["error"] == "status 404 Not Found: <html>no such thing</html>"
    assert "(to /double, which is not followed)" in found["moved"]["error"]
    assert found["bomb"]["error"] == "the body has more than 1,048,576 bytes"
    assert "finds nothing in" in found["nothing there"]["error"]
    assert found["refused"]["error"] == "127.0.0.1:1 cannot be reached: Connection refused"
    assert "hunter2secret" not in str(found)
    # A request that is not idempotent is made once, whatever came of it.
    assert service.count("/silent") == service.count("/broken") == 1


def test_a_codec_of_python_s_own_is_not_asked_for_the_text_of_a_body(service):
    for charset in ("punycode", "idna", "undefined", "unicode_escape", "a%00b", ""):
        payload = call(f"{service.url}/odd/{charset}", 1, response="text")
        assert payload["result"] == "a-" + "b" * 2_000_000, charset


@pytest.mark.parametrize("path", ["trickle", "trickle_until_close", "trickle_head"])
def test_a_body_that_trickles_ends_with_the_whole_time(service, path):
    started = time.monotonic()
    payload = call(f"{service.url}/{path}", 1, timeout_s=0.3)
    took_s = time.monotonic() - started
    assert (payload["error_type"], payload["success"]) == ("timeout", False)
    assert payload["error"] == "no answer within 0.3 s"
    assert took_s < 5  # it would drip for hours


def test_requests_are_made_again_only_where_they_may_be(service):
    busy = service.url + "/busy"
    once = call(busy + "/post", 1)
    assert (once["error_type"], once["attempts"]) == ("unavailable", 1)
    assert "retry_after_s" not in once  # or the runner would ask again
    told = call(busy + "/told", 1, idempotent=True)
    assert (told["result"], told["attempts"]) == ("done", 3)
    get = call(busy + "/get/{0}", 1, method="GET")
    assert (get["result"], get["attempts"]) == ("done", 3)
    started = time.monotonic()
    later = call(service.url + "/later/{0}", 1, method="GET", timeout_s=0.5)
    assert time.monotonic() - started < 5
    assert (later["error_type"], later["retry_after_s"]) == ("unavailable", 100_000)
    silent = call(service.url + "/silent/{0}", 1, method="GET", retries=2)
    assert (silent["error_type"], silent["attempts"]) == ("connection", 3)


def test_connections_are_kept_and_the_environments_proxy_is_not_asked(service, monkeypatch):
    monkeypatch.setenv("http_proxy", REFUSED)
    monkeypatch.setenv("HTTP_PROXY", REFUSED)
    with closing(load_executor("http", {"parallel": 4}).executor) as executor:
        answers = [
            executor.execute(service.url + "/double", "f", (i,), 5.0, 0)["result"]
            for i in range(20)
        ]
        assert answers == [2 * i for i in range(20)]
        assert service.connections == 1
        # The next call has its own connection where one was cut.
        assert not executor.execute(service.url + "/trickle", "f", (1,), 0.2, 0)["success"]
        assert executor.execute(service.url + "/double", "f", (1,), 5.0, 0)["success"]
    assert call(service.url + "/double", 1, proxy=REFUSED)["error_type"] == "unavailable"


def test_a_certificate_is_trusted_only_where_the_user_says_so(encrypted_service):
    url = encrypted_service.url
    refused = call(url + "/double", 1)
    assert (refused["error_type"], encrypted_service.requests) == ("not_started", [])
    assert "certificate verify failed" in refused["error"]
    ca_file = str(Path(__file__).with_name("localhost.pem"))
    with closing(load_executor("http", {"ca_file": ca_file}).executor) as executor:
        for number in range(3):
            payload = executor.execute(url + "/double", "f", (number,), 5.0, 0)
            assert payload["result"] == 2 * number
        assert encrypted_service.connections == 1
        # What is encrypted is cut as well.
        late = executor.execute(url + "/trickle", "f", (1,), 0.3, 0)
        assert late["error"] == "no answer within 0.3 s"


def test_calls_of_several_threads_end_when_nobody_waits(service):
    executor = load_executor("http", {}).executor
    found = []

    def work():
        found.append(executor.execute(service.url + "/trickle", "f", (1,), 60.0, 0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(service.requests) < 4:
        threading.Event().wait(0.01)
    executor.abort()
    for thread in threads:
        thread.join(10)
    assert [payload["error_type"] for payload in found] == ["unavailable"] * 4
    # It works on afterwards.
    assert executor.execute(service.url + "/double", "f", (1,), 5.0, 0)["success"]
    executor.close()
    executor.close()
    gc.collect()  # a connection that is left open warns, which is an error here
    for thread in threading.enumerate():
        if thread.name == "mg-watchdog":
            thread.join(10)
            assert not thread.is_alive()


def test_secrets_are_in_no_text(service, monkeypatch):
    monkeypatch.setenv("SHOP", "s3cr3t-of-the-shop\n")
    config = {"headers_from_env": {"Authorization": "Bearer {SHOP}"}}
    loaded = load_executor("http", config)
    with closing(loaded.executor) as executor:
        payload = executor.execute(service.url + "/fail", "f", (1,), 5.0, 0)
        assert payload["error"].startswith("status 500 Internal Server Error: ")
        assert "Bearer [redacted]" in payload["error"]
        cut = executor.execute(service.url + "/leak", "f", (1,), 5.0, 0)
        assert "s3c" not in cut["error"]
        assert "s3cr3t" not in f"{payload} {executor!r} {vars(executor)}"
    shown = call(service.url + "/show", 1, result="data.token", **config)
    assert shown["result"] == "Bearer s3cr3t-of-the-shop"  # it was sent


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"metod": "GET"}, "has no option 'metod'. Did you mean 'method'?"),
        ({"method": "PSOT"}, "option 'method' of the executor 'http' is 'PSOT', expected one of"),
        ({"parallel": 0, "retries": -1}, "expected a whole number from 1; option 'retries'"),
        ({"result": "a..b"}, "option 'result' is 'a..b', which is no JMESPath"),
        (
            {"headers_from_env": {"Authorization": "NO_SUCH_VARIABLE"}},
            "environment variable 'NO_SUCH_VARIABLE', which is not set",
        ),
        ({"headers": {"X": "seçret\n"}}, "the value of the header 'X' has characters"),
        ({"headers": {"X": 5}}, "option 'headers' of the executor 'http' is not of the right form"),
        ({"ca_file": "no/such.pem"}, "option 'ca_file': cannot use 'no/such.pem'"),
        ({"response": "text", "result": "a"}, "option 'response' is 'text'"),
    ],
)
def test_a_wrong_option_is_one_line(config, said):
    with pytest.raises(PluginError) as caught:
        load_executor("http", config)
    text = str(caught.value)
    assert said in text
    assert text.startswith("executor 'http' (from pytest-metamorphic-guard): ")
    assert "\n" not in text
    assert "seçret" not in text


def test_the_executor_keeps_the_contract(service):
    sources = {}

    def publish(source):
        sources[f"/run/{len(sources)}"] = source
        return f"{service.url}/run/{len(sources) - 1}"

    def run(handler):
        request = json.loads(handler.body)
        module = {"__name__": "candidate"}
        try:
            exec(compile(sources[handler.path], handler.path, "exec"), module)
            if request["function"] not in module:
                return handler.answer({"error": "no such function"}, 404)
            return handler.answer(module[request["function"]](*request["args"]))
        except Exception as error:  # noqa: BLE001 - the candidate's
            return handler.answer({"error": f"{type(error).__name__}: {error}"}, 500)

    service.RequestHandlerClass.run = run
    config = {"body": {"function": "{function}", "args": "{args}"}}
    with closing(load_executor("http", config).executor) as executor:
        report = check_executor(executor, publish=publish, hostile=False, limits=False)
    report.assert_contract()
