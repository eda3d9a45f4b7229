"""What explains a run on its page: the topics of what went wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.report.topics import Topic, read_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["view_why"]


def view_why(report: Mapping[str, Any]) -> list[Topic]:
    """Return the topics that explain a report, as the terminal leads to them."""
    words = {*_find_words(report)}
    return [_leave_plain(topic) for topic in read_topics().values() if topic.word in words]


def _find_words(report: Mapping[str, Any]) -> Iterator[str]:
    outcome = (report.get("gate") or {}).get("outcome")
    if outcome not in {None, "adopt"}:
        yield "decision"
    if report.get("violations"):
        yield "violation"
    if _have(report.get("monitors"), "status", {"warned", "failed"}):
        yield "monitor"
    if report.get("vacuity"):
        yield "strength"
    if any(one.get("refused") for one in report.get("implementations") or []):
        yield "isolation"


def _have(rows: Iterable[Mapping[str, Any]] | None, key: str, values: set[str]) -> bool:
    return any(row.get(key) in values for row in rows or ())


def _leave_plain(topic: Topic) -> Topic:
    parts = {name: getattr(topic, name).replace("`", "") for name in ("title", "why", "remedy")}
    return topic._replace(**parts)
