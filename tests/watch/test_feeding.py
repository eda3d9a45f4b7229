"""The fixture mg_monitors: users' own tests reach the monitors and show them records."""

import pytest

FEEDS = """
import pytest
from metamorphic_guard.monitoring import MonitorRecord

def make(i, role, took_ms=1.0):
    return MonitorRecord(i, role, took_ms, True, {"result": i})

@pytest.mark.parametrize("i", range(6))
def test_feeds(mg_monitors, i):
    for role in ("baseline", "candidate"):
        mg_monitors["tape:Tape"].record(make(i, role))

@pytest.fixture
def around(mg_monitors):
    mg_monitors["tape:Tape"].record(make(100, "before"))
    yield
    mg_monitors["tape:Tape"].record(make(101, "after"))

def test_through_a_fixture(around):
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_records_of_users_reach_a_monitor_after_those_of_the_run(watched, workers):
    watched.write_task()
    watched.project.write(test_own=FEEDS)
    assert watched.spawn("--mg-monitor=tape:Tape", "--mg-monitor=latency", *workers).ret == 0
    rows = watched.tape["rows"]
    assert len(rows) == 12 * 2 * 4 + 14
    fed = [(row[1], row[4]) for row in rows[-14:]]
    pairs = [(i, role) for i in range(6) for role in ("baseline", "candidate")]
    assert fed == [*pairs, (100, "before"), (101, "after")]
    # Only the monitor that was named is shown them.
    assert watched.monitors["latency"]["summary"]["candidate"]["count"] == 11 * 4


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_suite_without_a_task_can_use_monitors(project, workers):
    project.write(
        conftest="def pytest_mg_monitors(config):\n    return ['errors']\n",
        test_own="""
        from metamorphic_guard.monitoring import MonitorRecord

        def test_feeds(mg_monitors):
            assert list(mg_monitors) == ["errors"]
            for i in range(3):
                record = MonitorRecord(i, "candidate", 1.0, False, {"error_type": "Quota"})
                mg_monitors["errors"].record(record)
        """,
    )
    result = project.spawn(*workers)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["errors: failed calls: candidate 3 of 3 *", "*2 passed*"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_test_that_runs_again_does_not_feed_twice(watched, workers):
    watched.project.write(
        test_own="""
        from pathlib import Path
        from metamorphic_guard.monitoring import MonitorRecord

        def test_flaky(mg_monitors):
            mg_monitors["errors"].record(MonitorRecord(0, "candidate", 1.0, True, {}))
            first = not Path("ran").exists()
            Path("ran").touch()
            assert not first
        """
    )
    reruns = ("-p", "rerunfailures", "--reruns", "1")
    result = watched.spawn("--mg-monitor=errors", *reruns, *workers)
    assert result.ret == 0
    result.stdout.fnmatch_lines("*2 passed, 1 rerun*")
    assert watched.monitors["errors"]["summary"]["candidate"]["n"] == 1


def test_a_monitor_that_was_not_asked_for_is_named_with_those_that_were(watched):
    watched.write_task()
    watched.project.write(test_own="def test_it(mg_monitors):\n    mg_monitors['latency']\n")
    result = watched.run("--mg-monitor=errors", "test_own.py")
    result.stdout.fnmatch_lines("*no monitor 'latency'; this session has: errors*")


def test_without_monitors_the_fixture_is_empty(watched):
    watched.write_task()
    watched.project.write(test_own="def test_it(mg_monitors):\n    assert not mg_monitors\n")
    assert watched.run("test_own.py").ret == 0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("{'case_index': 1}", "case_index is nothing"),
        ("MonitorRecord('1', 'candidate', 1.0, True, {})", "case_index is str"),
        ("MonitorRecord(1, 'candidate', True, True, {})", "duration_ms is bool"),
        ("MonitorRecord(1, 'candidate', 1.0, True, None)", "result is NoneType"),
    ],
)
def test_what_is_no_record_fails_the_test_that_feeds_it(watched, made, said):
    watched.write_task()
    watched.project.write(
        test_own=f"""
        from metamorphic_guard.monitoring import MonitorRecord

        def test_it(mg_monitors):
            mg_monitors["errors"].record({made})
        """
    )
    result = watched.run("--mg-monitor=errors", "test_own.py")
    assert result.ret == 1
    result.stdout.fnmatch_lines(f"*TypeError: no MonitorRecord: {said}*")


def test_the_record_of_another_distribution_will_do(watched):
    watched.write_task()
    watched.project.write(
        test_own="""
        from collections import namedtuple

        Theirs = namedtuple("Theirs", "case_index role duration_ms success result")

        def test_it(mg_monitors):
            mg_monitors["tape:Tape"].record(Theirs(7, "candidate", 2.5, True, {"result": "x"}))
        """
    )
    assert watched.run("--mg-monitor=tape:Tape").ret == 0
    last = watched.tape["rows"][-1]
    assert (last[1], last[4], last[6]) == (7, "candidate", "'x'")


def test_a_test_about_one_of_several_candidates_feeds_the_monitors_of_that_one(watched):
    watched.write_task()
    watched.project.write(
        other="def solve(x):\n    return x\n",
        test_own="""
        from metamorphic_guard.monitoring import MonitorRecord

        def test_about_one(mg_candidate, mg_monitors):
            record = MonitorRecord(500, "candidate", 1.0, True, {"result": mg_candidate(5)})
            mg_monitors["tape:Tape"].record(record)

        def test_about_none(mg_monitors):
            mg_monitors["tape:Tape"].record(MonitorRecord(501, "candidate", 1.0, True, {}))
        """,
    )
    assert watched.run("--mg-monitor=tape:Tape", "--mg-candidate=other.py").ret == 0
    assert list(watched.monitors) == ["tape:Tape[candidate]", "tape:Tape[other]"]
    for monitor in watched.monitors.values():
        fed = [row[1] for row in monitor["summary"]["rows"] if row[1] >= 500]
        assert fed == [501, 500]
