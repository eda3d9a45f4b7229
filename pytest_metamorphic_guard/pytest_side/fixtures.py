"""The implementations as plain functions, for a user's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.contracts.outcomes import find_refusal
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.pytest_side.activation import get_session
from pytest_metamorphic_guard.pytest_side.options import NO_CANDIDATE
from pytest_metamorphic_guard.pytest_side.task_classes import label_candidates
from pytest_metamorphic_guard.runner.call_errors import CallFailed, Unusable
from pytest_metamorphic_guard.runner.solving import Solve
from pytest_metamorphic_guard.tasks.implementations import DEFAULT_FUNCTION, Implementation
from pytest_metamorphic_guard.watch.feed import FedMonitors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.evaluation.own_tests import OwnCalls
    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["find_monitors", "make_solve", "parametrize_candidates"]


def parametrize_candidates(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses ``mg_candidate`` once per candidate, where several are given."""
    labels = label_candidates(_find(get_session(metafunc.config), "candidate"))
    if len(labels) > 1:
        # Hypothesis tells parametrized tests by the mark: without it a method fails its health
        # check for the second candidate, and all candidates share one entry of the database.
        mark = pytest.mark.parametrize("mg_candidate", list(labels))
        parameters = [pytest.param(label, marks=mark, id=label) for label in labels]
        metafunc.parametrize("mg_candidate", parameters, indirect=True, scope="session")


def find_monitors(request: pytest.FixtureRequest) -> FedMonitors:
    """Return the session's monitors by id."""
    session = get_session(request.config)
    return FedMonitors([monitor.id for monitor in session.monitors], session.feed)


def make_solve(request: pytest.FixtureRequest, role: str) -> Solve:
    """Return the implementation of a role as a function; skip the test if none was given."""
    session = get_session(request.config)
    session.used_fixtures = True
    found = _find(session, role)
    if not found:
        pytest.skip(NO_CANDIDATE.replace("candidate", role))
    labels = label_candidates(found)
    label = getattr(request, "param", None) or list(labels)[-1 if role == "baseline" else 0]
    try:
        caller = session.evaluation.make_caller(role, labels[label])
    except MetamorphicGuardError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    # A first call that starts a worker would break the deadline of a user's @given test.
    caller.warm_up()
    baselines = _find(session, "baseline") if role == "candidate" else ()
    before = session.evaluation.make_caller("baseline", baselines[-1]) if baselines else None
    return FixtureSolve(caller, session.own_calls, before)


class FixtureSolve(Solve):
    """An implementation for tests that are not ours.

    A broken executor is an ordinary error. What could not be called at all ends the test, since
    `CallFailed` would satisfy one that expects an implementation to refuse what it is given.
    """

    def __init__(self, caller: Caller, own_calls: OwnCalls, before: Caller | None) -> None:
        super().__init__(caller)
        self._own_calls = own_calls
        self._before = before

    def __call__(self, *args: Any) -> Any:
        __tracebackhide__ = True
        self.executions.clear()
        refusal: str | None = None
        try:
            return super().__call__(*args)
        except CallFailed as failed:
            refusal = find_refusal(failed.outcome)
            raise
        except Unusable as unusable:
            if not isinstance(unusable.error, CallFailed):
                raise unusable.error from None
            refusal = unusable.error.error
            self._own_calls.unusable[self._caller.role] = unusable.error
            self._ask_baseline(args)
            raise
        finally:
            self._own_calls.count(self._caller, refusal)

    def _ask_baseline(self, args: tuple[Any, ...]) -> None:
        """Find out whether what keeps the candidate from being called keeps the baseline, too."""
        if self._before is None:
            return
        try:
            self._before.call(args)
        except Unusable as unusable:
            if isinstance(unusable.error, CallFailed):
                self._own_calls.unusable["baseline"] = unusable.error


def _find(session: GuardSession, role: str) -> Sequence[Implementation]:
    settings = session.settings
    given = settings.candidates if role == "candidate" else settings.baselines
    return [a.implementation.with_function(DEFAULT_FUNCTION) for a in given]
