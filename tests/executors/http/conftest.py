"""A service that behaves, and misbehaves, by the path that it is asked for."""

import gzip
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

# With its key, which is of no use anywhere else; for localhost and 127.0.0.1, until 2120.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # With Nagle's algorithm a body waits for the other side to have seen the headers.
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.connections += 1

    def log_message(self, *args):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length).decode()
        with self.server.lock:
            self.server.requests.append((self.command, self.path, self.body))
            self.count = sum(path == self.path for _, path, _ in self.server.requests)
        getattr(self, self.path.split("/")[1].split("?")[0])()

    do_GET = do_PUT = do_POST  # noqa: N815 - as the base class asks for them

    def answer(self, answer, status=200, **headers):
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def double(self):
        self.answer(2 * json.loads(self.body)["args"][0])

    def show(self):
        seen = {"method": self.command, "path": self.path, "body": self.body}
        self.answer({"data": {**seen, "token": self.headers.get("Authorization")}})

    def trickle(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.drip()

    def trickle_until_close(self):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.drip()

    def trickle_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self.drip()

    def drip(self):
        try:
            while True:
                self.wfile.write(b"1")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def huge(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"1" * (1 << 20))
        except OSError:
            self.close_connection = True

    def bomb(self):
        self.answer(self.server.bomb, Content_Encoding="gzip")

    def packed(self):
        self.answer(gzip.compress(b'{"packed": true}'), Content_Encoding="gzip")

    def moved(self):
        self.answer({}, 302, Location="/double")

    def broken(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"[1")
        self.close_connection = True

    def silent(self):
        self.close_connection = True

    def busy(self):
        """Refuse the first two requests."""
        if self.count <= 2:
            self.answer({"error": "slow down"}, 429, Retry_After="0.05")
        else:
            self.answer("done")

    def later(self):
        self.answer({"error": "later"}, 503, Retry_After="100000")

    def fail(self):
        token = self.headers.get("Authorization", "")
        self.answer({"error": "no", "you sent": token}, 500)

    def leak(self):
        """Show the token where the text is cut that is shown."""
        token = self.headers["Authorization"]
        self.answer(b"." * (290 - len("Bearer ")) + token.encode(), 500)

    def missing(self):
        self.answer(b"<html>no such thing</html>", 404)

    def text(self):
        self.answer("größer".encode("latin-1"), Content_Type="text/plain; charset=latin-1")

    def odd(self):
        """Name one of Python's own codecs, which takes a quarter of an hour for so much."""
        charset = self.path.rpartition("/")[2]
        self.answer(b"a-" + b"b" * 2_000_000, Content_Type=f"text/plain; charset={charset}")


class Service(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.lock = threading.Lock()
        self.requests = []
        self.connections = 0
        self.bomb = b""
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Say nothing of calls that the other side has cut."""

    def count(self, path):
        return sum(found == path for _, found, _ in self.requests)


def serve(server):
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def service():
    yield from serve(Service())


@pytest.fixture
def encrypted_service():
    """A service whose certificate nobody trusts by itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    yield from serve(Service(context))
