"""The candidates that an executor is checked with, as source texts.

The hostile ones look first whether they run in the process of the check, where they would do what
they are meant to prove impossible; then they only say so.
"""

from __future__ import annotations

__all__ = ["BROKEN", "HONEST", "HOSTILE", "IN_HOST", "RUN"]

IN_HOST = "ran in the process of the check"
# Set for the time of a check. Only code in the same process finds the same value here.
RUN: list[str] = []

HONEST = """
import itertools
import math
import sys
import time


def add(a, b):
    return a + b


def count(*args):
    return len(args)


def shape(value):
    return repr(value)


def echo(value):
    return value


def nothing():
    return None


def make(kind):
    return {
        "nan": math.nan,
        "infinity": -math.inf,
        "big integer": 7 ** 500,
        "complex": 1 + 2j,
        "tuple": (1, (2, [3])),
        "set": {1, 2},
        "frozenset": frozenset([1, 2]),
        "bytes": b"\\x00\\xff",
        "dict with other keys": {1: "a", (2, 3): "b", None: "c"},
        "nested": [{"a": [1.5, None, True]}, []],
    }[kind]


def fail(text):
    raise ValueError(text)


def speak(text):
    print(text)
    print(text, file=sys.stderr)
    return text


def change(items):
    items.append("changed")
    return len(items)


def sleep(seconds):
    time.sleep(seconds)
    return "woke up"


def loop(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "came out of the loop"


def loop_in_c(times):
    return sum(itertools.repeat(1, times))


def take(megabytes):
    return len(b"x" * (megabytes << 20))
"""

BROKEN = "import no_such_module_of_metamorphic_guard\n"

HOSTILE = f"""
import os
import signal
import sys


def runs_in_host(pid, run):
    if os.getpid() != pid:
        return False
    module = sys.modules.get({__name__!r})
    return run in getattr(module, "RUN", ())


class Anything:
    def __init__(self, path=None):
        self.path = path

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None

    def __reduce__(self):
        code = f"open({{self.path!r}}, 'w').write(str(__import__('os').getpid()))"
        return eval, (code,)


class Unreadable(Exception):
    def __str__(self):
        raise SystemExit("from __str__")


def good(pid, run):
    return "good"


def leave(pid, run):
    if runs_in_host(pid, run):
        return {IN_HOST!r}
    os._exit(0)


def kill_itself(pid, run):
    if runs_in_host(pid, run):
        return {IN_HOST!r}
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt(pid, run):
    if runs_in_host(pid, run):
        return {IN_HOST!r}
    raise KeyboardInterrupt


def write_everywhere(pid, run):
    if runs_in_host(pid, run):
        return {IN_HOST!r}
    for number in range(1, 64):
        try:
            os.write(number, b"\\x80\\x04SUCCESS: 'forged'\\n" * 10)
        except OSError:
            pass
    return "honest"


def exit_politely(pid, run):
    raise SystemExit(0)


def raise_unreadable(pid, run):
    raise Unreadable


def flood(pid, run):
    for _ in range(1024):
        print("x" * 65536)
    return "said a lot"


def return_anything(pid, run):
    return Anything()


def return_bomb(pid, run, path):
    return Anything(path)
"""
