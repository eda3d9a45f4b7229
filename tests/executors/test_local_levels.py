"""What each level of isolation promises, and the options that loosen it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

LEVELS = ["worker", "fork", "fresh", "spawn", "none"]
PRISTINE = ["fork", "fresh", "spawn"]


def call(executor, path, *args, function="solve", timeout_s=10.0, mem_mb=512):
    return executor.execute(str(path), function, args, timeout_s, mem_mb)


SHARED = {
    "worker": {"process", "import"},
    "fork": {"import"},
    "fresh": set(),
    "spawn": set(),
    "none": {"process", "import"},
}


@pytest.mark.parametrize("level", SHARED)
def test_a_level_says_what_two_calls_share(make_local, candidates, level, recwarn):
    executor = make_local(isolation=level)
    path = candidates.write(
        """
        import os, secrets
        IMPORT = secrets.token_hex(8)
        CALLS = []
        def solve():
            CALLS.append(1)
            return os.getpid(), IMPORT, len(CALLS)
        """
    )
    (pid, token, first), (pid2, token2, second) = (
        (payload := call(executor, path))["success"] and payload["result"] for _ in range(2)
    )
    assert (pid == pid2) is ("process" in SHARED[level])
    assert (token == token2) is ("import" in SHARED[level])
    assert (first, second) == (1, 2 if "process" in SHARED[level] else 1)


@pytest.mark.parametrize("level", PRISTINE)
def test_files_of_a_call_are_gone_before_the_next(make_local, candidates, level):
    executor = make_local(isolation=level)
    path = candidates.write(
        """
        import os
        def solve():
            before = os.listdir()
            os.makedirs("a/b")
            open("a/b/c", "w").close()
            open("d", "w").close()
            os.symlink("/etc", "e")
            return before
        """
    )
    assert [call(executor, path)["result"] for _ in range(3)] == [[], [], []]


@pytest.mark.parametrize("level", LEVELS)
def test_output_and_usage_belong_to_the_call_on_every_level(make_local, candidates, level, recwarn):
    executor = make_local(isolation=level)
    path = candidates.write(
        "def solve(x):\n    print('out', x, end='')\n    return sum(range(300_000))"
    )
    for x in (1, 2):
        payload = call(executor, path, x)
        assert payload["stdout"] == f"out {x}"
        assert payload["duration_ms"] > 0
        assert payload["resource_usage"]["cpu_ms"] > 0.5


@pytest.mark.parametrize("level", LEVELS)
def test_an_edited_candidate_is_never_run_stale_on_any_level(
    make_local, candidates, level, recwarn
):
    executor = make_local(isolation=level)
    for value in range(3):
        path = candidates.write(f"def solve(): return {value}", f"edited_on_{level}.py")
        assert call(executor, path)["result"] == value


@pytest.mark.parametrize("level", PRISTINE)
def test_large_arguments_and_results_travel_on_every_level(make_local, candidates, level):
    executor = make_local(isolation=level)
    path = candidates.write("def solve(x): return x + x[:1]")
    data = os.urandom(5 << 20)
    assert call(executor, path, data)["result"] == data + data[:1]


@pytest.mark.parametrize("level", ["fork", "spawn"])
def test_numpy_is_loaded_once_for_its_arrays_and_draws_anew_in_every_call(
    make_local, candidates, level
):
    numpy = pytest.importorskip("numpy")
    executor = make_local(isolation=level)
    path = candidates.write(
        "import numpy\ndef solve(a): return float(a.sum()), float(numpy.random.random())"
    )
    (one, draw), (two, other) = (
        call(executor, path, numpy.ones(3), mem_mb=1024)["result"] for _ in range(2)
    )
    assert one == two == 3.0
    assert draw != other


def test_a_candidate_with_threads_moves_from_fork_to_fresh_with_a_note(make_local, candidates):
    executor = make_local(isolation="fork")
    path = candidates.write(
        """
        import queue, threading
        tasks, results = queue.Queue(), queue.Queue()
        def work():
            while True: results.put(tasks.get() * 2)
        threading.Thread(target=work, daemon=True).start()
        def solve(x):
            tasks.put(x)
            return results.get(timeout=5)
        """
    )
    first, second = call(executor, path, 4), call(executor, path, 5)

    assert (first["result"], second["result"]) == (8, 10)
    assert "1 threads when it was imported" in first["notes"][0]
    assert "notes" not in second


@pytest.mark.parametrize("level", ["fork", "fresh"])
@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGSTOP"])
def test_a_lost_zygote_is_reported_and_replaced(make_local, candidates, level, signal_name):
    # Without hardening a candidate can reach it.
    executor = make_local(isolation=level, harden="off", import_timeout_s=2)
    path = candidates.write(
        f"""
        import os, signal, time
        def attack():
            os.kill(os.getppid(), signal.{signal_name})
            time.sleep(60)
        def solve(): return 2
        """
    )
    payload = call(executor, path, function="attack", timeout_s=0.5)
    assert payload["error_code"] in {"SANDBOX_LOST", "SANDBOX_TIMEOUT"}
    assert call(executor, path)["result"] == 2


@pytest.mark.parametrize("level", LEVELS[:-1])
def test_the_hosts_interruption_ends_the_call_on_every_level(make_local, candidates, level):
    executor = make_local(isolation=level)
    path = candidates.write("import time\ndef slow(): time.sleep(60)\ndef solve(): return 1")
    assert call(executor, path)["result"] == 1

    class InterruptedByTest(BaseException):
        pass

    def interrupt(*_):
        raise InterruptedByTest

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        with pytest.raises(InterruptedByTest):
            call(executor, path, function="slow", timeout_s=60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert call(executor, path)["result"] == 1


LEAVER = """
    import os, subprocess, time
    def solve():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: time.sleep(100)
            os._exit(0)
        return subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout
