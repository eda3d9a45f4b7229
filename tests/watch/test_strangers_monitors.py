"""Monitors of other distributions that break their contract: the session ends and says who did."""

import textwrap
from fnmatch import fnmatchcase

import pytest

SOURCE = """
import os
import signal
import sys
import time


class Counts:
    def __init__(self):
        self.n = 0

    def record(self, record):
        self.n += 1

    def finalize(self):
        return {"id": "counts", "summary": {"n": self.n}, "alerts": []}


class Raises(Counts):
    def record(self, record):
        raise RuntimeError("out of order")


class RaisesAtTheEnd(Counts):
    def finalize(self):
        raise SystemExit(3)


class Hangs(Counts):
    def record(self, record):
        while True:
            time.sleep(0.01)


class Exits(Counts):
    def record(self, record):
        os._exit(7)


class IsKilled(Counts):
    def record(self, record):
        os.kill(os.getpid(), signal.SIGKILL)


class ReturnsNothing(Counts):
    def finalize(self):
        return None


class ReturnsUnsendable(Counts):
    def finalize(self):
        return {"id": "x", "summary": {"thread": time.sleep, "n": self.n}, "alerts": "none"}


class Floods(Counts):
    def record(self, record):
        super().record(record)
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)


class CannotBeMade(Counts):
    def __init__(self):
        raise KeyError("TOKEN")


class Alarms(Counts):
    def finalize(self):
        return {"id": "a", "summary": {}, "alerts": [ALERT]}


ALERT = {"type": "odd", "message": "something is odd"}
"""
NAMES = {
    "counts": "Counts",
    "raises": "Raises",
    "raises_at_the_end": "RaisesAtTheEnd",
    "hangs": "Hangs",
    "exits": "Exits",
    "is_killed": "IsKilled",
    "returns_nothing": "ReturnsNothing",
    "returns_unsendable": "ReturnsUnsendable",
    "floods": "Floods",
    "cannot_be_made": "CannotBeMade",
    "alarms": "Alarms",
}
SAID = {
    "raises": "record() of record 1 raised RuntimeError: out of order (strange_*.py:*)",
    "raises_at_the_end": "finalize() raised SystemExit: 3 (strange_*.py:*)",
    "hangs": "record()* did not return within 10 s*",
    "exits": "record() ended its process with exit status 7",
    "is_killed": "record() ended its process by SIGKILL",
    "returns_nothing": "finalize() returned None, expected a dict",
    "returns_unsendable": "finalize().summary.thread is a builtin_function_or_method, *",
    "cannot_be_made": "making it raised KeyError: 'TOKEN' (strange_*.py:*)",
}
# What ends a process cannot be survived without one of its own.
DEADLY = ("exits", "is_killed")


@pytest.fixture
def strangers(watched):
    """A project that sees two distributions with the same monitors, one of them sandboxed."""
    for distribution, sandbox in (("strange-boxed", True), ("strange-open", False)):
        module = distribution.replace("-", "_")
        source = f"PLUGIN_METADATA = {{'sandbox': {sandbox}}}\n" + textwrap.dedent(SOURCE)
        (watched.project.path / f"{module}.py").write_text(source)
        info = watched.project.path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        prefix = module.removeprefix("strange_")
        points = "".join(f"{prefix}_{name} = {module}:{kind}\n" for name, kind in NAMES.items())
        (info / "entry_points.txt").write_text(f"[metamorphic_guard.monitors]\n{points}")
    watched.write_task()
    return watched


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
@pytest.mark.parametrize("kind", ["boxed", "open"])
def test_the_session_ends_in_time_and_one_line_says_which_monitor_did_what(
    strangers, kind, workers
):
    names = [f"{kind}_{name}" for name in NAMES if kind == "boxed" or name not in DEADLY]
    wanted = [*(f"--mg-monitor={name}" for name in names), "--mg-monitor=errors"]
    result = strangers.spawn(*wanted, *workers)
    assert result.ret == 1  # because of the monitor that alarms, and of nothing else
    shown = strangers.monitors
    assert list(shown) == [*names, "errors"]
    assert shown[f"{kind}_counts"]["summary"] == {"n": 96}
    assert shown[f"{kind}_floods"]["summary"] == {"n": 96}
    assert shown["errors"]["summary"]["candidate"]["n"] == 48
    assert "x" * 100 not in result.stdout.str() + result.stderr.str() or kind == "open"
    failed = [name for name, monitor in shown.items() if monitor["status"] == "failed"]
    assert failed == [f"{kind}_alarms"]
    for name in names:
        said = SAID.get(name.removeprefix(f"{kind}_"))
        messages = [alert["message"] for alert in shown[name]["alerts"]]
        if said is None:
            assert shown[name]["distribution"] == f"strange-{kind}"
            continue
        assert shown[name]["status"] == "warned"
        first = f"monitor '{name}' (from strange-{kind}): "
        assert messages[0].startswith(first), messages
        assert fnmatchcase(messages[0].removeprefix(first), said), messages
        assert f"monitor '{name}' (from strange-{kind})" in " ".join(result.stdout.str().split())


def test_a_required_monitor_that_fails_is_a_failure(strangers):
    result = strangers.run("--mg-monitor=open_raises:required=true", "--mg-monitor=errors")
    assert result.ret == 1
    assert {name: m["status"] for name, m in strangers.monitors.items()} == {
        "open_raises": "failed",
        "errors": "passed",
    }
    result.stdout.fnmatch_lines("FAILED metamorphic-guard::monitor[[]open_raises] - MonitorAlert*")


def test_an_alert_without_severity_is_an_error_unless_the_user_says_otherwise(strangers):
    assert strangers.run("--mg-monitor=open_alarms").ret == 1
    assert strangers.monitors["open_alarms"]["alerts"][0]["severity"] == "error"
    result = strangers.run("--mg-monitor=open_alarms:severity=warning")
    assert result.ret == 0
    result.stdout.fnmatch_lines("*MonitorAlertWarning: monitor[[]open_alarms]: something is odd")
    result = strangers.run("--mg-monitor=open_alarms:severity=info")
    assert result.ret == 0
    result.assert_outcomes(passed=4)


def test_a_plugin_without_the_base_class_and_one_that_forgets_its_constructor_both_work(watched):
    watched.write_task()
    watched.project.write(
        forgetful="""
        from metamorphic_guard.monitoring import Monitor

        class Forgetful(Monitor):
            def __init__(self, limit=3):
                self.limit = limit

            def record(self, record):
                assert self._context.total_cases == 36

            def finalize(self):
                return {"id": self.identifier(), "summary": {"limit": self.limit}, "alerts": []}
        """
    )
    result = watched.run("--mg-monitor=forgetful:Forgetful:limit=5", "--mg-monitor=tape:Tape")
    assert result.ret == 0
    assert watched.monitors["forgetful:Forgetful"]["summary"] == {"limit": 5}
    assert watched.monitors["forgetful:Forgetful"]["alerts"] == []
