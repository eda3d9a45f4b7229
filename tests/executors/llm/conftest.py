"""A server that speaks the OpenAI chat protocol, and answers by the name of the model."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

KEY = "sk-of-the-test-0123456789"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_POST(self):  # noqa: C901, PLR0911 - one line for each model
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        with server.lock:
            server.requests.append(request)
            number = len(server.requests)
            server.now += 1
            server.most = max(server.most, server.now)
        threading.Event().wait(server.latency_s)
        with server.lock:
            server.now -= 1
        if self.headers.get("Authorization") not in (None, f"Bearer {server.key}"):
            text = self.headers["Authorization"]
            return self.say(401, {"error": {"message": f"wrong key {text}"}})
        model = request["model"]
        if model == "busy" and number % 3:
            return self.say(429, {"error": {"message": "slow down"}}, retry_after="0.05")
        if model == "broke":
            return self.say(429, {"error": {"code": "insufficient_quota"}})
        if model == "down":
            return self.say(500, {"error": {"message": "it broke"}})
        if model == "unknown":
            return self.say(404, {"error": {"message": "no such model"}})
        question = request["messages"][-1]["content"]
        try:
            content = server.answer(question)
        except Exception as error:  # noqa: BLE001 - whatever a test's own answer does
            return self.say(500, {"error": {"message": f"{type(error).__name__}: {error}"}})
        if model == "counting":
            content = str(number)
        if model == "json":
            content = json.dumps({"answer": {"text": question}})
        message, finish = {"role": "assistant", "content": content}, "stop"
        if model == "refusing":
            message = {"role": "assistant", "content": None, "refusal": "I would rather not."}
        if model == "wordy":
            finish = "length"
        usage = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": f"{model}-1",
            "system_fingerprint": "fp_1",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        return self.say(200, answer | ({} if model == "uncounted" else {"usage": usage}))

    def say(self, status, answer, retry_after=None):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.requests = []
        self.now = self.most = 0
        self.latency_s = 0.0
        self.key = KEY
        self.answer = str.upper
        self.base_url = f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        """Say nothing of calls that the other side has cut."""

    def configure(self, model="echo", **more):
        return {"base_url": self.base_url, "model": model, "key_env": "TEST_KEY", **more}


@pytest.fixture
def chat(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with ChatServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
