import importlib.metadata

import pytest

from pytest_metamorphic_guard.testing.monitors import MonitorContractError, check_monitor
from pytest_metamorphic_guard.watch.hosting import Limits

BUILTIN = sorted(
    point.name
    for point in importlib.metadata.entry_points(group="metamorphic_guard.monitors")
    if point.dist.name == "pytest-metamorphic-guard"
)


class Quiet:
    """Keeps the contract."""

    def __init__(self, size=1):
        self.n = 0
        self.size = size

    def record(self, record):
        self.n += 1

    def finalize(self):
        return {"id": "quiet", "summary": {"n": self.n * self.size}, "alerts": []}


@pytest.mark.parametrize("name", BUILTIN)
def test_the_built_in_monitors_pass_without_advice(name):
    (point,) = importlib.metadata.entry_points(group="metamorphic_guard.monitors", name=name)
    report = check_monitor(point.load())
    assert str(report) == f"{report.monitor} keeps its contract"


def test_a_strangers_faultless_monitor_passes():
    report = check_monitor(Quiet, size=3)
    report.assert_contract()
    assert report.advice == ()


def find_faults(factory, **options):
    report = check_monitor(factory, **options)
    with pytest.raises(MonitorContractError, match="breaks the monitor contract") as error:
        report.assert_contract()
    assert all(fault in str(error.value) for fault in report.faults)
    return str(report)


class ReadsWhatOnlyOursHas(Quiet):
    def record(self, record):
        self.n += record.result["result"]["value"]


class ForgetsTheEmptyRun(Quiet):
    def finalize(self):
        return {"id": "mean", "summary": {"mean": 40 / self.n}, "alerts": []}


class ReturnsNothing(Quiet):
    def finalize(self):
        pass


class Shares(Quiet):
    seen = []  # noqa: RUF012 - that is the fault

    def record(self, record):
        self.seen.append(record)

    def finalize(self):
        return {"id": "shares", "summary": {"n": len(self.seen)}, "alerts": []}


class Vandal(Quiet):
    def record(self, record):
        record.result["seen"] = True


class Forgetful(Quiet):
    made = 0

    def finalize(self):
        type(self).made += 1
        return {"id": "forgetful", "summary": {"n": self.made}, "alerts": []}


class Hangs(Quiet):
    def finalize(self):
        while True:
            pass


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (ReadsWhatOnlyOursHas, "payloads of other executors: record() of record 1 raised KeyError"),
        (ForgetsTheEmptyRun, "no records: finalize() raised ZeroDivisionError"),
        (ReturnsNothing, "both roles: finalize() returned None, expected a dict"),
        (Shares, "shares state"),
        (Vandal, "changed the payload"),
        (Forgetful, "another result the second time"),
        (object, "without a method 'record'"),
    ],
)
def test_a_fault_is_named_with_the_situation(factory, words):
    assert words in find_faults(factory)


def test_a_monitor_that_hangs_is_a_fault_and_the_check_ends():
    assert "did not return within 0.2 s" in find_faults(Hangs, limits=Limits(call_s=0.2))


def test_a_wrong_option_is_a_fault():
    assert "unexpected keyword argument 'sise'" in find_faults(Quiet, sise=1)


def test_advice_tells_what_users_will_miss():
    class Terse(Quiet):
        def finalize(self):
            return {"id": "terse", "summary": {}, "alerts": [{"type": "alarm"}] * 2}

    report = check_monitor(Terse)
    assert report.faults == ()
    assert report.advice == (
        "an alert of type 'alarm' has no 'severity': it counts as an error",
        "an alert of type 'alarm' has no 'message': users see its fields instead",
        "it alerts on a candidate without a baseline",
    )
