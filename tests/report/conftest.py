import pytest

from pytest_metamorphic_guard.gate.evidence import (
    AlertEvidence,
    CheckResult,
    Evidence,
    InputResult,
    RelationEvidence,
    TaskEvidence,
)

SIGNS = {"+": True, "-": False, "n": None}


def _make_evidence(  # noqa: PLR0913 - every fact can matter to a test
    rows,
    *,
    relations=("reordered", "larger_k"),
    task="top_k",
    candidate="new",
    baseline="old",
    confirmed=True,
    alerts=(),
):
    """Make evidence from rows such as '++ +-': baseline and candidate per relation."""
    results = tuple(
        InputResult(
            index,
            tuple(
                CheckResult(
                    name,
                    candidate=SIGNS[cell[1]],
                    baseline=SIGNS[cell[0]],
                    confirmed=confirmed and cell[1] == "-",
                )
                for name, cell in zip(relations, row.split(), strict=True)
            ),
        )
        for index, row in enumerate(rows)
    )
    evidence = TaskEvidence(
        task=task,
        planned=len(results),
        relations=tuple(RelationEvidence(name=name) for name in relations),
        results=results,
        baseline=baseline,
    )
    alerts = tuple(
        AlertEvidence(monitor="latency", kind="latency_regression", severity=severity, message=text)
        for severity, text in alerts
    )
    return Evidence(candidate=candidate, tasks=(evidence,), alerts=alerts)


@pytest.fixture
def make_evidence():
    return _make_evidence
