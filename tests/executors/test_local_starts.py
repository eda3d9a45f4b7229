"""A process that confirms a violation starts as every other one does."""

import pytest

# All that a candidate could tell two starts by, apart from numbers that the system hands out.
LOOK = """
import os, re, resource, sys, threading

def look(*args):
    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return {
        "arguments": sys.argv,
        "options": sys.orig_argv[:4],
        "variables": {name: strip(value) for name, value in os.environ.items()},
        "directory": strip(os.getcwd()),
        "files": os.listdir(),
        "path": sys.path,
        "limits": [resource.getrlimit(limit) for limit in limits if limit != resource.RLIMIT_AS],
        "mask": os.umask(0o22),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "threads": threading.active_count(),
        "modules": sorted(sys.modules),
        "name": __name__,
        "streams": [type(stream).__name__ for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "asked": args,
    }

def strip(text):
    return re.sub(r"(?<=/)(w|\\d+-)\\w{8}(?=/|$)", "...", text)

AT_IMPORT = look()

def solve(*args):
    return AT_IMPORT, look(*args)
"""


@pytest.mark.parametrize("level", ["worker", "fork", "fresh", "spawn"])
def test_a_restarted_process_sees_what_the_first_one_saw(local_config, level):
    executor, path = local_config(LOOK, isolation=level)
    executor.warm_up(path, "solve", 20.0, 512)

    first = executor.execute(path, "solve", (1, "x"), 20.0, 512)
    executor.restart()
    again = executor.execute(path, "solve", (1, "x"), 20.0, 512)

    assert first["success"], first["error"]
    assert again["result"] == first["result"]
