"""A process that confirms a violation starts as every other one does."""

import pytest

# All that a candidate could tell two starts by, apart from numbers that the system hands out.
LOOK = """
import fcntl, os, re, resource, stat, sys, threading

def look(*args):
    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return {
        "arguments": sys.argv,
        "options": sys.orig_argv[:4],
        "variables": [(name, strip(value)) for name, value in os.environ.items()],
        "directory": strip(os.getcwd()),
        "length": len(os.getcwd()),
        "descriptors": [describe(number) for number in range(600)],
        "processors": sorted(os.sched_getaffinity(0)),
        "frames": list(list_frames()),
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

def describe(number):
    try:
        found = os.fstat(number)
    except OSError:
        return None
    flags = fcntl.fcntl(number, fcntl.F_GETFL), fcntl.fcntl(number, fcntl.F_GETFD)
    return stat.S_IFMT(found.st_mode), found.st_nlink, flags

def list_frames():
    frame = sys._getframe(2)
    while frame is not None:
        texts = {
            name: value
            for name, value in frame.f_locals.items()
            if isinstance(value, (bytes, str)) and name not in ("nonce", "frame")
        }
        # How long a call may take is among what the harness was sent.
        yield frame.f_code.co_name, frame.f_lineno, texts
        frame = frame.f_back

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


@pytest.mark.parametrize("level", ["fork", "fresh", "spawn"])
def test_a_call_among_others_sees_what_the_first_one_after_a_restart_sees(local_config, level):
    executor, path = local_config(LOOK, isolation=level)
    executor.execute(path, "solve", ("what an earlier call was given",), 20.0, 512)

    among = executor.execute(path, "solve", (1, "x"), 20.0, 512)
    executor.restart()
    again = executor.execute(path, "solve", (1, "x"), 20.0, 512)

    assert among["success"], among["error"]
    assert again["result"] == among["result"]


def test_a_process_is_started_without_what_makes_dataclasses(local_config):
    # With what it brings along it takes an eighth of a start.
    source = "import sys\nLOADED = sorted(sys.modules)\ndef solve(): return LOADED"
    executor, path = local_config(source)

    loaded = set(executor.execute(path, "solve", (), 20.0, 512)["result"])

    assert "pytest_metamorphic_guard.executors.local.serving" in loaded
    assert loaded & {"dataclasses", "inspect", "ast", "pathlib", "asyncio", "hypothesis"} == set()
