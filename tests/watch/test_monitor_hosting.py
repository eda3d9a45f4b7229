"""Strangers' monitors, in this process and in their own: the same records, faults and words."""

import functools
import json
import os
import select
import subprocess
import sys
import threading

import pytest

from pytest_metamorphic_guard.testing.monitors import check_monitor
from pytest_metamorphic_guard.watch.hosting import MonitorFault

both_places = pytest.mark.parametrize("sandbox", [False, True], ids=["thread", "process"])
needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open")


@both_places
def test_a_monitor_that_forgot_to_call_its_base_class_works(strangers, run_hosted, sandbox):
    result, faults = run_hosted(strangers.Counting, sandbox=sandbox, size=3)
    assert faults == ()
    assert result.summary["n"] == 40
    assert result.summary["size"] == 3
    assert result.summary["last"][0][1:] == [19, 19]
    (alert,) = result.alerts
    assert (alert.type, alert.severity, alert.message) == ("many", "error", "many: value=40")


@both_places
@pytest.mark.parametrize("factory", ["Duck", "make_duck"])
def test_duck_typed_objects_and_factories_are_accepted(strangers, run_hosted, sandbox, factory):
    result, faults = run_hosted(getattr(strangers, factory), sandbox=sandbox)
    assert faults == ()
    assert (result.summary, result.line) == ({"n": 40}, "40 quacks")


def test_a_ready_made_monitor_is_accepted(strangers, run_hosted):
    result, faults = run_hosted(strangers.Duck())
    assert (result.summary, faults) == ({"n": 40}, ())


@both_places
@pytest.mark.parametrize(
    ("method", "act", "words"),
    [
        ("init", "raises", "making it raised KeyError: 'no such \\n thing' (stranger_monitors.py:"),
        ("init", "leaves", "making it raised SystemExit: 3"),
        ("start", "raises", "start() raised KeyError"),
        ("record", "raises", "record() of record 3 raised KeyError"),
        ("record", "leaves", "record() of record 3 raised SystemExit: 3"),
        ("finalize", "raises", "finalize() raised KeyError"),
        ("finalize", "none", "finalize() returned None, expected a dict"),
        ("finalize", "number", "finalize() returned a value of type int, expected a dict"),
    ],
)
def test_a_monitor_that_raises_or_returns_nothing_is_one_fault(  # noqa: PLR0913, PLR0917
    strangers, run_hosted, sandbox, method, act, words
):
    result, faults = run_hosted(strangers.Faulty, sandbox=sandbox, **{method: act})
    (fault,) = faults
    assert isinstance(fault, MonitorFault)
    assert words in fault.did
    assert str(fault).startswith("monitor 'm' (from strange-dist): ")
    assert "\n" not in str(fault)
    assert result.alerts == ()


@both_places
@pytest.mark.parametrize(
    ("value", "words", "kept"),
    [
        ("no id", "without the key 'id'", {"x": 1}),
        ("bare", "without the key 'id'", {"mean": 1.5}),
        ("alerts text", "alerts is a str, expected a list of dicts", {"x": 1}),
        ("infinity", "finalize().summary.x is inf", {"x": None, "y": 1}),
        ("object", "finalize().summary.x is a builtin_function_or_method", {"y": 1}),
        ("hostile", "raised RuntimeError: no repr either", {}),
        ("cyclic", "nested too deeply", {"id": "a"}),
    ],
)
def test_what_is_well_formed_in_a_nonsensical_result_is_kept(  # noqa: PLR0913, PLR0917
    strangers, run_hosted, sandbox, value, words, kept
):
    result, faults = run_hosted(strangers.Faulty, sandbox=sandbox, finalize=value)
    assert any(words in fault.did for fault in faults)
    assert result.summary.items() >= kept.items()
    assert json.dumps(result.summary, allow_nan=False)


