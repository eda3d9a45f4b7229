"""Tests of the users' own that call the implementations: each must show something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.evaluation.own_tests import describe_own_test
from pytest_metamorphic_guard.pytest_side.places import find_label
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.own_drawing import follow_seed
from pytest_metamorphic_guard.values.deciding import Undecidable, deciding

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_metamorphic_guard.evaluation.own_tests import Ending, OwnTest
    from pytest_metamorphic_guard.pytest_side.session import GuardSession

__all__ = ["FIXTURES", "describe_own", "run_own", "seed_own"]

FIXTURES = frozenset({"mg_baseline", "mg_candidate"})


def seed_own(item: pytest.Function, session: GuardSession) -> None:
    """Let what hypothesis draws for it follow the seed of the run."""
    given = session.config.getoption("hypothesis_seed", None) is not None
    if not given and not FIXTURES.isdisjoint(item.fixturenames):
        follow_seed(item.obj, session.settings.seed)


def run_own(session: GuardSession) -> Generator[None, object, object]:
    """Run it, and fail it where it shows nothing: where nothing was called, or compared."""
    answer = None
    with deciding() as met:
        try:
            answer = yield
        except Unusable as unusable:
            raise pytest.fail.Exception(str(unusable), pytrace=False) from None
        except (Exception, Undecidable, pytest.fail.Exception):
            if not met:
                raise
    if met:
        session.own_calls.undecided = met[0].reason
        raise pytest.fail.Exception(f"the test decides nothing: {met[0].reason}", pytrace=False)
    fault = session.own_calls.find_fault()
    if fault is not None:
        raise pytest.fail.Exception(fault, pytrace=False)
    return answer


def describe_own(
    item: pytest.Item, report: pytest.TestReport, session: GuardSession
) -> OwnTest | None:
    """Return what it says about the implementations; None where it has none of their fixtures."""
    used = FIXTURES.intersection(getattr(item, "fixturenames", ()))
    outcome: Ending
    if report.skipped:
        outcome = "expected" if hasattr(report, "wasxfail") else "skipped"
    else:
        outcome = "passed" if report.passed else "failed"
    return describe_own_test(
        roles={name.removeprefix("mg_") for name in used},
        label=find_label(item),
        outcome=outcome,
        calls=session.own_calls,
        is_call=report.when == "call",
    )
