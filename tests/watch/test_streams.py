import json
import random

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.watch.alerts import WatchReport
from pytest_metamorphic_guard.watch.hosting import Limits, host_monitor
from pytest_metamorphic_guard.watch.setting_up import load_monitors
from pytest_metamorphic_guard.watch.streams import sort_records, watch

BUILTIN = [
    "latency",
    "success_rate",
    "trend",
    "fairness_gap",
    "resource_usage",
    "llm_cost",
    "flakiness",
    "output_drift",
    "errors",
]


def watch_with(names, records, **settings):
    handles = [loaded.host() for loaded in load_monitors(names)]
    return watch(handles, records, MonitorContext("task", len(records)), **settings)


def host_stranger(factory, **settings):
    identity = PluginIdentity("monitor", "strange", "strange-dist")
    options = {"id": "strange", "limits": Limits(call_s=5), **settings}
    return host_monitor(factory, options.pop("options", {}), {}, identity, **options)


@pytest.fixture
def regressing(make_pairs):
    def describe(role, i):
        worse = role == "candidate"
        return {
            "duration_ms": (1.6 if worse else 1.0) * (1 + (i * 37 % 11) / 10),
            "success": not (worse and i % 5 == 0),
            "error_type": "ValueError" if worse and i % 5 == 0 else None,
            "group": "ab"[i % 2],
            "payload": {"resource_usage": {"cpu_ms": 2.0}, "cost_usd": 0.1},
        }

    return [
        record
        for relation in ("t::b", "t::a")
        for kind in ("source", "followup")
        for record in make_pairs(150, describe, relation=relation, kind=kind)
    ]


class Remembers:
    def __init__(self):
        self.seen = []

    def record(self, record):
        self.seen.append((record.relation, record.case_index, record.kind, record.repeat))

    def finalize(self):
        return {"id": "r", "summary": {"seen": self.seen}, "alerts": []}


def test_records_are_shown_once_in_a_fixed_order(regressing):
    shown = [record.role for record in sort_records(regressing)]
    (report,) = watch([host_stranger(Remembers)], regressing, MonitorContext("t", 240)).monitors
    seen = [tuple(key) for key in report.summary["seen"]]
    assert len(seen) == len(regressing) == len(shown)
    assert seen[:4] == [("t::a", 0, "source", 0)] * 2 + [("t::a", 0, "followup", 0)] * 2
    ranks = [(relation, case, kind == "followup", repeat) for relation, case, kind, repeat in seen]
    assert ranks == sorted(ranks)


def test_the_roles_of_one_call_stay_as_they_were_drawn(make_record):
    records = [make_record(i, role) for i in range(5) for role in ("candidate", "baseline")]
    random.Random(1).shuffle(records)
    drawn = {}
    for record in records:
        drawn.setdefault(record.case_index, record.role)
    ordered = sort_records(records)
    assert [record.role for record in ordered[::2]] == [drawn[i] for i in range(5)]


def test_the_report_is_the_same_to_the_byte_whichever_process_finished_first(regressing):
    def report(records):
        return json.dumps(watch_with(BUILTIN, records).to_dict())

    by_item = {}
    for record in regressing:
        by_item.setdefault((record.relation, record.kind), []).append(record)
    other_order = [record for item in reversed(by_item.values()) for record in item]
    assert report(regressing) == report(other_order)


def test_a_report_survives_the_journey_as_plain_data(regressing):
    report = watch_with(BUILTIN, regressing, partial=True)
    assert report.alerts
    assert report.partial
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert WatchReport.from_dict(data) == report
    assert WatchReport.from_dict(data).to_dict() == report.to_dict()


def test_the_report_names_what_each_monitor_measured(regressing):
    report = watch_with(BUILTIN, regressing)
    assert [monitor.id for monitor in report.monitors] == BUILTIN
    assert all(monitor.distribution == "pytest-metamorphic-guard" for monitor in report.monitors)
    assert all(monitor.line for monitor in report.monitors)
    assert report.records == len(regressing)
    types = {(alert.type, alert.severity) for alert in report.alerts}
    assert types >= {
        ("latency_regression", "error"),
        ("success_rate_drop", "error"),
        ("new_error_type", "error"),
        ("fairness_gap", "error"),
    }
    for alert in report.alerts:
        if alert.p_value is not None:
            assert alert.adjusted_p >= alert.p_value


