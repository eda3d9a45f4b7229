"""What items and the decision leave in the XML that CI servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.gate.ranking import Ranking

__all__ = ["list_properties", "note_counts"]


def note_counts(item: pytest.Item, result: ItemResult) -> None:
    """Keep the counts of a result as properties of its item."""
    # junit XML is written from the item's properties when the teardown has been reported.
    # An earlier attempt of a plugin that runs items again has left its own.
    item.user_properties[:] = [
        *(pair for pair in item.user_properties if pair[0] not in ("mg_cases", "mg_status")),
        ("mg_cases", result.verdict.cases),
        ("mg_status", result.verdict.status),
    ]
    if result.measurement is not None:
        counts = result.measurement.counts
        item.user_properties += [(f"mg_{name}", number) for name, number in counts.items()]


def list_properties(ranking: Ranking) -> list[tuple[str, object]]:
    """Return the counts of the best candidate, for junit XML."""
    found: list[tuple[str, object]] = [("mg_outcome", ranking.outcome.value)]
    if ranking.adopt is not None:
        found.append(("mg_adopt", ranking.adopt))
    for decision in ranking.decisions[:1]:
        found.append(("mg_inputs", sum(task.ran for task in decision.tasks)))
        pairs = [task.pairs for task in decision.tasks if task.pairs is not None]
        if pairs:
            found.append(("mg_regressions", sum(pair.regressions for pair in pairs)))
            found.append(("mg_improvements", sum(pair.improvements for pair in pairs)))
    return found
