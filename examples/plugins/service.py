"""A service to try the executor with: it runs the functions of the Python files in a folder.

    python service.py FOLDER

It prints its port. ``http://127.0.0.1:PORT/prices`` is then the file ``prices.py``. It runs what
it finds there for everybody on this machine: it is for trying out, not for serving.
"""

import json
import runpy
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, answer = self.call(request["function"], request["args"])
        except Exception as error:  # noqa: BLE001 - whatever the function raises is the answer
            status, answer = 500, {"error": f"{type(error).__name__}: {error}"}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def call(self, name, args):
        path = (FOLDER / self.path.strip("/")).with_suffix(".py")
        function = runpy.run_path(str(path)).get(name)
        if function is None:
            return 404, {"error": f"{path.name} has no function {name!r}"}
        result = function(*args)
        json.dumps(result)  # what is no JSON is a failed call
        return 200, {"result": result, "cost_usd": 1e-6}

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