def test_an_alert_that_chance_explains_over_all_tests_is_kept_as_information(make_pairs):
    # Seven regressions alone: p = 1/128 for one test, too large for the seven of this run.
    records = make_pairs(100, lambda role, i: {"success": role == "baseline" or i >= 7})
    (alone,) = watch_with(["success_rate"], records).alerts
    assert (alone.severity, alone.note) == ("error", None)
    report = watch_with(["success_rate", "latency", "trend"], records)
    (alert,) = report.alerts
    assert alert.severity == "info"
    assert alert.p_value == pytest.approx(0.5**7)
    assert alert.adjusted_p == pytest.approx(report.tests * 0.5**7)
    assert f"among the {report.tests} tests of this run" in alert.note


class Alarming:
    def __init__(self, **alert):
        self.alert = alert

    def record(self, record):
        pass

    def finalize(self):
        return {"id": "alarming", "summary": {}, "alerts": [{"type": "alarm", **self.alert}]}


@pytest.mark.parametrize(
    ("alert", "severity"),
    [
        ({}, "error"),
        ({"severity": "warning"}, "warning"),
        ({"severity": "WARN"}, "warning"),
        ({"severity": "critical"}, "error"),
        ({"severity": "error", "p_value": 0.5}, "info"),
        ({"severity": "error", "p_value": 1e-9}, "error"),
    ],
)
def test_severities_of_strangers(make_pairs, alert, severity):
    handle = host_stranger(Alarming, options=alert)
    report = watch([handle], make_pairs(2, lambda role, i: {}), MonitorContext("t", 2))
    assert [alert.severity for alert in report.alerts] == [severity]
    assert report.faults == ()


def test_a_user_can_set_the_severity_of_all_alerts_of_a_monitor(regressing):
    report = watch_with(["latency:severity=warning", "errors:severity=info"], regressing)
    assert {alert.severity for alert in report.alerts if alert.monitor == "latency"} == {"warning"}
    assert {alert.severity for alert in report.alerts if alert.monitor == "errors"} == {"info"}


class Broken:
    def record(self, record):
        raise RuntimeError("out of order")

    def finalize(self):
        return {}


@pytest.mark.parametrize(("required", "severity"), [(False, "warning"), (True, "error")])
def test_a_fault_is_an_alert_and_the_other_results_stand(regressing, required, severity):
    handles = [
        host_stranger(Broken, required=required),
        *(loaded.host() for loaded in load_monitors(["errors"])),
    ]
    report = watch(handles, regressing, MonitorContext("t", 1))
    broken, errors = report.monitors
    (alert,) = broken.alerts
    assert (alert.type, alert.severity) == ("monitor_error", severity)
    assert alert.message.startswith(
        "monitor 'strange' (from strange-dist): record() of record 1 raised RuntimeError"
    )
    assert [str(fault) for fault in report.faults] == [alert.message]
    assert errors.summary == watch_with(["errors"], regressing).monitors[0].summary


def test_a_required_monitor_without_data_is_an_error(make_pairs):
    records = make_pairs(5, lambda role, i: {})
    assert watch_with(["llm_cost"], records).alerts == ()
    (alert,) = watch_with(["llm_cost:required=true"], records).alerts
    assert (alert.type, alert.severity) == ("no_data", "error")
    assert "no payload of the candidate carries tokens or cost" in alert.message


def test_a_candidate_alone_gives_no_alert_even_where_monitors_are_required(regressing):
    alone = [record for record in regressing if record.role == "candidate"]
    measured = [name for name in BUILTIN if name != "flakiness"]
    report = watch_with([f"{name}:required=true" for name in measured], alone)
    assert report.alerts == ()
    assert report.tests == 0


def test_handles_are_closed_and_a_vandal_cannot_change_what_ours_see(regressing):
    class Vandal(Remembers):
        def record(self, record):
            record.result["resource_usage"]["cpu_ms"] = 1e9

    handles = [
        host_stranger(Vandal),
        *(loaded.host() for loaded in load_monitors(["resource_usage"])),
    ]
    report = watch(handles, regressing, MonitorContext("t", 1))
    assert report.monitors[1].summary["candidate"]["mean"] == 2.0
