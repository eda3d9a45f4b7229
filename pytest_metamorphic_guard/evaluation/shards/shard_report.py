"""What the report of one shard carries for merging, written and read."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_args

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.gaps import Missing
from pytest_metamorphic_guard.evaluation.gathered import Gathered
from pytest_metamorphic_guard.gate.policies import Policy
from pytest_metamorphic_guard.gate.rules import Rules, TaskRules
from pytest_metamorphic_guard.report.contents import ShardRecord
from pytest_metamorphic_guard.report.shard_data import unpack_shard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pytest_metamorphic_guard.settings import Shard

__all__ = ["MergeError", "ShardReport", "describe_shard", "read_shard"]

_POLICIES = {kind.__name__: kind for kind in get_args(Policy)}


class MergeError(MetamorphicGuardError):
    """Reports that cannot be merged.

    Args:
        path: The report at which it was seen.
        fault: What is wrong, and what to do.
    """

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.path}: {self.fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """The report of one shard.

    Attributes:
        path: Its file.
        document: The report.
        number: Which shard it is, from 1.
        count: How many there are.
        gathered: What its items brought.
        rules: What is judged by.
        names: What the user wrote to name each candidate, by label.
        borrowed: What candidates need of their baseline.
        monitors: What watches the calls, as the user wrote it.
        failed: Tests of any kind that failed, by node id.
        interrupted: Whether it was cut short.
    """

    path: str
    document: Mapping[str, Any]
    number: int
    count: int
    gathered: Gathered
    rules: Rules
    names: Mapping[str, str]
    borrowed: tuple[Missing, ...]
    monitors: tuple[str, ...]
    failed: tuple[str, ...]
    interrupted: bool

    @property
    def title(self) -> str:
        """Its number and its file, for messages."""
        return f"shard {self.number}/{self.count} ({self.path})"


def describe_shard(  # noqa: PLR0913 - all that a run knows at its end
    shard: Shard,
    gathered: Gathered,
    rules: Rules,
    *,
    names: Mapping[str, str],
    borrowed: Sequence[Missing],
    monitors: Sequence[str],
    failed: Sequence[str],
    interrupted: bool,
) -> ShardRecord:
    """Return what merging needs of a run; see `ShardReport`."""
    plain = gathered.to_dict()
    encoded = _lift(plain)
    data = {
        "gathered": plain,
        "rules": _write_rules(rules),
        # What users name may look like the name of a secret, so it is no key.
        "names": [list(pair) for pair in names.items()],
        "borrowed": [one._asdict() for one in borrowed],
        "monitors": list(monitors),
        "failed": list(failed),
        "interrupted": interrupted,
    }
    return ShardRecord(number=shard.number, count=shard.count, data=data, encoded=tuple(encoded))


def read_shard(path: Path) -> ShardReport:
    """Read the report of a shard.

    Raises:
        MergeError: There is no such report, it is damaged, or it is none of a shard.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MergeError(str(path), f"cannot read it: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise MergeError(str(path), "it is damaged: it is no JSON") from None
    is_report = isinstance(document, dict) and "report_version" in document
    if not is_report or not isinstance(document.get("tool"), dict):
        raise MergeError(str(path), "it is no report written by --mg-report")
    if "shard" not in document:
        raise MergeError(str(path), "it is no shard: its run had no --mg-shard")
    try:
        return _read(str(path), document)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise MergeError(str(path), "it is damaged: run its shard again") from None


def _read(path: str, document: dict[str, Any]) -> ShardReport:
    data, encoded = unpack_shard(document["shard"]["data"])
    _put_back(data["gathered"], encoded)
    return ShardReport(
        path=path,
        document=document,
        number=int(document["shard"]["number"]),
        count=int(document["shard"]["count"]),
        gathered=Gathered.from_dict(data["gathered"]),
        rules=_read_rules(data["rules"]),
        names=dict(data["names"]),
        borrowed=tuple(Missing(**one) for one in data["borrowed"]),
        monitors=tuple(data["monitors"]),
        failed=tuple(data["failed"]),
        interrupted=data["interrupted"],
    )


def _lift(plain: dict[str, Any]) -> list[str]:
    """Take out the texts of which a secret may not be cut out, and leave their number instead."""
    encoded: list[str] = []
    for holder, key in _list_encoded(plain):
        encoded.append(holder[key])
        holder[key] = len(encoded) - 1
    return encoded


def _put_back(plain: dict[str, Any], encoded: Sequence[str]) -> None:
    for holder, key in _list_encoded(plain):
        holder[key] = encoded[holder[key]]


def _list_encoded(plain: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return where encoded texts stand."""
    found: list[tuple[Any, Any]] = []
    for _, item in plain["items"]:
        found += [(item, "records"), (item, "encoded_inputs")]
        share = item["share"] or {}
        apart = (item["difference"], share.get("apart"))
        found += [(one, "replay") for one in apart if one]
        found += [(one, "encoded_inputs") for one in (share.get("missed"),) if one]
    for fed in plain["fed"]:
        fed[3] = [list(pair) for pair in fed[3]]
        found += [(pair, 1) for pair in fed[3]]
    return found


def _write_rules(rules: Rules) -> dict[str, Any]:
    return {
        "policy": _write_policy(rules.policy),
        "min_pass_rate": rules.min_pass_rate,
        "fail_on_alert": rules.fail_on_alert,
        "tasks": [
            [
                name,
                None if own.policy is None else _write_policy(own.policy),
                own.min_pass_rate,
                [list(pair) for pair in own.relations.items()],
            ]
            for name, own in rules.tasks.items()
        ],
    }


def _read_rules(data: dict[str, Any]) -> Rules:
    return Rules(
        policy=_read_policy(data["policy"]),
        min_pass_rate=data["min_pass_rate"],
        fail_on_alert=data["fail_on_alert"],
        tasks={
            name: TaskRules(
                policy=None if policy is None else _read_policy(policy),
                min_pass_rate=rate,
                relations=dict(relations),
            )
            for name, policy, rate, relations in data["tasks"]
        },
    )


def _write_policy(policy: Policy) -> list[Any]:
    return [type(policy).__name__, *(getattr(policy, field.name) for field in fields(policy))]


def _read_policy(data: list[Any]) -> Policy:
    policy: Policy = _POLICIES[data[0]](*data[1:])
    return policy
