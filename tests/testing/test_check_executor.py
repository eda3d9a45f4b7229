"""The conformance check: what it says of good, plain and faulty executors."""

import subprocess
import sys
import textwrap
import threading

import pytest

from pytest_metamorphic_guard.executors.inprocess import InprocessExecutor
from pytest_metamorphic_guard.executors.local import LocalExecutor
from pytest_metamorphic_guard.testing import (
    CheckResult,
    ExecutorContractError,
    ExecutorReport,
    check_executor,
)

# Ten times what a quiet machine needs, so that a busy one does not turn a kill into a late one.
PATIENT = {"timeout_s": 60.0, "overrun_s": 10.0}


class AlwaysNone:
    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        return None


class RaisesAlways:
    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        raise OSError("no such service")


class NoTimeLimit:
    """A good executor in every other respect; each call has all the time it wants."""

    def __init__(self):
        self.inner = LocalExecutor()

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        return self.inner.execute(file_path, func_name, args, 60.0, mem_mb)


class Wrapped:
    """The local executor with something done to its payloads."""

    def __init__(self, change):
        self.inner = LocalExecutor()
        self.change = change

    def execute(self, *call):
        payload = self.inner.execute(*call)
        return self.change(payload) or payload


@pytest.fixture
def closing():
    executors = []

    def keep(executor):
        executors.append(executor)
        return executor

    yield keep
    for executor in executors:
        getattr(executor, "inner", executor).close()


def test_the_local_executor_keeps_its_contract_and_promises_everything(closing):
    report = check_executor(closing(LocalExecutor()), **PATIENT)
    report.assert_contract()
    assert report.unpromised == (), str(report)
    assert {result.area for result in report.results} == {
        "contract",
        "results",
        "limits",
        "hostile",
    }
    assert all(result.held for result in report.results)


@pytest.mark.filterwarnings("ignore::pytest_metamorphic_guard.errors.IsolationWarning")
def test_the_inprocess_executor_keeps_its_contract_and_says_what_it_does_not_promise():
    report = check_executor(InprocessExecutor(), **PATIENT)
    report.assert_contract()
    assert set(report.unpromised) == {
        "does not enforce time limits",
        "does not limit memory",
        "lets the candidate's KeyboardInterrupt through",
        "does not survive a candidate that ends its process",
        "does not protect its channels, or the caller's files, from the candidate",
        "lets the class of a result decide what it equals",
    }


def test_an_executor_that_returns_none_breaks_every_requirement():
    report = check_executor(AlwaysNone())
    assert {result.area for result in report.results} == {"contract"}
    assert not any(result.held for result in report.results)
    with pytest.raises(ExecutorContractError, match="execute\\(\\) returned NoneType") as caught:
        report.assert_contract()
    assert caught.value.faults == report.faults
    assert len(report.faults) == len(report.results)
    assert isinstance(caught.value, AssertionError)


def test_an_executor_that_raises_is_told_so():
    report = check_executor(RaisesAlways(), name="remote")
    assert report.executor == "remote"
    assert all("execute() raised OSError: no such service" in fault for fault in report.faults)


def test_a_missing_time_limit_is_no_fault_but_is_said(closing):
    report = check_executor(closing(NoTimeLimit()), hostile=False, **PATIENT)
    report.assert_contract()
    assert report.unpromised == ("does not enforce time limits",)
    late = [result for result in report.results if not result.held]
    assert [result.area for result in late] == ["limits"] * 3
    assert "returned after its time was over: it took" in late[0].sentence


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda payload: payload.update(duration_ms=1e9), "duration_ms=1e+09 for a call that took"),
        (lambda payload: payload.update(duration_ms=-1), "duration_ms=-1 for a call"),
        (lambda payload: payload.update(duration_ms="1"), "duration_ms of type str"),
        (lambda payload: payload.update({7: "seven"}), "a key of the dict is 7"),
        (lambda payload: payload.update(success=True), "success=True and None"),
        (lambda payload: payload.update(error=""), "no text under the key 'error'"),
        (lambda payload: payload.pop("success") and None, "no key 'success'"),
        (lambda payload: payload.update(stdout=b""), "stdout of type bytes"),
        (
            lambda payload: payload.update(result=str(payload["result"])),
            "the call returned '5', expected 5",
        ),
    ],
)
def test_each_fault_is_named(closing, change, fault):
    executor = closing(Wrapped(change))
    report = check_executor(executor, hostile=False, limits=False)
    assert any(fault in found for found in report.faults), str(report)


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        (lambda payload: payload.pop("stderr") and None, "leaves out keys that the contract lists"),
        (lambda payload: payload.update(stdout=""), "does not capture what the candidate prints"),
    ],
)
def test_each_missing_promise_is_named(closing, change, lack):
    executor = closing(Wrapped(lambda payload: None if not payload["success"] else change(payload)))
    report = check_executor(executor, hostile=False, limits=False)
    report.assert_contract()
    assert lack in report.unpromised


def test_further_keys_are_no_fault(closing):
    executor = closing(Wrapped(lambda payload: payload.update(cost_usd=0.1, tokens_total=7)))
    report = check_executor(executor, hostile=False, limits=False)
    report.assert_contract()
    assert report.unpromised == ()


def test_the_report_fits_80_columns_and_says_the_verdict_first():
    for report in (check_executor(RaisesAlways()), ExecutorReport("mine", LONG)):
        lines = str(report).splitlines()
        assert max(map(len, lines)) <= 80
    assert lines[0] == "mine keeps its contract"
    assert lines[-1] == "  - does not limit memory"
    assert lines[6].startswith("  NO  memory memory")


LONG = (
    CheckResult(area="contract", name="a", held=True, sentence="holds", lack=""),
    CheckResult(
        area="limits",
        name="memory " * 30,
        held=False,
        sentence="x " * 100,
        lack="does not limit memory",
    ),
)


def test_the_check_leaves_no_thread_no_process_and_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    executor = LocalExecutor()
    threads = threading.active_count()
    check_executor(executor, limits=False, timeout_s=60.0)
    executor.close()
    assert threading.active_count() == threads
    assert list(tmp_path.glob("mg-check-*")) == []


def test_checking_an_executor_needs_no_pytest():
    script = """
    import sys
    from pytest_metamorphic_guard.testing import check_executor
    class Nothing:
        def execute(self, *call): return None
    check_executor(Nothing())
    print(sorted({"pytest", "_pytest", "hypothesis"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
