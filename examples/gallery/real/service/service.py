"""A service that finds words: a real HTTP server, with SQLite behind it.

    python service.py [PORT]

``GET /v2/words?contains=an&after=banana&limit=2`` answers ``{"words": [...]}``, in the order of the
alphabet, at most ``limit`` of those that come after a word. ``/v1`` is how it was before somebody
asked for no word at all, and for a percent sign.
"""

import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

WORDS = ["almond", "anise", "banana", "bean", "cabbage", "carrot", "date", "fennel", "kale", "leek"]


def find(version, contains, after, limit):
    pattern = f"%{contains}%" if version == "v1" else f"%{escape(contains)}%"
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE words (word TEXT PRIMARY KEY)")
        connection.executemany("INSERT INTO words VALUES (?)", [(word,) for word in WORDS])
        rows = connection.execute(
            "SELECT word FROM words WHERE word LIKE ? ESCAPE '!' AND word > ?"
            " ORDER BY word LIMIT ?",
            (pattern, after, limit),
        )
        return [word for (word,) in rows]


def escape(text):
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        version = url.path.split("/")[1]
        limit = int(asked.get("limit", 10))
        if version == "v1":
            limit = limit or 10  # a limit of 0 counts as none
        words = find(version, asked.get("contains", ""), asked.get("after", ""), limit)
        body = json.dumps({"words": words}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
