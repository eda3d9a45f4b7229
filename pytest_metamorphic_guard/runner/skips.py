"""Inputs that a check gives up after it saw an output, which would let a candidate choose them."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING

import hypothesis.errors

from pytest_metamorphic_guard.runner.case_results import CaseResult, Fault
from pytest_metamorphic_guard.tasks.declarations import Law, Property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.runner.case_results import FaultKind
    from pytest_metamorphic_guard.tasks.entries import Entry

__all__ = ["allow_assume", "follows_outputs", "settle_skips"]


@contextlib.contextmanager
def allow_assume() -> Iterator[None]:
    """Let ``hypothesis.assume()`` mean the same for a listed input as for a drawn one."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Using `assume`", hypothesis.errors.HypothesisDeprecationWarning
        )
        yield


def settle_skips(entry: Entry, results: dict[str, CaseResult]) -> dict[str, CaseResult]:
    """Return the results of a case, in which a role that alone was skipped violates the entry.

    Raises:
        Exception: What ended the check, where it ended for every role.
    """
    skips = [result.skip for result in results.values() if result.skip is not None]
    if not skips:
        return results
    if len(skips) == len(results):
        raise skips[0]
    return {
        role: result if result.skip is None else _make_violated(entry, result)
        for role, result in results.items()
    }


def follows_outputs(results: dict[str, CaseResult]) -> bool:
    """Tell whether a candidate that nobody is compared with answered before it was skipped."""
    return len(results) == 1 and any(
        result.skip is not None and result.executions for result in results.values()
    )


def _make_violated(entry: Entry, result: CaseResult) -> CaseResult:
    other = "baseline" if result.role == "candidate" else "candidate"
    message = f"skipped by assume() for the {result.role} and not for the {other}"
    kind: FaultKind = "expectation"
    if isinstance(entry.subject, Law | Property):
        kind = "law" if isinstance(entry.subject, Law) else "property"
    return result._replace(fault=Fault(kind, message, label="skipped"), skip=None)