@both_places
def test_faulty_alerts_are_repaired_or_dropped_one_by_one(strangers, run_hosted, sandbox):
    result, faults = run_hosted(strangers.Faulty, sandbox=sandbox, finalize="alert number")
    assert [alert.type for alert in result.alerts] == ["kept"]
    assert [fault.did for fault in faults] == ["alerts[0] is a int, expected a dict"]
    result, faults = run_hosted(strangers.Faulty, sandbox=sandbox, finalize="bad alert")
    (repaired,) = result.alerts
    assert (repaired.severity, repaired.p_value) == ("error", None)
    assert repaired.message == "t: p_value=3"
    assert len(faults) == 3


@both_places
@pytest.mark.parametrize("method", ["start", "record", "finalize"])
def test_a_monitor_that_hangs_is_left_behind_in_time(strangers, run_hosted, sandbox, method):
    hang = {method: "hangs"}
    _, (fault,) = run_hosted(strangers.Faulty, sandbox=sandbox, call_s=0.5, **hang)
    assert "did not return within 0.5 s" in fault.did


def test_a_monitor_that_hangs_while_it_is_made_is_left_behind(strangers, run_hosted):
    _, (fault,) = run_hosted(strangers.Faulty, call_s=0.5, init="hangs")
    assert "making it did not return within 0.5 s" in fault.did


def test_a_loop_that_spins_in_this_process_is_stopped(strangers, run_hosted):
    _, (fault,) = run_hosted(strangers.Faulty, call_s=0.5, record="spins")
    assert "record() of record 3 did not return" in fault.did
    spinning = [thread for thread in threading.enumerate() if thread.name == "mg-monitor"]
    for thread in spinning:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in spinning)


@both_places
def test_a_slow_monitor_that_gets_on_is_not_taken_for_a_hanging_one(strangers, run_hosted, sandbox):
    result, faults = run_hosted(strangers.Slow, sandbox=sandbox, call_s=2.0)
    assert faults == ()
    assert result.summary == {"n": 40}


@both_places
def test_a_monitor_may_not_take_for_ever_in_all(strangers, run_hosted, sandbox):
    _, (fault,) = run_hosted(strangers.Slow, sandbox=sandbox, call_s=1.5, total_s=2.0)
    assert "took more than 2 s in all" in fault.did


@pytest.mark.parametrize(
    ("act", "words"),
    [("ends", "ended its process with exit status 7"), ("dies", "ended its process by SIGKILL")],
)
@pytest.mark.parametrize("method", ["init", "start", "record", "finalize"])
def test_a_monitor_that_ends_its_process_is_named(strangers, run_hosted, act, words, method):
    _, (fault,) = run_hosted(strangers.Faulty, sandbox=True, **{method: act})
    assert words in fault.did


def test_a_flood_on_standard_output_is_harmless(strangers, run_hosted, capfd):
    result, faults = run_hosted(strangers.Faulty, sandbox=True, record="floods")
    assert result.summary == {"n": 40}
    assert faults == ()
    assert capfd.readouterr() == ("", "")


def test_a_reply_beyond_the_limit_is_refused(strangers, run_hosted):
    _, (fault,) = run_hosted(strangers.Faulty, sandbox=True, finalize="huge")
    assert "more than the 1048576 allowed" in fault.did


@needs_pidfd
def test_processes_that_the_monitor_started_end_with_it(strangers, host):
    handle = host(strangers.Breeder, sandbox=True)
    processes = [os.pidfd_open(pid) for pid in handle.finalize().summary["pids"]]
    assert select.select(processes, [], [], 0)[0] == []
    handle.close()
    assert all(has_ended(process) for process in processes)
    assert handle.faults == ()


def has_ended(process):
    """Wait for the end of a process, which makes its descriptor readable."""
    ended = select.select([process], [], [], 30)[0]
    os.close(process)
    return bool(ended)


