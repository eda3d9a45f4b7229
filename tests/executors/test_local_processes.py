"""The process behind a candidate: how it starts, what it is told, and how it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor


def call(executor, path, *args, function="solve", timeout_s=10.0, mem_mb=512):
    return executor.execute(str(path), function, args, timeout_s, mem_mb)


PID = "import os\ndef solve(): return os.getpid()"


def test_calls_share_one_process_until_a_restart(local, candidates, processes):
    path = candidates.write(PID)
    first = call(local, path)["result"]
    assert call(local, path)["result"] == first

    local.restart()
    second = call(local, path)["result"]
    assert second != first
    assert processes.is_gone(first)


def test_warm_up_starts_the_process_that_the_first_call_uses(local, candidates, tmp_path):
    path = candidates.write("import time\nSTART = time.monotonic()\ndef solve(): return START")
    local.warm_up(path, "solve", 10.0, 512)
    warm = time.monotonic()
    assert call(local, path)["result"] < warm


def test_close_ends_the_process_removes_its_directory_and_may_be_repeated(
    make_local, candidates, processes
):
    executor = make_local()
    path = candidates.write("import os\ndef solve(): return os.getpid(), os.getcwd()")
    pid, directory = call(executor, path)["result"]
    assert Path(directory).is_dir()

    executor.close()
    executor.close()
    assert processes.is_gone(pid)
    assert not Path(directory).exists()


def test_a_closed_executor_starts_anew(make_local, candidates):
    executor = make_local()
    path = candidates.write(PID)
    call(executor, path)
    executor.close()
    assert call(executor, path)["success"]


def test_the_environment_has_no_secret_and_what_the_user_names(make_local, candidates, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    monkeypatch.setenv("CHOSEN", "yes")
    executor = make_local(env=["CHOSEN"])
    path = candidates.write("import os\ndef solve(): return dict(os.environ), os.getcwd()")
    environment, directory = call(executor, path)["result"]

    assert "SECRET_TOKEN" not in environment
    assert environment["CHOSEN"] == "yes"
    assert environment["PYTHONHASHSEED"] == "0"
    assert environment["HOME"] == environment["TMPDIR"] == directory


def test_the_working_directory_is_empty_and_its_own(local, candidates):
    path = candidates.write(
        "import os\ndef solve(): return os.listdir(), os.getcwd(), os.getsid(0)"
    )
    listing, directory, session = call(local, path)["result"]
    assert listing == []
    assert directory != str(Path.cwd())
    assert session != os.getsid(0)


def test_output_is_captured_per_call_also_from_c_code(local, candidates):
    path = candidates.write(
        """
        import ctypes, os, sys
        def solve(word):
            print(word, end=" ")
            os.write(1, b" raw ")
            ctypes.CDLL(None).printf(b" from C ")
            print("warned", file=sys.stderr)
        """
    )
    for word in ("one", "two"):
        payload = call(local, path, word)
        assert sorted(payload["stdout"].split()) == sorted([word, "raw", "from", "C"])
        assert payload["stderr"] == "warned\n"


def test_long_output_is_cut_with_a_note(make_local, candidates):
    executor = make_local(max_output_kb=1)
    path = candidates.write("def solve(n): print('x' * n)")
    payload = call(executor, path, 5000)
    assert payload["stdout"].startswith("x" * 1024)
    assert "cut" in payload["stdout"]
    assert len(payload["stdout"]) < 1200
    assert call(executor, path, 1)["stdout"] == "x\n"


def test_what_is_printed_at_import_belongs_to_no_call(local, candidates):
    path = candidates.write("print('importing')\ndef solve(): pass")
    assert call(local, path)["stdout"] == ""


def test_no_memory_limit_means_none(local, candidates):
    path = candidates.write(
        "import resource\ndef solve(): return resource.getrlimit(resource.RLIMIT_AS)"
    )
    assert call(local, path, mem_mb=0)["result"] == resource_limit()
    assert call(local, path, mem_mb=256)["result"][0] < 2 << 30


def resource_limit():
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)


PATCHES = {
    "builtins": """
        import builtins
        for name in ("len", "isinstance", "type", "open", "print", "str", "repr"):
            setattr(builtins, name, lambda *a, **k: 1 / 0)
        """,
    "clocks": """
        import time
        for name in ("perf_counter_ns", "monotonic", "time", "process_time_ns"):
            setattr(time, name, lambda: -5)
        """,
    "library": """
        import json, pickle, struct, os, sys
        pickle.loads = json.dumps = struct.pack = None
        os.write = os.read = os.getpid = None
        sys.stdout = None
        """,
    "msgpack": """
        import msgpack
        msgpack.packb = msgpack.Packer = None
        """,
    "traceback": """
        import traceback, linecache
        traceback.TracebackException = linecache.getline = None
        """,
}


@pytest.mark.parametrize("patch", PATCHES)
def test_a_candidate_that_patches_the_library_breaks_only_itself(local, candidates, patch):
    path = candidates.write(
        textwrap.dedent(PATCHES[patch])
        + "def solve(x): return [x, {'a': (1, 2.5)}]\ndef fail(): raise ValueError('text')"
    )
    for _ in range(2):
        payload = call(local, path, 3)
        assert payload["success"], payload
        assert payload["result"] == [3, {"a": (1, 2.5)}]
        assert call(local, path, function="fail")["error"] == "ValueError: text"


def test_the_hosts_interruption_leaves_no_half_read_worker(local, candidates, processes):
    path = candidates.write(PID + "\ndef slow():\n    import time\n    time.sleep(5)")
    pid = call(local, path)["result"]

    class InterruptedByTest(BaseException):
        pass

    def interrupt(*_):
        raise InterruptedByTest

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(InterruptedByTest):
            call(local, path, function="slow")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert processes.is_gone(pid)
    assert isinstance(call(local, path)["result"], int)


def test_a_worker_that_dies_between_calls_is_replaced_with_a_note(local, candidates, processes):
    path = candidates.write(PID)
    pid = call(local, path)["result"]
    os.kill(pid, signal.SIGKILL)
    processes.wait_until(lambda: processes.is_gone(pid))

    payload = call(local, path)
    assert payload["result"] != pid
    assert "replaced" in payload["notes"][0]
    assert "notes" not in call(local, path)


def test_forged_and_surplus_bytes_never_become_a_result(local, candidates):
    path = candidates.write(
        """
        import os, threading
        def flood_every_descriptor():
            for fd in range(3, 300):
                try: os.write(fd, b"\\x00" * 200)
                except OSError: pass
            return "mine"
        def later():
            def run():
                while True: flood_every_descriptor()
            threading.Thread(target=run, daemon=True).start()
            return 1
        def good(): return "good"
        """
    )
    payload = call(local, path, function="flood_every_descriptor")
    assert (payload["error_type"], payload["error_code"]) == ("protocol", "SANDBOX_PROTOCOL")
    assert call(local, path, function="good")["result"] == "good"

    call(local, path, function="later")
    local.restart()
    assert call(local, path, function="good")["result"] == "good"


@pytest.mark.parametrize("isolation", ["worker", "fork", "fresh"])
def test_a_forked_copy_of_the_candidate_does_not_answer(make_local, candidates, isolation):
    executor = make_local(isolation=isolation, harden="off")
    path = candidates.write(
        "import os\nos.fork()\ndef twice():\n    os.fork()\n    return 1\ndef good(): return 2"
    )
    for _ in range(3):
        call(executor, path, function="twice")
        assert call(executor, path, function="good")["result"] == 2


def test_two_executors_and_two_candidates_do_not_share_a_process(make_local, candidates):
    path, other = candidates.write(PID), candidates.write(PID)
    one, two = make_local(), make_local()
    pids = {call(e, p)["result"] for e in (one, two) for p in (path, other)}
    assert len(pids) == 4
    one.close()
    assert call(two, path)["result"] in pids


def test_the_least_recently_used_process_ends_when_there_are_too_many(
    make_local, candidates, processes
):
    executor = make_local(max_workers=2)
    paths = [candidates.write(PID) for _ in range(3)]
    pids = [call(executor, path)["result"] for path in paths]
    assert processes.is_gone(pids[0])
    assert call(executor, paths[2])["result"] == pids[2]


def test_threads_may_call_and_a_worker_outlives_the_thread_that_started_it(local, candidates):
    path = candidates.write(PID)
    results = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: results.append(call(local, path)))
        thread.start()
        thread.join()
    assert results[0]["result"] == results[1]["result"]
    assert "notes" not in results[1]


def test_many_threads_get_their_own_answers(local, candidates):
    path = candidates.write("def solve(x): return x")
    wrong = []

    def work(base):
        inputs = range(base, base + 50)
        wrong.extend(i for i in inputs if call(local, path, i)["result"] != i)

    threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


LEVELS = ["worker", "fork", "fresh", "spawn"]
HOSTS = [
    ("sleep", {}),
    ("sleep", {"namespaces": True}),
    ("sleep_with_daemon", {"allow_subprocess": True}),
    ("sleep_with_daemon", {"harden": "off"}),
]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("which", HOSTS, ids=str)
def test_nothing_survives_the_sigkill_of_the_host_in_the_middle_of_a_call(
    local_config, processes, start_host, which, level
):
    function, config = which
    host, mark, _, directory = start_host(
        f'executor.execute(sys.argv[1], "{function}", (), 60, 512)', isolation=level, **config
    )
    least = 3 if function == "sleep_with_daemon" else 2
    processes.wait_until(lambda: len(processes.list_marked(mark)) >= least)
    host.kill()
    host.wait()
    processes.wait_until(lambda: processes.list_marked(mark) == [])

    # The next executor on this machine removes what the killed one could not.
    assert call(*local_config(PID))["success"]
    assert not Path(directory).exists()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=str)
def test_a_candidate_that_clings_to_life_ends_with_its_host(
    processes, start_host, candidates, level, number
):
    ready = candidates.folder / "ready"
    ready.mkdir()
    path = candidates.write(
        f"""
        import ctypes, os, signal, time
        def cling():
            for number in range(1, 65):
                try: signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError): pass
            ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
            try: os.setsid()
            except OSError: pass
            open({str(ready)!r} + "/now", "w").close()
            while True: time.sleep(1)
        """
    )
    then = f'executor.execute({path!r}, "cling", (), 60, 512)'
    host, mark, _, _ = start_host(then, isolation=level, write=[str(ready)])
    processes.wait_until(lambda: any(ready.iterdir()))
    assert len(processes.list_marked(mark)) >= 2
    host.send_signal(number)
    host.wait()
    processes.wait_until(lambda: processes.list_marked(mark) == [])


def test_an_executor_that_nobody_closes_is_closed_at_exit(processes, start_host):
    host, mark, _, directory = start_host("")
    assert host.wait(60) == 0
    processes.wait_until(lambda: processes.list_marked(mark) == [])
    assert not Path(directory).exists()


def test_a_forked_copy_of_the_host_has_a_worker_of_its_own(local, candidates):
    path = candidates.write(PID)
    pid = call(local, path)["result"]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if call(local, path)["result"] not in {pid, None} else 2
            local.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert call(local, path)["result"] == pid


def test_an_infinite_time_limit_is_none(local, candidates):
    assert call(local, candidates.write(PID), timeout_s=float("inf"))["success"]


def test_a_machine_without_room_for_processes_is_an_outcome(candidates, tmp_path):
    script = candidates.write(
        """
        import sys, tempfile
        from pytest_metamorphic_guard.executors.local import LocalExecutor
        tempfile.tempdir = sys.argv[1]
        payload = LocalExecutor().execute("math", "sqrt", (4,), 10, 512)
        print(payload["error_code"], payload["error"])
        """,
        "host/host.py",
    )
    done = subprocess.run(
        [sys.executable, script, str(tmp_path / "missing")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("SANDBOX_NOT_STARTED no process could be prepared: ")


@pytest.mark.parametrize("level", ["worker", "fork", "fresh", "spawn"])
def test_a_process_that_does_not_start_is_no_fault_of_the_candidate(make_local, candidates, level):
    executor = make_local(isolation=level, open_files=4)

    payload = call(executor, candidates.write(PID))

    assert payload["error_type"] == "not_started"
    assert payload["error"].endswith("Too many open files")


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"isolatoin": "fork"}, "Did you mean 'isolation'?"),
        ({"isolation": "wroker"}, "Did you mean 'worker'?"),
        ({"env": "PATH"}, "expected a list of strings"),
        ({"import_timeout_s": "3"}, "expected a positive number"),
        ({"import_timeout_s": 0}, "expected a positive number"),
        ({"file_mb": 1.5}, "expected a positive whole number"),
    ],
)
def test_a_wrong_option_is_refused_in_a_sentence(config, text):
    with pytest.raises(ValueError, match="executor 'local'") as caught:
        LocalExecutor(config)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_worker_never_loads_the_project_itself(local, candidates):
    path = candidates.write(
        """
        import datetime, decimal, fractions, pathlib, sys, uuid
        def values():
            return [
                decimal.Decimal(1), fractions.Fraction(1), datetime.date(2000, 1, 1),
                pathlib.PurePosixPath("a"), uuid.UUID(int=1), {1}, 1j, object(),
            ]
        def solve(): return "pytest_metamorphic_guard" in sys.modules, "pytest" in sys.modules
        """
    )
    assert call(local, path, function="values")["success"]
    assert call(local, path)["result"] == (False, False)
