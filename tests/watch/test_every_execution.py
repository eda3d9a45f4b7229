"""Which executions monitors are shown, in which order, and that nothing is lost or doubled."""

import json

import pytest

DISTRIBUTIONS = [
    (),
    ("-n2",),
    ("-n4", "--dist", "loadscope"),
    ("-n2", "--dist", "worksteal"),
]
BUILTIN = [
    "latency:repeats=2",
    "success_rate",
    "errors",
    "output_drift",
    "flakiness",
    "trend",
    "resource_usage",
    "llm_cost",
    "fairness_gap:min_group=5",
]
MONITORS = ["--mg-monitor=tape:Tape", *(f"--mg-monitor={name}" for name in BUILTIN)]


def test_each_execution_is_shown_once_in_a_fixed_order_with_the_total_known(watched):
    watched.write_task()
    assert watched.spawn("--mg-monitor=tape:Tape").ret == 0
    tape = watched.tape
    assert tape["calls"] == [["start", "t", 36], ["finalize"]]
    expected = [
        (f"t::{entry}", case, kind)
        for entry, kinds in (
            ("number", ["source"]),
            ("same", ["followup"]),  # its source is that of "number"
            ("twice", ["call", "call2"]),
        )
        for case in range(12)
        for kind in kinds
        for _ in ("baseline", "candidate")
    ]
    assert [tuple(row[:3]) for row in tape["rows"]] == expected
    for first, second in zip(tape["rows"][::2], tape["rows"][1::2], strict=True):
        assert {first[4], second[4]} == {"baseline", "candidate"}
    assert {row[4] for row in tape["rows"][::2]} == {"baseline", "candidate"}


def test_sources_and_follow_ups_are_numbered_where_there_are_several(watched):
    watched.project.write(
        test_it="""
        from pytest_metamorphic_guard import Task

        t = Task("t", inputs=[(i,) for i in range(3)])

        @t.relation(sources=2, expect=lambda *outputs: True)
        def joined(first, second):
            return (first[0] + second[0],)
        """
    )
    assert watched.spawn("--mg-monitor=tape:Tape").ret == 0
    kinds = [row[2] for row in watched.tape["rows"][::2]]
    assert kinds == ["source", "source2", "followup"] * 3
    assert watched.tape["calls"][0] == ["start", "t", 3]


def test_the_payload_arrives_complete_with_what_an_executor_adds(watched):
    watched.write_task()
    assert watched.spawn(*MONITORS, "-n2").ret == 0
    keys = set(watched.tape["rows"][0][9])
    assert keys >= {"success", "result", "duration_ms", "tokens_total", "cost_usd", "logprobs"}
    assert all(row[6] == str(row[1]) for row in watched.tape["rows"])
    assert (
        watched.monitors["llm_cost"]["summary"]["candidate"]["cost_usd"]["count"]
        == len(watched.tape["rows"]) // 2
    )
    rates = watched.monitors["fairness_gap"]["summary"]
    assert rates["candidate"] == {"even": 1.0, "odd": 1.0}


@pytest.mark.slow
def test_the_report_is_the_same_to_the_byte_however_the_items_are_distributed(watched):
    watched.write_task()
    watched.project.write(
        candidate="""
        def solve(x):
            if x == 5:
                raise KeyError(x)
            return x if x != 7 else 70
        """
    )
    slow = '--mg-executor-config={"slowdown": 1.5}'
    reports = {}
    for distribution in DISTRIBUTIONS:
        result = watched.spawn(*MONITORS, slow, *distribution)
        assert result.ret == 1, result.stdout.str()
        report = watched.report
        assert not report["partial"]
        # The time of day, and what was typed, are all that may differ.
        # What was paid for depends on how many processes asked for the same.
        for key in ("times", "options", "calls"):
            del report[key]
        reports[distribution] = json.dumps(report)
    assert len(set(reports.values())) == 1
    alerts = {alert["type"] for m in json.loads(reports[()])["monitors"] for alert in m["alerts"]}
    assert alerts >= {"latency_regression", "new_error_type", "output_drift"}


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_shrinking_confirmation_and_reruns_are_not_shown(watched, workers):
    watched.write_task()
    watched.project.write(candidate="def solve(x):\n    return x if x < 9 else str(x)\n")
    reruns = ("-p", "rerunfailures", "--reruns", "2")
    result = watched.spawn("--mg-monitor=tape:Tape", *reruns, *workers)
    assert result.ret == 1
    result.stdout.fnmatch_lines("*1 failed, 3 passed, 2 rerun*")
    shown = [tuple(row[:5]) for row in watched.tape["rows"]]
    assert len(shown) == len(set(shown)) == 12 * 2 * 4
    assert watched.tape["calls"] == [["start", "t", 36], ["finalize"]]


