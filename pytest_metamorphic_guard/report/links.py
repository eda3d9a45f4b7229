"""What leads from the summary of a run to the topics that explain it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.report.contents import MonitorResult
    from pytest_metamorphic_guard.report.tables import MonitorLine

__all__ = ["find_words", "list_links", "name_item"]

# Topics of items that nobody collected, where the word is not their name.
_TOPICS = {"gate": "decision", "vacuity": "strength"}


def find_words(
    ranking: Ranking | None,
    monitors: Sequence[MonitorResult | MonitorLine] = (),
    refused: Sequence[RefusedCalls] = (),
) -> set[str]:
    """Return the words of the topics that explain what a run concluded.

    Args:
        ranking: What was decided; None where nothing was, and where that is no surprise.
        monitors: What monitors concluded.
        refused: What a sandbox refused.
    """
    found = {
        "decision": ranking is not None and ranking.adopt is None,
        "monitor": any(result.status in {"warned", "failed"} for result in monitors),
        "isolation": bool(refused),
    }
    return {word for word, is_said in found.items() if is_said}


def name_item(name: str) -> str:
    """Return the word for an item that nobody collected.

    Args:
        name: Its name, such as ``gate`` or ``monitor[latency]``, and what may follow a colon.
    """
    kind = re.split(r"[\[:]", name)[0]
    return _TOPICS.get(kind, kind)


def list_links(words: Iterable[str]) -> list[str]:
    """Return the lines that lead to topics, in the order of the page of messages."""
    given = set(words)
    if not given:
        return []
    # Not loaded for a run without a fault, which starts sooner.
    from pytest_metamorphic_guard.report.topics import read_topics

    return [f"why: pytest --mg-why={word}" for word in read_topics() if word in given]