KILLED_SESSION = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import stranger_monitors
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.hosting import host_monitor
identity = PluginIdentity("monitor", "m")
handle = host_monitor(stranger_monitors.WhereAmI, {}, {"sandbox": True}, identity)
print(handle.finalize().summary["pid"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@needs_pidfd
def test_the_process_ends_when_the_session_is_killed(strangers, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED_SESSION, str(tmp_path)],
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    try:
        process = os.pidfd_open(int(done.stdout))
    except ProcessLookupError:
        return
    assert has_ended(process)


def test_a_factory_without_a_name_cannot_have_a_process_and_says_so(strangers, run_hosted):
    _, (fault,) = run_hosted(functools.partial(strangers.Duck), sandbox=True)
    assert "define it there" in fault.did


@pytest.mark.parametrize(
    ("factory", "sandbox", "words"),
    [
        (object, False, "without a method 'record'"),
        (object, True, "without a method 'record'"),
        ("text", False, "expected a class or factory"),
        ("text", True, "needs a class or function"),
    ],
)
def test_what_is_no_monitor_is_said_to_be_none(run_hosted, factory, sandbox, words):
    result, (fault,) = run_hosted(factory, sandbox=sandbox)
    assert words in fault.did
    assert result.summary == {}


def test_a_stranger_cannot_change_the_payload_that_others_see(run_hosted, make_pairs):
    class Vandal:
        def record(self, record):
            record.result.clear()

        def finalize(self):
            return {"id": "vandal", "summary": {}, "alerts": []}

    records = make_pairs(5, lambda role, i: {})
    _, faults = run_hosted(Vandal, records=records)
    assert faults == ()
    assert all(record.result for record in records)


def test_only_a_true_sandbox_flag_gives_a_process_of_its_own(strangers, run_hosted):
    for asked in (False, "false", "no", 0):
        result, _ = run_hosted(strangers.WhereAmI, sandbox=asked)
        assert result.summary["pid"] == os.getpid()
    result, _ = run_hosted(strangers.WhereAmI, sandbox="true")
    assert result.summary["pid"] != os.getpid()


PLUGIN = """
from metamorphic_guard.monitoring import Monitor, MonitorContext, MonitorRecord

class Published(Monitor):
    def record(self, record):
        self.n = getattr(self, "n", 0) + 1

    def finalize(self):
        summary = {"n": self.n, "base": Monitor.__module__}
        return {"id": self.identifier(), "summary": summary, "alerts": []}
"""
OTHER_DISTRIBUTION = """
class Monitor:
    def __init__(self): pass
    def identifier(self): return type(self).__name__
    def start(self, context): self._context = context

class MonitorContext: pass
class MonitorRecord: pass
"""
SESSION = """
import sys
sys.path[:0] = sys.argv[1:]
import published
from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.hosting import host_monitor

for sandbox in (False, True):
    handle = host_monitor(
        published.Published, {}, {"sandbox": sandbox}, PluginIdentity("monitor", "published")
    )
    handle.start(MonitorContext("task", 1))
    handle.record(MonitorRecord(0, "candidate", 1.0, True, {"result": 1}))
    print(handle.finalize().summary, *handle.faults)
    handle.close()
"""


def run_session(*folders):
    return subprocess.run(
        [sys.executable, "-c", SESSION, *map(str, folders)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout.splitlines()


def test_a_published_monitor_runs_beside_another_distribution_of_the_contracts(tmp_path):
    (tmp_path / "published.py").write_text(PLUGIN)
    other = tmp_path / "other" / "metamorphic_guard"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "monitoring.py").write_text(OTHER_DISTRIBUTION)
    base = "metamorphic_guard.monitoring"
    assert run_session(tmp_path, other.parent) == [f"{{'n': 1, 'base': '{base}'}}"] * 2


def test_a_published_monitor_runs_with_our_contracts_alone(tmp_path):
    (tmp_path / "published.py").write_text(PLUGIN)
    base = "pytest_metamorphic_guard.contracts.monitoring"
    assert run_session(tmp_path) == [f"{{'n': 1, 'base': '{base}'}}"] * 2


def test_a_monitor_that_asks_for_its_own_process_is_checked_there(strangers):
    strangers.Duck.PLUGIN_METADATA = {"sandbox": True}
    assert check_monitor(strangers.Duck).faults == ()
    assert "in a process of its own it gave another result" in " ".join(
        check_monitor(strangers.WhereAmI).faults
    )