def test_a_worker_killed_in_the_middle_loses_nothing_that_finished(watched):
    watched.write_task(
        """
        @t.law
        def zz_deadly(solve, x):
            import os
            import signal
            from pathlib import Path

            # Once: the worker that takes its place runs the items that are left.
            if not Path("dead").exists():
                Path("dead").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            solve(x)
        """
    )
    result = watched.spawn("--mg-monitor=tape:Tape", "-n2")
    assert result.ret == 1
    shown = [tuple(row[:5]) for row in watched.tape["rows"]]
    assert len(shown) == len(set(shown)) == 12 * 2 * 4
    assert {row[0] for row in shown} == {"t::same", "t::number", "t::twice"}
    assert watched.report["partial"] is True
    result.stdout.fnmatch_lines("monitors saw only a part of this run")


def test_what_ran_before_an_item_had_to_end_counts_and_the_report_says_so(watched):
    watched.write_task(
        """
        @t.law
        @pytest.mark.timeout(2)
        def endless(solve, x):
            solve(x)
            while x == 3:
                pass
        """
    )
    result = watched.spawn("--mg-monitor=tape:Tape")
    assert result.ret == 1
    ended = [row[1] for row in watched.tape["rows"] if row[0] == "t::endless"]
    assert sorted(set(ended)) == [0, 1, 2, 3]
    assert watched.report["partial"] is True
    result.stdout.fnmatch_lines("monitors saw only a part of this run")


@pytest.mark.parametrize("entry", ["source", "law"])
def test_repetitions_are_made_where_a_monitor_asks_for_them(watched, entry):
    law = """
    from pytest_metamorphic_guard import Task

    t = Task("t", inputs=[(i,) for i in range(6)])
    """ + (
        "\n    @t.law\n    def one(solve, x):\n        solve(x)\n"
        if entry == "law"
        else "\n    @t.property\n    def one(output, x):\n        pass\n"
    )
    watched.project.write(
        test_it=law,
        candidate="import itertools\nn = itertools.count()\ndef solve(x):\n    return next(n)\n",
    )
    wanted = ("--mg-monitor=flakiness:repeats=3,sample=4", "--mg-monitor=tape:Tape")
    assert watched.spawn(*wanted).ret == 0
    repeats = [(row[1], row[3]) for row in watched.tape["rows"] if row[2] == "source"]
    wanted = [(case, repeat) for case in range(4) for repeat in range(3) for _ in "bc"]
    extra = [(case, 0) for case in (4, 5) for _ in "bc"]
    assert repeats == (wanted + extra if entry == "source" else wanted)
    flakiness = watched.monitors["flakiness"]
    assert flakiness["summary"]["candidate"]["inputs_flaky"] == 4
    assert flakiness["summary"]["baseline"]["inputs_flaky"] == 0
    assert {alert["type"] for alert in flakiness["alerts"]} >= {"nondeterminism"}
    firsts = [row[4] for row in watched.tape["rows"] if row[2] == "source"][::2]
    assert set(firsts) == {"baseline", "candidate"}
