"""The monitor against records, and against the contract."""

from metamorphic_guard.monitoring import MonitorContext, MonitorRecord
from mg_example_plugins.answer_length import AnswerLength

from pytest_metamorphic_guard.testing import check_monitor


def watch(monitor, baseline, candidate):
    monitor.start(MonitorContext("task", len(baseline)))
    for role, answers in (("baseline", baseline), ("candidate", candidate)):
        for case_index, answer in enumerate(answers):
            monitor.record(MonitorRecord(case_index, role, 1.0, True, {"result": answer}))
    return monitor.finalize()


def test_answers_twice_as_long_are_a_warning():
    (alert,) = watch(AnswerLength(), ["yes", "no!"], ["yes, of", "course!"])["alerts"]
    assert alert["severity"] == "warning"
    assert alert["message"] == "candidate's answers are 2.33x as long"


def test_answers_of_equal_length_are_no_alert():
    assert watch(AnswerLength(), ["yes", "no!"], ["no!", "yes"])["alerts"] == []


def test_it_keeps_the_contract():
    check_monitor(AnswerLength).assert_contract()
