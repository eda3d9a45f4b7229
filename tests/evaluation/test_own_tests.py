"""Tests of the user's own that call an implementation are evidence for the gate."""

import pytest

COMPARE = """
import pytest

@pytest.mark.parametrize("x", [1, 7])
def test_same(mg_candidate, mg_baseline, x):
    assert mg_candidate(x) == mg_baseline(x)
"""
WEAK = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(x,) for x in range(5)])

@t.property
def number(output, x): ...
"""
BROKEN_SETUP = """
@pytest.fixture
def broken():
    1 / 0

def test_one(mg_candidate, broken):
    mg_candidate(1)
"""


@pytest.fixture
def own(gate):
    """A task that both implementations satisfy, beside a comparison of the user's own."""
    (gate.path / "test_own.py").write_text(COMPARE)
    return gate


def test_one_that_failed_rejects(own, workers):
    weak = (
        "from pytest_metamorphic_guard import *\nt = Task('t', inputs=[(x,) for x in range(5)])\n"
    )
    (own.path / "test_it.py").write_text(weak + "@t.property\ndef number(output, x): ...\n")
    own.write_implementation("new", 7)

    run = own.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert "test_own.py::test_same[7] failed" in run.reason
    found = {test["node_id"]: test["outcome"] for test in run.report["tests"]}
    assert found == {"test_own.py::test_same[1]": "passed", "test_own.py::test_same[7]": "failed"}