"""


@pytest.fixture
def mark(monkeypatch):
    text = "leaver-" + secrets.token_hex(8)
    monkeypatch.setenv("LEAVER_MARK", text)
    return text


@pytest.mark.parametrize("level", LEVELS[:-1])
@pytest.mark.parametrize("namespaces", [False, True], ids=["plain", "namespaces"])
def test_allowed_processes_run_and_none_is_left(local_config, processes, mark, level, namespaces):
    executor, path = local_config(
        LEAVER, isolation=level, allow_subprocess=True, env=["LEAVER_MARK"], namespaces=namespaces
    )
    payload = call(executor, path)

    assert payload.get("result") == "hi\n", payload
    if level in {"fork", "fresh"}:
        assert "were killed" in payload["notes"][0]
    executor.close()
    assert processes.list_marked(mark) == []


def test_processes_are_refused_unless_allowed(local, candidates):
    payload = call(local, candidates.write(LEAVER))
    assert payload["exception_type"] == "PermissionError"


@pytest.mark.parametrize("level", ["worker", "fork"])
def test_the_network_is_open_only_where_it_is_allowed(make_local, candidates, level):
    path = candidates.write(
        """
        import socket
        def solve(port):
            with socket.create_connection(("127.0.0.1", port), 5) as s: return s.recv(2)
        """
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert call(make_local(isolation=level), path, port)["exception_type"] == "PermissionError"

        executor = make_local(isolation=level, allow_network=True)
        executor.warm_up(path, "solve", 10.0, 512)
        child = os.fork()
        if child == 0:
            server.accept()[0].sendall(b"ok")
            os._exit(0)
        try:
            assert call(executor, path, port)["result"] == b"ok"
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def test_files_are_open_only_where_they_are_allowed(make_local, candidates, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "in").write_text("content")
    path = candidates.write(
        """
        def read(folder): return open(folder + "/in").read()
        def write(folder): return open(folder + "/out", "w").write("x")
        """
    )
    found = {}
    for name, config in {
        "none": {},
        "read": {"read": [str(data)]},
        "write": {"write": [str(data)]},
    }.items():
        executor = make_local(**config)
        for function in ("read", "write"):
            payload = call(executor, path, str(data), function=function)
            found[name, function] = payload["result"] or payload["exception_type"]
    assert found == {
        ("none", "read"): "PermissionError",
        ("none", "write"): "PermissionError",
        ("read", "read"): "content",
        ("read", "write"): "PermissionError",
        ("write", "read"): "content",
        ("write", "write"): 1,
    }


def test_one_role_cannot_look_into_the_directory_of_the_other(make_local, candidates):
    baseline, candidate = make_local(), make_local()
    path = candidates.write(
        """
        import os
        def where():
            open("result", "w").write("expected")
            return os.getcwd()
        def solve(folder):
            done = []
            for call in (
                lambda: os.listdir(folder),
                lambda: open(folder + "/result").read(),
                lambda: open(folder + "/result", "w"),
                lambda: os.listdir(os.path.dirname(folder)),
            ):
                try: call()
                except OSError: continue
                done.append(1)
            return done
        """
    )
    folder = call(baseline, path, function="where")["result"]
    assert call(candidate, path, folder)["result"] == []


@pytest.mark.parametrize("level", LEVELS[:-1])
def test_namespaces_leave_no_other_process_and_no_network(make_local, candidates, level):
    executor = make_local(isolation=level, namespaces=True, allow_network=True)
    path = candidates.write(
        """
        import os, socket
        def solve(port):
            try: socket.create_connection(("127.0.0.1", port), 1)
            except OSError as error: return os.getpid() < 100, type(error).__name__
        def abort(): os.abort()
        """
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for _ in range(2):
            is_first, error = call(executor, path, port)["result"]
            assert is_first
            assert error in {"OSError", "ConnectionRefusedError"}
    assert call(executor, path, function="abort")["error_code"] == "SANDBOX_SIGNAL_SIGABRT"
    assert call(executor, path, port)["success"]


def test_the_home_directory_is_not_readable_for_a_candidate_in_it(
    make_local, candidates, monkeypatch
):
    home = candidates.folder
    monkeypatch.setenv("HOME", str(home))
    (home / ".secret").write_text("x")
    (home / "sub").mkdir()
    (home / "sub" / "private.txt").write_text("x")
    candidates.write("VALUE = 3", "sibling.py")
    candidates.write("VALUE = 4", "package/__init__.py")
    path = candidates.write(
        f"""
        import sibling, package
        def solve():
            done = []
            for name in (".secret", "sub/private.txt"):
                try: open({str(home)!r} + "/" + name).read()
                except OSError: continue
                done.append(name)
            return done, sibling.VALUE, package.VALUE
        """
    )
    assert call(make_local(), path)["result"] == ([], 3, 4)


@pytest.mark.parametrize("level", ["worker", "fresh"])
@pytest.mark.parametrize("git", ["folder", "file"])
def test_what_git_keeps_beside_a_candidate_is_not_readable(make_local, candidates, level, git):
    folder = candidates.folder
    if git == "folder":
        (folder / ".git").mkdir()
        (folder / ".git/config").write_text("extraheader = AUTHORIZATION: basic c2VjcmV0")
    else:  # as in a second worktree
        (folder / ".git").write_text("gitdir: elsewhere")
    (folder / ".env").write_text("TOKEN=secret")
    (folder / "data.txt").write_text("beside")
    (folder / "folder").mkdir()
    (folder / "folder/data.txt").write_text("below")
    candidates.write("VALUE = 3", "sibling.py")
    candidates.write("VALUE = 4", "package/__init__.py")
    candidates.write("VALUE = 5", "no_init/module.py")
    path = candidates.write(
        f"""
        import sibling, package, no_init.module
        def solve():
            done = []
            for name in (".git/config", ".git", ".env", "data.txt", "folder/data.txt"):
                try: open({str(folder)!r} + "/" + name).read()
                except OSError: continue
                done.append(name)
            return done, sibling.VALUE, package.VALUE, no_init.module.VALUE
        """
    )
    payload = call(make_local(isolation=level), path)
    assert payload["result"] == (["data.txt", "folder/data.txt"], 3, 4, 5), payload


DEGRADED = """
    import errno, sys, warnings
    from pytest_metamorphic_guard.errors import IsolationWarning
    from pytest_metamorphic_guard.executors.local import LocalExecutor
    from pytest_metamorphic_guard.executors.local.hardening.architectures import find_architecture
    from pytest_metamorphic_guard.executors.local.hardening.libc import call_prctl
    from pytest_metamorphic_guard.executors.local.hardening.seccomp import Filter

    # An older kernel, as far as anybody can tell: it does not know these calls.
    call_prctl(38, 1)
    old = Filter(find_architecture())
    old.deny(sys.argv[2].split(","), errno.ENOSYS)
    old.apply()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for level in ("worker", "fork", "fresh", "spawn"):
            executor = LocalExecutor({"isolation": level})
            assert executor.execute(sys.argv[1], "solve", (1,), 10, 512)["result"] == 2
            executor.close()
    texts = [str(w.message) for w in caught if w.category is IsolationWarning]
    assert len(texts) == 1, texts
    print(texts[0])
    try:
        executor = LocalExecutor({"harden": "require"})
        executor.execute(sys.argv[1], "solve", (1,), 10, 512)
    except ValueError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("calls", "text"),
    [("landlock_create_ruleset", "Landlock"), ("seccomp", "system call filters")],
)
def test_an_older_kernel_is_named_in_one_line_and_everything_still_works(candidates, calls, text):
    path = candidates.write("def solve(x): return x + 1")
    script = candidates.write(textwrap.dedent(DEGRADED), "host/host.py")
    done = subprocess.run(
        [sys.executable, script, path, calls], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert len(lines) == 2
    assert lines[0].startswith("candidates run with less isolation than asked for")
    assert text in lines[0]
    assert "'require', but this system lacks" in lines[1]


def test_a_directory_that_somebody_else_made_first_is_not_used(candidates, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    taken = shared / f"metamorphic-guard-{os.getuid()}"
    taken.mkdir(mode=0o777)
    taken.chmod(0o777)
    path = candidates.write("import os\ndef solve(): return os.getcwd()")
    script = candidates.write(
        """
        import sys
        from pytest_metamorphic_guard.executors.local import LocalExecutor
        executor = LocalExecutor()
        print(executor.execute(sys.argv[1], "solve", (), 10, 512)["result"])
        """,
        "host/host.py",
    )
    done = subprocess.run(
        [sys.executable, script, path],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(shared)},
    )
    used = Path(done.stdout.strip())
    assert used.is_relative_to(shared)
    assert not used.is_relative_to(taken)
    assert [entry.name for entry in shared.iterdir()] == [taken.name]


REAPERS = {
    "ignored": "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "reaped": """
def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]: pass
    except ChildProcessError: pass
signal.signal(signal.SIGCHLD, reap)
""",
}


@pytest.mark.parametrize("level", LEVELS[:-1])
@pytest.mark.parametrize("reaper", REAPERS)
def test_a_candidate_may_see_to_its_children_as_it_likes(make_local, candidates, level, reaper):
    executor = make_local(isolation=level)
    path = candidates.write(
        "import os, signal\n"
        + REAPERS[reaper]
        + "\nMINE = signal.getsignal(signal.SIGCHLD)"
        + "\ndef solve(x): return x + 1, signal.getsignal(signal.SIGCHLD) == MINE"
    )
    for x in range(3):
        assert call(executor, path, x).get("result") == (x + 1, True)


@pytest.mark.parametrize("config", [{}, {"allow_subprocess": True}], ids=str)
@pytest.mark.parametrize("level", LEVELS[:-1])
def test_a_host_whose_ended_children_are_ignored_has_good_calls(
    make_local, candidates, level, config
):
    path = candidates.write("def solve(x): return x + 1")
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        executor = make_local(isolation=level, **config)
        assert [call(executor, path, x).get("result") for x in range(3)] == [1, 2, 3]
    finally:
        signal.signal(signal.SIGCHLD, before)


FORGERIES = {
    "a stopped process": "zygote.wait_with_usage = lambda pid: (0x7F, *wait(pid)[1:])",
    "no status": "zygote.wait_with_usage = lambda pid: (10**5000, *wait(pid)[1:])",
    "no count of processes": "sweeper.sweep = lambda *_: 10**5000",
    "no count of threads": "zygote.count_threads = lambda _: 10**5000",
    "an impossible duration": "zygote._monotonic_ns = iter([1 << 61, 0] * 9).__next__",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_an_import_lets_the_process_behind_its_calls_say_is_not_believed(
    make_local, candidates, forgery
):
    executor = make_local(isolation="fork")
    path = candidates.write(
        "import os, sys\n"
        "zygote = sys.modules['pytest_metamorphic_guard.executors.local.zygote']\n"
        "sweeper, wait = zygote.begin.__globals__['Sweeper'], zygote.wait_with_usage\n"
        + FORGERIES[forgery]
        + "\ndef solve(): os._exit(3)"
    )
    for _ in range(2):
        assert call(executor, path)["error_type"] in {"protocol", "import_error"}
