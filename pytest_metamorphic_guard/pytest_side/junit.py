"""What an item's result leaves in the XML that CI servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_metamorphic_guard.evaluation.transport import ItemResult

__all__ = ["note_counts"]


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