def test_one_that_passed_counts_beside_the_task(own, workers):
    run = own.run(workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert "2 tests of your own passed" in run.decisions[0]["notes"]


def test_a_run_of_such_tests_alone_decides_by_them(own, workers):
    (own.path / "test_it.py").unlink()

    good = own.run(workers=workers)
    rate = own.run("--mg-policy=noninferior:margin=0.1", workers=workers)
    own.write_implementation("new", 7)
    bad = own.run(workers=workers)

    assert (good.outcome, good.reason) == (
        "adopt",
        "2 tests of your own passed, which give no rate",
    )
    assert rate.outcome == "inconclusive"
    assert "no candidate was run" not in rate.reason
    assert (bad.outcome, bad.reason) == ("reject", "test_own.py::test_same[7] failed")


def test_each_candidate_has_its_own(own, workers):
    own.write_implementation("bad", 7)
    (own.path / "test_it.py").unlink()

    run = own.run("--mg-candidate=bad.py", workers=workers)

    assert {one["candidate"]: one["outcome"] for one in run.decisions} == {
        "new.py": "adopt",
        "bad.py": "reject",
    }


@pytest.mark.parametrize(
    "body",
    [
        "@pytest.mark.skip\ndef test_one(mg_candidate):\n    mg_candidate(1)\n",
        "def test_one(mg_candidate):\n    pytest.skip('no reason')\n",
        "def test_one(mg_candidate): ...\n",
        "def test_one(mg_baseline):\n    mg_baseline(1)\n",
    ],
    ids=["marked", "skips", "calls nothing", "baseline"],
)
def test_one_that_called_no_candidate_shows_nothing(own, body):
    (own.path / "test_it.py").unlink()
    (own.path / "test_own.py").write_text("import pytest\n" + body)

    run = own.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")


@pytest.mark.parametrize(
    "body",
    [
        "def test_one(mg_baseline):\n    assert mg_baseline(1) == 2\n",
        BROKEN_SETUP,
    ],
    ids=["baseline", "setup"],
)
def test_one_that_failed_for_another_reason_adopts_nothing(own, body, workers):
    (own.path / "test_own.py").write_text("import pytest\n" + body)

    run = own.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "test_own.py::test_one failed" in run.reason


def test_one_that_passes_when_it_is_run_again_rejects_all_the_same(own, flaky):
    (own.path / "test_it.py").unlink()
    (own.path / "new.py").write_text(flaky)

    run = own.run("--reruns=2")

    assert "1 rerun" in run.text
    assert run.outcome == "reject"


def test_one_that_is_expected_to_fail_does_not_reject(own, workers):
    (own.path / "test_own.py").write_text(COMPARE + "@pytest.mark.xfail\n" + OTHER)

    run = own.run(workers=workers)

    assert (run.ret, run.outcome) == (0, "adopt")
    assert any("test_known is marked xfail" in note for note in run.decisions[0]["notes"])


OTHER = "def test_known(mg_candidate):\n    assert mg_candidate(1) == 2\n"
RAISES = """
import pytest
from pytest_metamorphic_guard import CallFailed

def test_refuses(mg_candidate):
    with pytest.raises({kind}):
        mg_candidate(-1)
"""


@pytest.mark.parametrize("kind", ["CallFailed", "Exception", "BaseException"])
@pytest.mark.parametrize("source", ["1 / 0\n", "def solve(x)\n", "def other(x): ...\n"])
def test_what_cannot_be_called_is_no_refusal(own, kind, source):
    (own.path / "test_it.py").unlink()
    (own.path / "test_own.py").write_text(RAISES.format(kind=kind))
    (own.path / "new.py").write_text(source)

    run = own.run()

    assert (run.ret, run.outcome) == (1, "reject")
    assert run.reason.startswith("candidate new.py: ")
    run.result.assert_outcomes(failed=2)


def test_what_keeps_both_roles_from_being_called_decides_nothing(own):
    (own.path / "test_it.py").unlink()
    (own.path / "test_own.py").write_text(RAISES.format(kind="CallFailed"))
    for name in ("old", "new"):
        (own.path / f"{name}.py").write_text("import nothing_of_this_name\n")

    run = own.run()

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "test_refuses called nothing" in run.reason


def test_a_fixture_that_cannot_call_the_candidate_rejects_it(own, workers):
    (own.path / "test_it.py").unlink()
    (own.path / "test_own.py").write_text(
        "import pytest\n@pytest.fixture\ndef made(mg_candidate):\n    return mg_candidate(1)\n"
        "def test_one(made):\n    assert made == 1\n"
    )
    (own.path / "new.py").write_text("1 / 0\n")

    run = own.run(workers=workers)

    assert (run.ret, run.outcome) == (1, "reject")
    assert run.reason.startswith("candidate new.py: ")


def test_calls_that_the_sandbox_refuses_are_no_refusal_of_the_candidate(own):
    (own.path / "test_it.py").unlink()
    (own.path / "test_own.py").write_text(RAISES.format(kind="CallFailed"))
    (own.path / "new.py").write_text(SOCKET)

    run = own.run("--mg-executor=local")

    assert (run.ret, run.outcome) == (1, "inconclusive")
    assert "every call was refused, which shows nothing: candidate new.py: PermissionError" in (
        run.text
    )


SOCKET = "import socket\ndef solve(x):\n    return socket.socket().fileno()\n"
LAW = """
import pytest
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(1,), (2,)])

@t.law
def refuses(solve, x):
    with pytest.raises({kind}):
        solve(-x)
"""
PROPERTY = """
from pytest_metamorphic_guard import *

t = Task("t", inputs=[(1,), (2,)])

@t.property
def right(output, x):
    assert output == x
"""


@pytest.mark.parametrize(
    ("source", "kind"),
    [(SOCKET, "CallFailed"), ("1 / 0\n", "CallFailed"), ("1 / 0\n", "BaseException")],
)
def test_a_law_holds_for_nothing_that_was_not_called(gate, source, kind):
    (gate.path / "test_it.py").write_text(LAW.format(kind=kind))
    (gate.path / "new.py").write_text(source)

    found = gate.run("--mg-executor=local", baseline=None, gate=False)
    decided = gate.run("--mg-executor=local", baseline=None)

    found.result.assert_outcomes(failed=1)
    assert decided.outcome in {"inconclusive", "reject"}


def test_a_law_may_expect_that_every_input_is_refused(gate):
    (gate.path / "test_it.py").write_text(LAW.format(kind="CallFailed"))
    (gate.path / "new.py").write_text("def solve(x):\n    raise ValueError(x)\n")

    assert gate.run(baseline=None).outcome == "adopt"


@pytest.mark.parametrize("source", [SOCKET, "def solve(x):\n    raise ValueError(x)\n"])
def test_where_no_call_returned_nothing_is_known_of_regressions(gate, source, workers):
    (gate.path / "test_it.py").write_text(PROPERTY)
    for name in ("old", "new"):
        (gate.path / f"{name}.py").write_text(source)

    found = gate.run("--mg-executor=local", "--mg-fail-on=regression", gate=False, workers=workers)
    decided = gate.run("--mg-executor=local", workers=workers)

    assert found.ret == 1
    assert "every call of baseline old.py failed, so 'right' shows nothing" in found.text
    assert decided.outcome == "inconclusive"
