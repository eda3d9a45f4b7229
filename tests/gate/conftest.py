import pytest

from pytest_metamorphic_guard.gate.evidence import (
    CheckResult,
    Evidence,
    InputResult,
    RelationEvidence,
    TaskEvidence,
)


def _make_task(  # noqa: PLR0913 - every fact of a task can matter to a test
    *,
    both_pass=0,
    regressions=0,
    improvements=0,
    both_fail=0,
    confirmed=True,
    task="top_k",
    relation="reordered",
    baseline="old",
    planned=None,
    skipped=0,
    group_size=None,
    **relation_options,
):
    """Make a task with one relation, by how often each combination of results was seen."""
    cells = [(True, True)] * both_pass + [(True, False)] * regressions
    cells += [(False, True)] * improvements + [(False, False)] * both_fail
    results = tuple(
        InputResult(
            index,
            (
                CheckResult(
                    relation,
                    candidate=candidate,
                    baseline=None if baseline is None else old,
                    confirmed=confirmed and not candidate,
                ),
            ),
            group=None if group_size is None else str(index // group_size),
        )
        for index, (old, candidate) in enumerate(cells)
    )
    return TaskEvidence(
        task=task,
        planned=len(results) + skipped if planned is None else planned,
        relations=(RelationEvidence(name=relation, **relation_options),),
        results=results,
        baseline=baseline,
        skipped=skipped,
    )


def _make_checks(rows, *, relations=("a", "b"), baseline="old", confirmed=True):
    """Make a task from rows such as '++ +-': baseline and candidate per relation, n for none."""
    signs = {"+": True, "-": False, "n": None}
    results = tuple(
        InputResult(
            index,
            tuple(
                CheckResult(
                    name,
                    candidate=signs[cell[1]],
                    baseline=signs[cell[0]],
                    confirmed=confirmed and cell[1] == "-",
                )
                for name, cell in zip(relations, row.split(), strict=True)
            ),
        )
        for index, row in enumerate(rows)
    )
    return TaskEvidence(
        task="top_k",
        planned=len(results),
        relations=tuple(RelationEvidence(name=name) for name in relations),
        results=results,
        baseline=baseline,
    )


@pytest.fixture
def make_task():
    return _make_task


@pytest.fixture
def make_checks():
    return _make_checks


@pytest.fixture
def make_evidence():
    """Make one candidate's evidence: of the given tasks, or of one task made from counts."""

    def make(*tasks, alerts=(), candidate="new", **counts):
        return Evidence(
            candidate=candidate, tasks=tasks or (_make_task(**counts),), alerts=tuple(alerts)
        )

    return make
