"""An executor that calls a service: it POSTs the arguments as JSON to a URL.

    pytest test_prices.py --mg-executor=http_json --mg-candidate=http://localhost:8000/v2

The request is ``{"function": "solve", "args": [...]}``. The service answers 200 with
``{"result": ...}``, 404 where it has no such function, and any other status with
``{"error": "..."}``. Further keys of an answer, such as ``"cost_usd"``, reach monitors.
"""

import http.client
import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from metamorphic_guard.executors import Executor

PLUGIN_METADATA = {"name": "HTTP service with JSON", "version": "1.0.0", "guard_min": "3.0"}


class CallError(Exception):
    """A call that did not return: its category, and one sentence."""

    def __init__(self, error_type, error):
        super().__init__(error_type, error)
        self.error_type = error_type
        self.error = error


BUSY = (http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE)


class HttpJsonExecutor(Executor):
    """Calls functions of an HTTP service whose URL is given as ``file_path``.

    Args:
        config: ``headers`` (an object of strings, sent with every request) and
            ``max_response_mb`` (16 unless given).
    """

    def __init__(self, config=None):
        super().__init__(config)
        unknown = set(self.config) - {"headers", "max_response_mb"}
        if unknown:
            raise ValueError(f"no option {min(unknown)!r}; options: headers, max_response_mb")
        self.headers = {"Content-Type": "application/json", **self.config.get("headers", {})}
        self.max_bytes = int(self.config.get("max_response_mb", 16) * 2**20)

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        """Call the service once; ``mem_mb`` is the service's own affair."""
        started = time.perf_counter()
        try:
            answer = self._ask(file_path, func_name, args, timeout_s)
        except CallError as failure:
            payload = {
                "success": False,
                "error": failure.error,
                "error_type": failure.error_type,
                "error_code": f"HTTP_{failure.error_type.upper()}",
                "retry_after_s": 1.0 if failure.error_type == "unavailable" else None,
            }
        else:
            payload = {**answer, "success": True}
        payload["duration_ms"] = (time.perf_counter() - started) * 1e3
        return {"result": None, "stdout": "", "stderr": "", **payload}

    def _ask(self, url, function, args, timeout_s):
        parts = read_url(url)
        try:
            body = json.dumps({"function": function, "args": args}).encode()
        except (TypeError, ValueError) as error:
            # The category says that the function was not called at all.
            raise CallError("argument_encoding", f"an argument is no JSON: {error}") from error
        path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        try:
            with connect(parts, timeout_s) as connection:
                connection.request("POST", path, body, self.headers)
                response = connection.getresponse()
                text = response.read(self.max_bytes + 1)
        except ConnectionRefusedError as error:
            # Nothing was asked yet, so it says nothing about the candidate.
            raise CallError("unavailable", f"{parts.netloc}: {error}") from error
        except (OSError, http.client.HTTPException) as error:
            raise CallError("connection", f"{parts.netloc}: {error}") from error
        if response.status in BUSY:
            raise CallError("unavailable", f"{parts.netloc}: status {response.status}")
        if len(text) > self.max_bytes:
            raise CallError("response_size", f"the answer has over {self.max_bytes} bytes")
        return read_answer(response.status, text, function)


def read_url(text):
    """Return the parts of a URL; any other text, such as a prompt, cannot be called."""
    try:
        parts = urlsplit(text)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise CallError("import_error", f"{text[:80]!r} is not the URL of a service")


def read_answer(status, text, function):
    """Return the service's JSON object, if it is a result."""
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CallError("response", f"status {status} and no JSON object")
    if status == http.client.NOT_FOUND:
        raise CallError("function_missing", answer.get("error", f"no function {function!r}"))
    if status != http.client.OK:
        raise CallError("exception", str(answer.get("error", f"status {status}")))
    if "result" not in answer:
        raise CallError("response", "status 200 and no key 'result'")
    return answer


@contextmanager
def connect(parts, timeout_s):
    """Give a connection that is cut when its time is over, however slowly an answer drips."""
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=timeout_s)
    expired = threading.Event()
    kept = []

    def cut():
        expired.set()
        for sock in (*kept, connection.sock):
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        kept.append(connection.sock)  # the connection forgets it when the answer's end is its own
        yield connection
    except (OSError, http.client.HTTPException) as error:
        if not expired.is_set() and not isinstance(error, TimeoutError):
            raise
        expired.set()
    finally:
        timer.cancel()
        connection.close()
    # A connection that was cut looks like an answer that ended.
    if expired.is_set():
        raise CallError("timeout", f"no answer within {timeout_s:g} s")
