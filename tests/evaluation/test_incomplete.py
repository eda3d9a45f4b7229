"""What is missing from the evidence never adopts, and is named."""

import pytest


def test_without_a_candidate_nothing_is_adopted(gate, workers):
    run = gate.run(candidate=None, workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "no candidate was run; to settle it: pass --mg-candidate" in run.text


def test_without_a_task_nothing_is_adopted(gate):
    (gate.path / "test_it.py").write_text("def test_other():\n    pass\n")

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")


def test_inputs_that_are_all_skipped_adopt_nothing(gate):
    gate.write(old=(), new=(), options=", precondition=lambda x: False")

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "could not be judged" in run.reason


def test_a_relation_that_never_applies_is_named(gate, workers):
    extra = "\n@t.relation\ndef never(x):\n    return\n    yield\n"
    gate.write(old=(), new=(), extra=extra)

    run = gate.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "::never" in run.reason


def test_a_baseline_that_fails_everything_adopts_nothing(gate):
    gate.write(old=range(200), new=())

    for policy in ("strict", "noninferior:margin=0.05"):
        run = gate.run(f"--mg-policy={policy}")

        assert (run.ret, run.outcome) == (1, "inconclusive")
        assert "baseline" in run.reason


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        (["-k", "right"], "::next_one was left out"),
        (["test_it.py::t::right"], "t::next_one did not run"),
        (["--deselect", "test_it.py::t::right"], "::right was left out"),
    ],
)
def test_a_part_of_a_task_adopts_nothing(gate, selection, reason):
    run = gate.run(*selection)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert reason in run.reason
    assert "more)" not in run.reason  # it is said once


def test_workers_tell_what_a_selection_left_out(gate):
    run = gate.run("-k", "right", workers=("-n2",))

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "::next_one was left out" in run.reason


def test_another_task_that_is_left_out_counts_as_well(gate):
    (gate.path / "test_more.py").write_text(
        "from pytest_metamorphic_guard import *\n"
        "u = Task('u', inputs=[(1,)])\n@u.property\ndef fine(output, x): ...\n"
    )

    assert gate.run().outcome == "adopt"
    # One file is a choice of what to decide about; a keyword is none.
    assert gate.run("test_it.py").outcome == "adopt"
    assert gate.run("-k", "not fine").outcome == "inconclusive"


def test_a_skipped_relation_adopts_nothing(gate):
    source = (gate.path / "test_it.py").read_text()
    marked = source.replace("@t.property", "import pytest\n@t.property(marks=[pytest.mark.skip])")
    (gate.path / "test_it.py").write_text(marked)

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "t::right did not run" in run.reason


def test_a_law_whose_fixture_fails_adopts_nothing(gate, workers):
    extra = (
        "\nimport pytest\n@pytest.fixture\ndef service():\n    raise OSError('down')\n"
        "@t.law\ndef served(solve, x, *, service): ...\n"
    )
    gate.write(old=(), new=(), extra=extra)

    run = gate.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "served failed before it ran" in run.reason
    outcomes = {item["relation"]: item["outcome"] for item in run.report["items"]}
    assert outcomes == {"right": "passed", "next_one": "passed", "served": "error"}


def test_a_broken_relation_adopts_nothing(gate, workers):
    extra = "\n@t.relation\ndef broken(x):\n    raise LookupError(x)\n"
    gate.write(old=(), new=(), extra=extra)

    run = gate.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "broken could not be judged, so nothing is known about it: " in run.reason
    assert "the transformation of 'broken' raised LookupError: 0" in run.reason


def test_a_regression_rejects_although_something_else_is_broken(gate):
    extra = "\n@t.relation\ndef broken(x):\n    raise LookupError(x)\n"
    gate.write(old=(), new=(7,), extra=extra)

    run = gate.run()

    assert (run.ret, run.outcome) == (1, "reject")


def test_an_item_that_is_lost_with_its_worker_adopts_nothing(gate):
    (gate.path / "conftest.py").write_text(
        "import os\n"
        "def pytest_runtest_call(item):\n"
        "    if item.name == 'right':\n"
        "        os._exit(1)\n"
    )

    run = gate.run(workers=("-n2",))

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "right was lost with its process" in run.reason
    assert run.report["partial"] is True


def test_an_item_that_times_out_adopts_nothing(gate):
    (gate.path / "new.py").write_text(
        "import time\ndef solve(x):\n    time.sleep(0.2)\n    return x\n"
    )

    run = gate.run("--timeout=2", workers=("-n2",))

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "could not be judged" in run.reason


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_a_run_that_is_cut_short_decides_nothing(gate, option, workers):
    gate.write(old=(), new=(7,))

    run = gate.run(option, workers=workers)

    assert run.ret != 0
    assert run.report["partial"] is True
    assert run.report["gate"] is None
    assert "no decision: the run was cut short" in run.lines
    assert not any("metamorphic-guard::gate" in line for line in run.lines)


def test_a_run_that_is_interrupted_leaves_a_partial_report(gate, monkeypatch):
    summary = gate.path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    (gate.path / "conftest.py").write_text(
        "def pytest_runtest_setup(item):\n"
        "    if item.name == 'next_one':\n"
        "        raise KeyboardInterrupt\n"
    )

    # In this process Ctrl-C would end the outer run as well.
    run = gate.run(workers=("-n0",))

    assert run.ret == pytest.ExitCode.INTERRUPTED
    assert run.report["partial"] is True
    assert [item["relation"] for item in run.report["items"]] == ["right"]
    assert "no decision: the run was cut short" in summary.read_text()


def test_running_a_violated_item_again_does_not_make_it_hold(gate, flaky):
    (gate.path / "new.py").write_text(flaky)

    run = gate.run("--reruns=2")

    # The repeated item passes, and the gate remembers what it saw before.
    assert "1 rerun" in run.text
    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "did not repeat" in run.reason


def test_a_replay_decides_nothing(gate):
    gate.write(old=(), new=(7,))
    gate.run()
    report = gate.path / "first.json"
    (gate.path / "report.json").rename(report)

    bad = gate.run(f"--mg-replay={report}")
    gate.write(new=())
    good = gate.run(f"--mg-replay={report}")

    assert (bad.ret, bad.outcome) == (1, None)
    assert (good.ret, good.outcome) == (0, None)
    assert "no decision: a replay runs only what was violated before" in good.lines


def test_after_an_alert_the_last_failed_items_are_all_items(gate):
    gate.write(n=20, old=(), new=())
    first = gate.project.spawn(
        *("-p", "cacheprovider", "--mg-gate", "--mg-candidate=new.py", "--mg-baseline=old.py"),
        *("--mg-executor=inprocess", "--mg-policy=noninferior:margin=0.02"),
    )
    again = gate.project.spawn(
        *("-p", "cacheprovider", "--lf", "--mg-gate", "--mg-candidate=new.py"),
        *("--mg-baseline=old.py", "--mg-executor=inprocess"),
    )

    first.assert_outcomes(passed=2, failed=1)
    again.assert_outcomes(passed=3)
    assert again.ret == 0
