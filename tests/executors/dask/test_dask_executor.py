"""Calls on the workers of a real cluster: where they run, what travels, and what ends them."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import Client

from pytest_metamorphic_guard.contracts.arguments import DirectedArguments, Directions
from pytest_metamorphic_guard.contracts.executors import Call
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing
from pytest_metamorphic_guard.testing import check_executor

SOLVE = """
import os, time
import helper

def solve(x):
    return x * helper.FACTOR

def fail(x):
    raise ValueError(f"no {x}")

def end(x):
    os._exit(3)

def pid():
    return os.getpid()

def wait(path):
    with open(path, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(100)
"""


def call(executor, path, *args, function="solve", timeout_s=20.0, mem_mb=512):
    return executor.execute(str(path), function, args, timeout_s, mem_mb)


@pytest.fixture
def solve(candidates):
    candidates.write("FACTOR = 3", "helper.py")
    return candidates.write(SOLVE, "solve.py")


@pytest.mark.slow  # some forty candidates, of which four are to overrun
def test_it_keeps_the_contract_and_what_local_promises(make_dask):
    report = check_executor(make_dask(), overrun_s=10.0)
    assert not report.unpromised
    report.assert_contract()


def test_methods_steps_and_arguments_by_name_reach_a_worker(make_dask, candidates):
    path = candidates.write(
        """
        class Tally:
            def __init__(self, count):
                self.count = count
            async def add(self, amount, *, times=1):
                self.count += amount * times
                return self.count
        """
    )
    executor = make_dask()

    def ask(function, *args, **directions):
        given = DirectedArguments.of(args, Directions(**directions))
        return executor.execute(path, function, given, 20.0, 512)["result"]

    made = {"construct": ((10,), {})}
    assert ask("Tally.add", 2, 3, keywords=("times",), **made) == 16
    steps = [("add", (1,), {}), ("add", ("x",), {}), ("add", (1,), {"times": 2})]
    first, second, third = ask("Tally", steps, steps=True, **made)
    assert (first, third) == ({"value": 11}, {"value": 13})
    assert second["exception_type"] == "TypeError"


def test_many_calls_are_answered_in_their_order_by_all_workers(make_dask, cluster, solve):
    executor = make_dask()
    assert executor.parallel == 2
    functions = {5: "fail", 11: "end", 17: "nothing"}
    names = [functions.get(number, "solve") for number in range(60)]
    calls = (Call(solve, name, (number,), 20.0, 512) for number, name in enumerate(names))
    payloads = list(executor.execute_many(calls))
    kinds = [payload.get("error_type", payload["result"]) for payload in payloads]
    expected = {"fail": "exception", "end": "process_exit", "nothing": "function_missing"}
    assert kinds == [expected.get(name, 3 * number) for number, name in enumerate(names)]
    with Client(cluster.address, set_as_default=False) as client:
        assert {payload["worker"] for payload in payloads} == set(client.nthreads())
    # What happened on the worker reads as if it had happened here.
    assert f'File "{solve}", line' in payloads[5]["traceback"]
    assert solve in payloads[17]["error"]


def test_an_iterator_that_ends_in_between_and_arguments_that_cannot_be_sent(make_dask, solve):
    executor = make_dask()
    assert list(executor.execute_many(iter(()))) == []
    given = [(1,), (lambda: 0,), (2,)]
    answers = executor.execute_many(Call(solve, "solve", args, 20.0, 512) for args in given)
    first, second, third = answers
    assert (first["result"], third["result"]) == (3, 6)
    assert second["error_type"] == "argument_encoding"
    assert call(executor, "no such thing", 1)["error_type"] == "import_error"


def test_nothing_that_a_candidate_made_is_unpickled_outside_its_process(
    make_dask, cluster, candidates, tmp_path
):
    trace = tmp_path / "trace"
    path = candidates.write(
        f"""
        import os, pathlib
        IMPORTED_BY = os.getpid()
        def write(): open({str(trace)!r}, "a").write(str(os.getpid()))
        class Hostile(Exception):
            def __reduce__(self): return write, ()
        def give(): return Hostile()
        def throw(): raise Hostile()
        def who(): return IMPORTED_BY
        """
    )
    executor = make_dask()
    assert "Hostile" in repr(call(executor, path, function="give")["result"])
    assert call(executor, path, function="throw")["exception_type"] == "Hostile"
    assert not trace.exists()
    # The workers of the cluster are other processes than the one that imported the candidate.
    imported_by = call(executor, path, function="who")["result"]
    assert imported_by not in {os.getpid(), *(one.pid for one in cluster.processes)}


@pytest.mark.skipif(bool(find_missing()), reason="this kernel cannot confine candidates fully")
def test_a_candidate_reaches_neither_scheduler_nor_worker(
    make_dask, cluster, candidates, processes
):
    path = candidates.write(
        """
        import os, signal, socket, time
        def reach(host, port): socket.create_connection((host, port), timeout=5)
        def kill(pids):
            for pid in pids: os.kill(pid, signal.SIGKILL)
        def change():
            with open(__file__, "a") as file: file.write("# mine")
        def take(): return len(b"x" * (900 << 20))
        """
    )
    host, port = cluster.address.removeprefix("tcp://").split(":")
    pids = [one.pid for one in cluster.processes]
    executor = make_dask()
    given = (("reach", host, int(port)), ("kill", pids), ("change",), ("take",))
    calls = (Call(path, name, tuple(args), 20.0, 256) for name, *args in given)
    kinds = [payload.get("exception_type") for payload in executor.execute_many(calls)]
    assert kinds == ["PermissionError", "PermissionError", "PermissionError", "MemoryError"]
    assert not any(map(processes.is_gone, pids))


def test_files_are_sent_by_content_and_only_those_of_the_candidate(make_dask, solve, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("KEY = 'secret'")
    folder = Path(solve).parent
    (folder / "linked.py").symlink_to(secret)
    (folder / "weights.json").write_text("[1]")
    Path(solve).write_text(
        SOLVE
        + "def read(name):\n    return open(os.path.dirname(__file__) + '/' + name).read()\n"
        + "def names(): return sorted(os.listdir(os.path.dirname(__file__)))\n"
    )
    executor = make_dask()
    payload = call(executor, solve, "weights.json", function="read")
    assert payload["error"].endswith(
        "it is not sent to the workers; name it under 'files' in --mg-executor-config"
    )
    assert call(executor, solve, function="names")["result"] == ["helper.py", "solve.py"]
    with_files = make_dask(files=["*.json"])
    assert call(with_files, solve, "weights.json", function="read")["result"] == "[1]"
    # An edited file is another content.
    (folder / "helper.py").write_text("FACTOR = 5")
    assert call(executor, solve, 2)["result"] == 10
    # What may not be read is not there, whatever it is called.
    executor.withhold(solve, {str(folder / "helper.py"): "the baseline"})
    assert "helper" in call(executor, solve, 2)["error"]
    small = make_dask(max_files_mb=0.0001)
    assert "max_files_mb" in call(small, solve, 2)["error"]


def test_an_installed_module_is_the_same_on_the_worker_or_nothing_is_called(make_dask, tmp_path):
    executor = make_dask()
    assert call(executor, json.__file__, [1], function="dumps")["result"] == "[1]"
    here = Path(tmp_path, "site-packages")
    here.mkdir()
    for name, said in (("colorsys", "its colorsys is another"), ("only_here", "no module only_h")):
        path = here / f"{name}.py"
        path.write_text("def solve(): return 1")
        payload = call(executor, path)
        assert payload["error_type"] == "not_started"
        assert said in payload["error"]


def test_closing_the_iterator_ends_what_is_under_way_on_the_workers(
    make_dask, candidates, tmp_path, processes
):
    path = candidates.write(SOLVE.replace("import helper", ""))
    executor = make_dask(write=[str(tmp_path)])
    traces = [tmp_path / f"pid{number}" for number in range(2)]
    given = [("pid", ()), *(("wait", (str(trace),)) for trace in traces)]
    executor.warm_up(path, "pid", 20.0, 512)
    answers = executor.execute_many(Call(path, name, args, 90.0, 512) for name, args in given)
    assert next(answers)["success"]
    processes.wait_until(lambda: all(map(_is_written, traces)))
    answers.close()
    for trace in traces:
        processes.wait_until(lambda trace=trace: processes.is_gone(int(trace.read_text())))
    # The same from another thread, for a call that somebody waits for.
    traces[0].unlink()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, executor, path, str(traces[0]), function="wait", timeout_s=90)
        processes.wait_until(lambda: _is_written(traces[0]))
        executor.abort()
        assert waiting.result(60)["error_type"] == "unavailable"
    processes.wait_until(lambda: processes.is_gone(int(traces[0].read_text())))
    # Nothing of it is left for the next call, and nothing at all once it is closed.
    pid = call(executor, path, function="pid")["result"]
    assert not processes.is_gone(pid)
    executor.close()
    processes.wait_until(lambda: processes.is_gone(pid))


def _is_written(path):
    return path.exists() and path.read_text().isdigit()


def test_durations_of_an_input_are_measured_on_one_worker_for_both_roles(make_dask, solve):
    roles = [make_dask(), make_dask()]
    for executor in roles:
        executor.share_processor(0)
        assert executor.parallel == 1
    workers = {call(executor, solve, number)["worker"] for number in range(5) for executor in roles}
    assert len(workers) == 1
    # With several calls at once all workers are used, and both roles' calls still meet.
    wide = [executor.with_parallel(2) for executor in roles]
    for executor in wide:
        executor.share_processor(0)
        assert executor.parallel == 2
    given = [Call(solve, "solve", (number,), 20.0, 512) for number in range(100, 116)]
    first, second = (
        [payload["worker"] for payload in executor.execute_many(iter(given))] for executor in wide
    )
    for executor in wide:
        executor.close()
    assert first == second
    assert len(set(first)) == 2


def test_a_restart_is_one_on_every_worker_and_a_hash_seed_is_the_candidates(make_dask, candidates):
    path = candidates.write("import os\ndef solve(): return os.getpid(), hash('a')")
    executor = make_dask()
    before = {call(executor, path)["result"] for _ in range(4)}
    executor.restart()
    after = {call(executor, path)["result"] for _ in range(4)}
    assert not {pid for pid, _ in before} & {pid for pid, _ in after}
    reseeded = executor.with_hash_seed(7)
    assert call(reseeded, path)["result"][1] not in {one for _, one in before | after}
    reseeded.close()
