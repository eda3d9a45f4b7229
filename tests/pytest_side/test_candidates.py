"""Candidates that misbehave, through pytest and the default executor."""

import os
import re
import signal
import subprocess
import time

import pytest

# One function per way to misbehave, and what the failure has to say about it.
WAYS = {
    "loops": ("while True: pass", "timed out after 0.5 s"),
    "loops_in_c": ("sum(itertools.repeat(0))", "timed out after 0.5 s"),
    "exits_hard": ("os._exit(7)", "exited with status 7"),
    "crashes": ("ctypes.string_at(0)", "SIGSEGV"),
    "exits": ("sys.exit(3)", "SystemExit: 3"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "floods": ("print('flood ' * 300_000); return None", "flood"),
    "eats_memory": ("return len(bytearray(4_000_000_000))", "MemoryError"),
    "returns_none": ("return None", "source -> None"),
    "returns_nan": ("return float('nan')", "source -> float('nan')"),
    "returns_set": ("return {3, 1, 2}", "source -> {1, 2, 3}"),
    "returns_array": ("return numpy.arange(3)", "array([0, 1, 2])"),
    "returns_record": ("return Point(1, 2)", "Point(x=1, y=2)"),
    "returns_generator": ("return (i for i in range(3))", "generator"),
    "returns_hostile": ("return Hostile()", "Hostile"),
    "reads_stdin": ("return input()", "EOFError"),
    "prints": ("print('seen by', x); print('an error', file=sys.stderr); return 1", "seen by 1"),
    "raises": ("return {}[x]", "KeyError: 1"),
    "recurses": ("return recurses(x)", "RecursionError"),
}
IMPORTS = """
import ctypes, dataclasses, itertools, os, sys
import numpy

@dataclasses.dataclass
class Point:
    x: int
    y: int

class Hostile:
    def __reduce__(self):
        return (print, ("HOSTILE CODE RAN",))
    def __eq__(self, other):
        return True
    __hash__ = None

def fine(x):
    return "fine"
"""


@pytest.fixture
def misbehaving(any_suite):
    lines = ["from pytest_metamorphic_guard import Task", ""]
    for name in WAYS:
        # After each one the same process pool serves an innocent call.
        lines += [
            f"{name} = Task('{name}', inputs=[(1,)], function='{name}', timeout_s=0.5)",
            f"after_{name} = Task('after_{name}', inputs=[(1,)], function='fine')",
            f"@{name}.property",
            "def never(output, x): assert False",
            f"@after_{name}.property",
            "def clean(output, x): assert output == 'fine'",
        ]
    source = IMPORTS
    for name, (body, _) in WAYS.items():
        source += f"def {name}(x):\n    {body}\n"
    any_suite.write(test_all="\n".join(lines), impl=source)
    return any_suite


def test_each_misbehaviour_is_told_and_leaves_the_next_item_clean(
    misbehaving, read_failures, find_processes
):
    place = misbehaving.path / "temporary"
    place.mkdir()

    result = misbehaving.spawn(
        "--mg-candidate=impl.py", "--mg-mem-mb=700", "--timeout=60", TMPDIR=str(place)
    )

    result.assert_outcomes(failed=len(WAYS), passed=len(WAYS))
    failures = read_failures(result)
    told = set()
    for name, (_, wanted) in WAYS.items():
        text = failures[f"{name}.never"]
        told |= {name} if wanted in text else set()
        assert "property 'never' is violated by impl.py" in text.replace("\n", " "), text
        assert "Traceback (most recent call last)" not in text.partition("candidate")[0]
        assert len(text.splitlines()) < 40, text
        assert max(map(len, text.splitlines())) <= 80, text
    assert told == set(WAYS)
    assert "HOSTILE CODE RAN" not in result.stdout.str() + result.stderr.str()
    assert find_processes(str(place)) == []


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import nothing_of_this_name\n", "No module named 'nothing_of_this_name'"),
        ("def solve(x)\n    return x\n", "SyntaxError"),
        ("def solver(x):\n    return x\n", "solver"),
        ("solve = 3\n", "int"),
        ("raise SystemExit(2)\n", "SystemExit"),
        ("import os\nos._exit(0)\n", "did not finish"),
        ("while True: pass\n", "took longer than"),
        ("print('loading')\nraise RuntimeError('at import')\n", "RuntimeError: at import"),
    ],
    ids=["import", "syntax", "missing", "no_function", "exit", "hard_exit", "loop", "raise"],
)
def test_a_candidate_that_cannot_be_called_fails_its_items_once_and_clearly(suite, source, wanted):
    suite.write(
        test_one="""
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=st.tuples(st.integers()))

        @task.property
        def anything(output, x): ...
        """,
        impl=source,
        fine="def solve(x):\n    return x\n",
    )

    result = suite.run(
        "--mg-candidate=impl.py",
        "--mg-candidate=fine.py",
        '--mg-executor-config={"import_timeout_s": 2}',
    )

    result.assert_outcomes(failed=1, passed=1)
    text = result.stdout.str().partition("FAILURES")[2].partition("short test summary")[0]
    assert wanted in text
    assert "candidate impl.py" in text
    assert "hypothesis" not in text


