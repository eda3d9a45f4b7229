"""The service that is to replace the function: parcels and what it costs to send them.

    python service.py [PORT]

It prints its address. ``GET /v2/quote?weight_g=800&zone=EU`` answers ``{"quote": {"cents": 990}}``.
``/wrong`` is what it was before somebody found the mistake. A real service is written in what the
team likes.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BASE = {"DE": 490, "EU": 990, "WORLD": 1990}


def quote(weight_g, zone):
    """Cents: a base price, and 2.50 for each further kilogram that is begun."""
    return BASE[zone] + 250 * max(0, -(-weight_g // 1000) - 1)


def quote_wrong(weight_g, zone):
    """A discount for parcels above ten kilograms, on all of them: eleven cost less than ten."""
    cents = quote(weight_g, zone)
    return cents if weight_g <= 10_000 else cents * 8 // 10


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        function = {"/v2/quote": quote, "/wrong/quote": quote_wrong}.get(url.path)
        if function is None:
            return self.answer(404, {"error": f"there is no {url.path}"})
        words = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            cents = function(int(words["weight_g"]), words["zone"])
        except (KeyError, ValueError) as error:
            return self.answer(400, {"error": f"{type(error).__name__}: {error}"})
        return self.answer(200, {"quote": {"cents": cents}})

    def answer(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8000), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
