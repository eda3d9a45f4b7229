"""What one call may know of another on the levels that promise a pristine process, and when."""

import secrets

import pytest

PRISTINE = ["fork", "fresh", "spawn"]


def call(executor, path, function, *args, timeout_s=30.0):
    return executor.execute(str(path), function, args, timeout_s, 512)


@pytest.mark.parametrize("level", PRISTINE)
def test_no_call_sees_what_another_printed_or_where_it_had_the_streams(
    make_local, candidates, level
):
    executor = make_local(isolation=level)
    path = candidates.write(
        """
        import fcntl, os
        def look():
            found = []
            for number in (0, 1, 2):
                found.append((os.lseek(number, 0, 1), os.fstat(number).st_size))
                found.append(fcntl.fcntl(number, fcntl.F_GETFL))
                try: found.append(os.pread(number, 100, 0))
                except OSError as error: found.append(error.errno)
            return found
        def leave():
            for number in (0, 1, 2):
                fcntl.fcntl(number, fcntl.F_SETFL, os.O_NONBLOCK)
                if number:
                    os.write(number, b"secret")
                    os.lseek(number, 3, 0)
        """
    )
    before = call(executor, path, "look")
    left = call(executor, path, "leave")
    after = call(executor, path, "look")

    assert before["success"], before
    assert before["result"] == after["result"]
    assert (left["stdout"], left["stderr"]) == ("secret", "secret")
    assert after["stdout"] == after["stderr"] == ""


@pytest.mark.parametrize("level", PRISTINE)
def test_a_directory_remembers_nothing_of_an_earlier_call_but_keeps_its_name(
    make_local, candidates, level
):
    executor = make_local(isolation=level)
    path = candidates.write(
        """
        import os
        def look():
            found = os.stat(".")
            return found.st_size, found.st_nlink, os.listdir("."), os.stat("..").st_size
        def where(): return os.getcwd(), os.environ["HOME"], os.environ["TMPDIR"]
        def leave():
            for number in range(2000): open(f"{number:0>200}", "w").close()
            for number in range(2000): os.unlink(f"{number:0>200}")
            try: os.mkdir("../beside")
            except OSError: return os.stat(".").st_size
        """
    )
    before, where = call(executor, path, "look"), call(executor, path, "where")
    left = call(executor, path, "leave")

    assert before["success"], before
    assert left["result"] > before["result"][0], "the directory did not grow"
    assert call(executor, path, "look")["result"] == before["result"]
    if level != "spawn":  # which starts elsewhere for every call
        assert call(executor, path, "where")["result"] == where["result"]
        assert len(set(where["result"])) == 1


def test_files_that_an_import_made_are_there_for_no_call_of_a_fork(make_local, candidates):
    executor = make_local(isolation="fork")
    path = candidates.write(
        "import os\nopen('made', 'w').close()\ndef look(): return os.listdir('.')"
    )
    assert [call(executor, path, "look")["result"] for _ in range(2)] == [[], []]


SHARING = {
    "kept 1 files open": """
        import os
        FILE = os.open(__file__, os.O_RDONLY)
        def count():
            os.read(FILE, 1)
            return os.lseek(FILE, 0, 1)
    """,
    "made memory": """
        import mmap
        BLOCK = mmap.mmap(-1, 4096)
        def count():
            BLOCK[0] += 1
            return BLOCK[0]
    """,
    "started 1 threads": """
        import threading, time
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        COUNT = 0
        def count():
            global COUNT
            COUNT += 1
            return COUNT
    """,
}


@pytest.mark.parametrize("what", SHARING)
def test_what_copies_would_share_moves_a_candidate_from_fork_to_fresh(make_local, candidates, what):
    executor = make_local(isolation="fork")
    path = candidates.write(SHARING[what])
    first, second = call(executor, path, "count"), call(executor, path, "count")

    assert (first["result"], second["result"]) == (1, 1)
    assert what in first["notes"][0]
    assert "isolation 'fresh'" in first["notes"][0]
    assert "notes" not in second


def test_a_usual_candidate_stays_on_fork(make_local, candidates):
    executor = make_local(isolation="fork")
    path = candidates.write(
        """
        import decimal, json, logging, numpy, random, re, sqlite3, zoneinfo
        ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
        TOKEN = random.random()
        def token(): return TOKEN
        """
    )
    payload = executor.execute(path, "token", (), 30.0, 2048)
    assert "notes" not in payload
    assert executor.execute(path, "token", (), 30.0, 2048)["result"] == payload["result"]


@pytest.mark.parametrize("level", ["fork", "fresh"])
def test_a_candidate_cannot_keep_the_harness_from_sweeping(
    make_local, candidates, processes, monkeypatch, level
):
    mark = secrets.token_hex(8)
    monkeypatch.setenv("STAYER_MARK", mark)
    executor = make_local(isolation=level, env=["STAYER_MARK"])
    path = candidates.write(
        """
        import gc, os, time
        for known in gc.get_objects():
            if isinstance(known, type) and known.__name__ == "Sweeper":
                known.sweep = lambda self, spared=0: 0
                known._list_children = lambda self: []
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(1000)
                os._exit(0)
        except OSError:
            pass
        def solve(): return os.getpid()
        """
    )
    first, second = call(executor, path, "solve"), call(executor, path, "solve")

    assert first["success"], first
    assert second["success"], second
    # The process that serves, its parent, the copy that waits; after two calls, nobody else.
    assert len(processes.list_marked(mark)) <= 3


BUSY = """
    import threading, time
    TICKS = 0
    def work():
        global TICKS
        while True:
            time.sleep(0.1)
            TICKS += 1
    threading.Thread(target=work, daemon=True).start()
    def count(): return TICKS
"""
TIMED = """
    import signal
    TICKS = 0
    def work(*_):
        global TICKS
        TICKS += 1
    signal.signal(signal.SIGALRM, work)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    def count(): return TICKS
"""


@pytest.fixture
def elsewhere(make_local, candidates):
    """Call somebody else for three seconds."""
    other, path = make_local(), candidates.write("import time\ndef wait(): time.sleep(3)")

    def wait():
        assert call(other, path, "wait")["success"]

    return wait


@pytest.mark.parametrize(
    ("level", "source"), [("worker", BUSY), ("worker", TIMED), ("fork", TIMED), ("spawn", BUSY)]
)
def test_a_candidate_does_not_work_between_two_calls(
    make_local, candidates, elsewhere, level, source
):
    executor = make_local(isolation=level)
    path = candidates.write(source)
    executor.warm_up(path, "count", 30.0, 512)
    before = call(executor, path, "count") if level != "spawn" else {"result": 0, "success": True}
    assert before["success"], before
    elsewhere()
    # A fork is made during the call before.
    seen = [call(executor, path, "count")["result"] for _ in range(2 if level == "fork" else 1)]

    assert seen[-1] - before["result"] < 15, "it went on for three seconds"