def test_an_edited_candidate_is_not_stale_in_a_second_run_of_one_process(suite):
    suite.write_top_k()
    suite.run("--mg-candidate=good.py").assert_outcomes(passed=4)

    path = suite.path / "good.py"
    times = path.stat()
    # As long as before, and within the same second: what a cached .pyc would not notice.
    path.write_text(path.read_text().replace("[:k]", "[:1]"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    suite.run("--mg-candidate=good.py", "-k", "reordered or bounded").assert_outcomes(
        passed=1, failed=1
    )


def test_a_candidate_that_depends_on_earlier_calls_or_on_chance_is_said_to(suite):
    suite.write(
        test_states="""
        from hypothesis import strategies as st
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=st.tuples(st.integers(0, 50)))

        @task.relation
        def same(x):
            return (x,)
        """,
        counts="""
        calls = []
        def solve(x):
            calls.append(x)
            return len(calls) > 21
        """,
        chance="""
        import os
        def solve(x):
            return os.urandom(8)
        """,
    )

    counts = suite.run("--mg-candidate=counts.py")
    chance = suite.run("--mg-candidate=chance.py")

    for result in (counts, chance):
        result.assert_outcomes(failed=1)
    assert "the candidate depends on earlier calls" in _unwrap(counts)
    # Every case differs, so it is also seen again in a fresh process.
    assert "is violated by chance.py" in _unwrap(chance)


def _unwrap(result):
    return " ".join(result.stdout.str().split())


def test_items_fail_alike_without_and_with_a_baseline_that_cannot_be_called(suite):
    suite.write_top_k()
    suite.write(broken="import nothing_of_this_name\n")

    result = suite.run("--mg-candidate=good.py", "--mg-baseline=broken.py", "-k", "bounded")

    result.assert_outcomes(failed=1)
    assert "baseline broken.py" in _unwrap(result)


@pytest.mark.parametrize(
    ("where", "workers"),
    [("candidate", ()), ("import", ()), ("transformation", ()), ("candidate", ("-n2",))],
    ids=["candidate", "import", "transformation", "n2"],
)
def test_an_interrupt_in_the_middle_of_a_call_ends_everything(
    suite, find_processes, where, workers
):
    sleeping = {
        "candidate": "import time\ndef solve(x):\n    time.sleep(300)\n",
        "import": "import time\ntime.sleep(300)\n",
        "transformation": "def solve(x):\n    return x\n",
    }
    suite.write(
        test_long="""
        import pathlib, time
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)], timeout_s=300)

        @task.relation
        def moved(x):
            pathlib.Path("begun").touch()
            if pathlib.Path("sleep").exists():
                time.sleep(300)
            return (x,)
        """,
        impl=sleeping[where],
    )
    if where == "transformation":
        (suite.path / "sleep").touch()
    place = suite.path / "temporary"
    place.mkdir()

    with suite.start(
        "-pno:randomly",
        "-pno:cacheprovider",
        *workers,
        "--mg-candidate=impl.py",
        '--mg-executor-config={"import_timeout_s": 300}',
        TMPDIR=str(place),
    ) as process:
        _wait_until((suite.path / "begun").exists)
        if where != "transformation":
            _wait_until(lambda: find_processes(f"HOME={place}"))
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=100)  # the import would take longer
        except subprocess.TimeoutExpired:
            process.kill()
            raise

    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert re.search(r"KeyboardInterrupt|Interrupted", out + err)
    assert "INTERNALERROR" not in out + err
    _wait_until(lambda: not find_processes(str(place)))


def _wait_until(condition):
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_process_that_does_not_start_ends_the_item_and_blames_no_candidate(suite):
    suite.write_top_k()

    result = suite.run(
        "--mg-candidate=good.py", "--mg-executor-config", '{"open_files": 4}', "-k", "reordered"
    )

    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "the process did not get ready" in text
    assert "violated" not in text
