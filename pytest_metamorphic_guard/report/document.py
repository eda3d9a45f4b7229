"""A run as a JSON document: versioned, without secrets, and the same bytes for the same run.

Everything that depends on the clock stands under ``times``, apart from what monitors measured.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import clean, clean_name
from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.gate.plain import to_plain
from pytest_metamorphic_guard.report.redaction import Redaction
from pytest_metamorphic_guard.report.shard_data import pack_shard

if TYPE_CHECKING:
    from pytest_metamorphic_guard.contracts.strengths import Strength
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.report.contents import ItemRecord, RunRecord, ViolationRecord

__all__ = ["REPORT_VERSION", "read_schema", "to_document", "write_document"]

REPORT_VERSION = "1.2"

_LONGEST_TEXT = 2000
_DEEPEST = 20
_LONGEST_INT = 10_000  # bits


def to_document(run: RunRecord) -> dict[str, Any]:  # one of its lines per key
    """Return the report as plain JSON data that satisfies the schema of `read_schema`."""
    document = {
        "report_version": REPORT_VERSION,
        "tool": {"name": "pytest-metamorphic-guard", "version": run.version},
        "partial": run.partial,
        "seed": run.seed,
        "seed_source": run.seed_source,
        "options": run.options,
        "environment": run.environment,
        "implementations": to_plain(run.implementations),
        "executors": to_plain(run.executors),
        "items": [_write_item(item) for item in _sort_items(run.items)],
        "tests": to_plain(run.tests),
        "gate": None if run.ranking is None else _write_gate(run.ranking),
        "violations": [_write_violation(entry) for entry in run.violations],
        "differences": to_plain(run.differences),
        "monitors": to_plain(run.monitors),
        "known": to_plain(run.known),
        "samples": to_plain(run.samples),
        "calls": [one.to_dict() for one in run.calls],
        "strength": [_write_strength(one) for one in run.strengths],
        "vacuity": [one.to_dict() for one in run.accepted],
        "times": {
            "started_at": run.started_at,
            "duration_s": run.duration_s,
            "items_s": {item.node_id: item.duration_s for item in run.items},
            "strength_s": {name_task(one.task, one.where): one.duration_s for one in run.strengths},
        },
    }
    plain = _to_json(document)
    configurations = [executor["config"] for executor in plain["executors"]]
    redaction = Redaction(
        plain["options"], plain["environment"], *configurations, known=run.secrets
    )
    cleaned: dict[str, Any] = redaction.apply(plain)
    if run.shard is not None:
        cleaned["shard"] = {
            "number": run.shard.number,
            "count": run.shard.count,
            "data": pack_shard(redaction.apply(run.shard.data), run.shard.encoded),
        }
    replays = [
        *(violation.replay for violation in run.violations),
        *(difference.replay for difference in run.differences),
    ]
    for entry, replay in zip(
        (*cleaned["violations"], *cleaned["differences"]), replays, strict=True
    ):
        # Its bytes are an encoded input; a replacement inside would make it another input.
        entry["replay"] = replay
    return cleaned


def write_document(document: Mapping[str, Any]) -> str:
    """Return the document as text: sorted keys, ASCII, no NaN, a newline at its end."""
    return json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n"


def read_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of the report."""
    text = files("pytest_metamorphic_guard.report").joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _sort_items(items: tuple[ItemRecord, ...]) -> list[ItemRecord]:
    # Under pytest-xdist items end in any order.
    return sorted(items, key=lambda item: item.node_id)


def _write_item(item: ItemRecord) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(item)
    del plain["duration_s"]
    if not item.noise:
        del plain["noise"]
    return plain


def _write_gate(ranking: Ranking) -> dict[str, Any]:
    return {**ranking.to_dict(), "outcome": ranking.outcome.value}


def _write_violation(violation: ViolationRecord) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(violation)
    if violation.shown is not None:
        del plain["shown"]["id"]  # it stands beside it
    return plain


def _write_strength(strength: Strength) -> dict[str, Any]:
    plain = strength.to_dict()
    del plain["duration_s"]
    return {**plain, "interval": {key: plain.pop(key) for key in ("lower", "upper")}}


def _to_json(value: Any, depth: int = 0) -> Any:
    """Return any value as JSON data; what has no JSON form is written as text."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _containers_to_json(value, depth + 1) if depth < _DEEPEST else "..."
    match value:
        case None | bool():
            return value
        case int():  # Python refuses to write a very long one in decimal
            return value if value.bit_length() <= _LONGEST_INT else hex(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            # Some readers print what they read; a lone surrogate no encoder accepts.
            return clean(value)
        case _:
            return _to_json(_describe(value), depth)


def _containers_to_json(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {clean_name(str(key)): _to_json(item, depth) for key, item in value.items()}
    items = [_to_json(item, depth) for item in value]
    # A set has no order of its own that two runs would share.
    return sorted(items, key=repr) if isinstance(value, set | frozenset) else items


def _describe(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a stranger's repr may do anything
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
