"""The executor ``inprocess``: a direct call whose every ending is a payload."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import warnings

import pytest

from pytest_metamorphic_guard.contracts.outcomes import (
    NotCalled,
    PluginIdentity,
    Raised,
    Returned,
    to_outcome,
)
from pytest_metamorphic_guard.errors import IsolationWarning
from pytest_metamorphic_guard.executors import isolation
from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor


@pytest.fixture
def executor():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolationWarning)
        return InprocessExecutor()


@pytest.fixture
def call(executor, candidates):
    def call(source, *args, function="solve", name=None):
        path = candidates.write(source, name)
        return executor.execute(path, function, args, 5.0, 512)

    return call


def read(payload):
    return to_outcome(payload, PluginIdentity("executor", "inprocess"))


def test_a_result_is_the_candidates_own_object_with_its_duration_and_cpu_time(call):
    payload = call("class Mine: pass\ndef solve(a, b): return Mine(), a + b", 1, 2)
    mine, total = payload["result"]
    assert type(mine).__name__ == "Mine"
    assert total == 3
    assert isinstance(read(payload), Returned)
    assert payload["duration_ms"] > 0
    assert payload["resource_usage"]["cpu_ms"] >= 0
    assert (payload["stdout"], payload["stderr"]) == ("", "")


def test_output_is_captured_as_text_and_as_bytes(call, capfd):
    payload = call("""
        import sys
        print("imported")
        def solve():
            print("é")
            sys.stdout.buffer.write(b"raw\\xff")
            sys.stderr.write("err")
    """)
    assert payload["stdout"] == "imported\né\nraw\ufffd"
    assert payload["stderr"] == "err"
    assert capfd.readouterr() == ("", "")


def test_a_candidate_that_closes_or_replaces_stdout_leaves_the_hosts_alone(call):
    before = sys.stdout
    assert call("import sys\ndef solve(): sys.stdout.close()")["success"]
    assert call("import sys\ndef solve(): sys.stdout = None")["success"]
    assert sys.stdout is before


def test_a_candidate_cannot_change_the_hosts_arguments(call):
    flat, nested, shared = [1, 2], {"a": [1]}, [3]
    payload = call(
        """
        def solve(flat, nested, one, other):
            flat.append(0); nested["a"].append(0); one.append(4)
            return flat, nested, other
        """,
        flat,
        nested,
        shared,
        shared,
    )
    assert payload["result"] == ([1, 2, 0], {"a": [1, 0]}, [3, 4])
    assert (flat, nested, shared) == ([1, 2], {"a": [1]}, [3])


def test_an_argument_that_cannot_be_copied_is_named(call):
    payload = call("def solve(lock): return 1", threading.Lock())
    assert isinstance(read(payload), NotCalled)
    assert payload["error_type"] == "argument_encoding"
    assert "lock" in payload["error"]


@pytest.mark.parametrize(
    ("body", "error_type", "error_code", "error"),
    [
        ("raise ValueError('no')", "exception", "INPROCESS_EXCEPTION", "ValueError: no"),
        ("raise KeyError", "exception", "INPROCESS_EXCEPTION", "KeyError"),
        ("raise SystemExit(3)", "system_exit", "INPROCESS_SYSTEM_EXIT", "SystemExit: 3"),
        ("import sys; sys.exit()", "system_exit", "INPROCESS_SYSTEM_EXIT", "SystemExit"),
        ("raise MemoryError", "memory", "INPROCESS_MEMORY", "MemoryError"),
        ("raise Own('x')", "exception", "INPROCESS_EXCEPTION", "Own: x"),
        (
            "raise Exits",
            "exception",
            "INPROCESS_EXCEPTION",
            "Exits: <its text cannot be read>",
        ),
        ("raise Evil", "exception", "INPROCESS_EXCEPTION", "Evil: <its text cannot be read>"),
        (
            "import asyncio; raise asyncio.CancelledError",
            "exception",
            "INPROCESS_EXCEPTION",
            "CancelledError",
        ),
    ],
)
def test_every_exception_is_a_payload(call, body, error_type, error_code, error):
    payload = call(f"""
        class Own(BaseException): pass
        class Evil(Exception):
            def __str__(self): raise ValueError
        class Exits(Exception):
            def __str__(self): raise SystemExit
        def solve():
            print("before")
            {body}
    """)
    assert isinstance(read(payload), Raised)
    assert payload["error_type"] == error_type
    assert payload["error_code"] == error_code
    assert payload["error"] == error
    assert payload["exception_type"] == error.partition(":")[0]
    assert payload["stdout"] == "before\n"
    assert "def solve" not in payload["error"]
    frames = payload["traceback"].splitlines()
    assert not any("pytest_metamorphic_guard" in line for line in frames)
    assert any("in solve" in line for line in frames)


@pytest.mark.parametrize("moment", ["call", "import"])
def test_an_interruption_by_the_user_is_raised(executor, candidates, moment):
    press = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n"
    body = textwrap.indent(press, "    ")
    path = candidates.write(f"def solve():\n{body}" if moment == "call" else press)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            executor.execute(path, "solve", (), 5.0, 0)
    finally:
        signal.signal(signal.SIGINT, previous)


def test_the_end_of_an_items_time_is_raised(executor, candidates):
    class ItemTimeout(BaseException):
        pass

    def end(number, frame):
        raise ItemTimeout

    path = candidates.write("def solve():\n    while True: pass")
    previous = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(ItemTimeout):
            executor.execute(path, "solve", (), 5.0, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("def solve(:", "SyntaxError"),
        ("raise SystemExit(1)", "SystemExit: 1"),
    ],
)
def test_a_candidate_that_does_not_import_says_why(call, source, error):
    payload = call(source)
    assert isinstance(read(payload), NotCalled)
    assert payload["error_type"] == "import_error"
    assert payload["error_code"] == "INPROCESS_IMPORT"
    assert error in payload["error"]


@pytest.mark.parametrize(
    ("specification", "error"),
    [
        ("nowhere.py", "does not exist"),
        ("no_such_module_anywhere", "No module named"),
        ("You are a helpful assistant.", "neither a Python file nor the name of a module"),
        ("two\nlines", "neither a Python file nor the name of a module"),
        ("x\0y", "neither a Python file nor the name of a module"),
        (os.sep, "is a directory"),
    ],
)
def test_what_is_neither_file_nor_module_is_refused_in_a_sentence(executor, specification, error):
    payload = executor.execute(specification, "solve", (), 5.0, 0)
    assert payload["error_type"] == "import_error"
    assert error in payload["error"]


def test_a_missing_function_is_named_with_what_there_is(call):
    payload = call("from math import sqrt\ndef solve(): pass\nother = 3", function="slove")
    assert payload["error_type"] == "function_missing"
    assert payload["error_code"] == "INPROCESS_NO_FUNCTION"
    assert (
        "has no function 'slove'. Did you mean 'solve'? (its functions: solve)" in payload["error"]
    )
    payload = call("other = 3", function="other")
    assert "is of type int and cannot be called" in payload["error"]


def test_a_module_is_called_by_its_dotted_name(executor):
    payload = executor.execute("statistics", "median", ([3, 1, 2],), 5.0, 0)
    assert payload["result"] == 2
    assert sys.modules["statistics"].median is __import__("statistics").median


def test_an_installed_module_is_not_imported_a_second_time(executor):
    import numpy as np

    payload = executor.execute(np.linalg.__file__, "norm", ([3.0, 4.0],), 5.0, 0)
    assert payload["result"] == 5.0
    assert sys.modules["numpy.linalg"] is np.linalg


def test_an_edited_candidate_is_imported_afresh(call, candidates):
    for version in range(5):  # same size, and mostly within one second
        assert call(f"def solve(): return {version}", name="edited.py")["result"] == version


def test_a_candidate_keeps_its_state_until_the_executor_is_restarted(executor, candidates):
    path = candidates.write("count = []\ndef solve():\n    count.append(0)\n    return len(count)")
    results = [executor.execute(path, "solve", (), 5.0, 0)["result"] for _ in range(2)]
    executor.restart()
    results.append(executor.execute(path, "solve", (), 5.0, 0)["result"])
    assert results == [1, 2, 1]


def test_an_edited_sibling_is_imported_afresh(executor, candidates):
    source = "import helper_one\ndef solve(): return helper_one.VALUE"
    path = candidates.write(source, "uses_helper.py")
    for version in range(3):
        candidates.write(f"VALUE = {version}", "helper_one.py")
        assert executor.execute(path, "solve", (), 5.0, 0)["result"] == version


def test_siblings_of_one_name_in_two_folders_do_not_meet(executor, candidates):
    paths = []
    for folder in ("left", "right"):
        candidates.write(f"WHERE = {folder!r}", f"{folder}/helper_two.py")
        source = "def solve():\n    import helper_two\n    return helper_two.WHERE"
        paths.append(candidates.write(source, f"{folder}/solution.py"))
    for _ in range(2):
        results = [executor.execute(path, "solve", (), 5.0, 0)["result"] for path in paths]
        assert results == ["left", "right"]


def test_neither_candidate_nor_sibling_stays_behind(call, candidates):
    candidates.write("X = 1", "helper_three.py")
    path_before, modules_before = list(sys.path), set(sys.modules)
    payload = call(
        """
        import dataclasses, helper_three
        @dataclasses.dataclass
        class Point:
            x: "int"
        def solve(): return Point(helper_three.X).x
        """,
        name="left_behind.py",
    )
    assert payload["result"] == 1
    assert sys.path == path_before
    assert not {"helper_three", "left_behind"} & (set(sys.modules) - modules_before)


def test_a_module_the_host_has_imported_is_shared_with_the_candidate(call, candidates, monkeypatch):
    candidates.write("class Invoice: pass", "shared_models.py")
    monkeypatch.syspath_prepend(candidates.folder)
    import shared_models

    payload = call(
        "import shared_models\ndef solve(i): return isinstance(i, shared_models.Invoice)",
        shared_models.Invoice(),
    )
    assert payload["result"] is True
    monkeypatch.delitem(sys.modules, "shared_models")


def test_a_candidate_named_like_a_module_of_the_host_replaces_it_for_nobody_else(call):
    ours = sys.modules[__name__]
    payload = call("def solve(): return __name__", name=f"{__name__.rpartition('.')[2]}.py")
    assert payload["success"]
    assert sys.modules[__name__] is ours
    import json

    payload = call("import json\ndef solve(): return json.dumps([1])", name="json.py")
    assert payload["result"] == "[1]"
    assert sys.modules["json"] is json


def test_a_file_in_a_package_is_imported_under_its_dotted_name(executor, candidates):
    candidates.write("", "shop_pkg/__init__.py")
    candidates.write("RATE = 2", "shop_pkg/rates.py")
    path = candidates.write(
        "from .rates import RATE\ndef solve(x): return x * RATE, __name__", "shop_pkg/new.py"
    )
    assert executor.execute(path, "solve", (3,), 5.0, 0)["result"] == (6, "shop_pkg.new")
    assert "shop_pkg" not in sys.modules


def test_an_unknown_option_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="executor 'inprocess' has no option 'isolation'"):
        InprocessExecutor({"isolation": "worker"})


def test_the_missing_isolation_is_said_once_per_process():
    script = """
    import warnings
    from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        InprocessExecutor(), InprocessExecutor(config={})
    print([(w.category.__name__, str(w.message).count("\\n")) for w in caught])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[('IsolationWarning', 0)]"


def test_the_warning_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(isolation, "_said", set())
    with pytest.warns(IsolationWarning, match="nothing is isolated"):
        InprocessExecutor()


def test_a_coroutine_that_nobody_awaits_leaves_no_warning_behind(call, recwarn):
    payload = call("async def later(): return 1\ndef solve(): return [later()]")
    assert type(payload.pop("result").pop()).__name__ == "coroutine"
    gc.collect()
    assert not [warning for warning in recwarn if "never awaited" in str(warning.message)]
