"""Programs that serve calls, well and badly."""

import sys
from contextlib import closing

import pytest

from pytest_metamorphic_guard.loading import load_executor

# The same protocol in this test suite's own interpreter; `answer` says what is written for a call.
_SERVER = """#!{python}
import json, os, signal, socket, sys, time

def say(**answer):
    print(json.dumps(answer), flush=True)

{body}

for line in sys.stdin:
    request = json.loads(line)
    answer(request["id"], request["function"], *request["args"])
"""


class Programs:
    """Writes programs into a folder, and calls them."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def serve(self, body, name="server"):
        return self.write(name, _SERVER.format(python=sys.executable, body=body))

    def call(self, program, *args, function="solve", timeout_s=10.0, mem_mb=512, **config):
        with closing(self.make(**config)) as executor:
            return executor.execute(program, function, args, timeout_s, mem_mb)

    def make(self, **config):
        return load_executor("command", config).executor


@pytest.fixture
def programs(tmp_path):
    return Programs(tmp_path)
