"""Whether the reports of shards are those of one run, each there once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.evaluation.shards.shard_report import MergeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_metamorphic_guard.evaluation.shards.shard_report import ShardReport

__all__ = ["require_fit"]

# What may differ between the machines of one run.
_OF_MACHINES = frozenset({"platform"})


def require_fit(shards: Sequence[ShardReport], version: str) -> None:
    """Refuse reports that do not make up one run.

    Args:
        shards: The reports, in any order.
        version: The version of this distribution.

    Raises:
        MergeError: One is missing, twice, cut short, or of another run.
    """
    first = shards[0]
    for shard in shards:
        made = shard.document["tool"].get("version")
        if made != version:
            fault = f"it was written by version {made} and this is {version}: merge it with that"
            raise MergeError(shard.path, f"{fault} one")
    for shard in shards[1:]:
        if shard.count != first.count:
            fault = f"it is one of {shard.count} shards, and {first.path} is one of {first.count}"
            raise MergeError(shard.path, fault)
    _require_all(shards)
    for shard in shards:
        if shard.interrupted:
            raise MergeError(shard.path, f"shard {shard.number} was cut short: run it again")
    for shard in shards[1:]:
        differs = _find_difference(first, shard)
        if differs is not None:
            raise MergeError(shard.path, f"{differs} than {first.title}")


def _require_all(shards: Sequence[ShardReport]) -> None:
    seen: dict[int, str] = {}
    for shard in shards:
        if shard.number in seen:
            fault = f"it is shard {shard.number} of {shard.count}, and so is {seen[shard.number]}"
            raise MergeError(shard.path, fault)
        seen[shard.number] = shard.path
    count = shards[0].count
    missing = [number for number in range(1, count + 1) if number not in seen]
    if missing:
        which = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")  # noqa: PLR2004
        word = "shard" if len(missing) == 1 else "shards"
        of = "is" if len(missing) == 1 else "are"
        fault = f"of the {count} shards of its run, {word} {which} {of} missing: give all reports"
        raise MergeError(shards[0].path, fault)


def _find_difference(first: ShardReport, other: ShardReport) -> str | None:
    """Say in what two shards are not of one run; None where they are."""
    before, after = first.document, other.document
    if (before["seed"], before["seed_source"]) != (after["seed"], after["seed_source"]):
        return f"it has another seed ({after['seed']})"
    fault = _find_other_contents(before["implementations"], after["implementations"])
    if fault is not None:
        return fault
    for key in ("options", "executors"):
        if before[key] != after[key]:
            return f"it has other {key}{_name_keys(before[key], after[key])}"
    if (first.rules, first.monitors) != (other.rules, other.monitors):
        return "it has other rules or monitors"
    here, there = before["environment"], after["environment"]
    changed = [key for key in here if key not in _OF_MACHINES and here[key] != there.get(key)]
    if changed:
        key = changed[0]
        return f"it ran with another {key} ({there.get(key)}, not {here[key]})"
    return _find_other_tests(first, other)


def _find_other_contents(before: list[Any], after: list[Any]) -> str | None:
    for one, two in zip(before, after, strict=False):
        if _strip(one) != _strip(two):
            return f"{two['role']} {two['specification']} has {_name_change(one, two)}"
    return "it has other implementations" if len(before) != len(after) else None


def _find_other_tests(first: ShardReport, other: ShardReport) -> str | None:
    ran, also = _list_nodes(first), _list_nodes(other)
    apart = sorted(ran ^ also)
    if apart:
        return f"it {'ran' if apart[0] in also else 'lacks'} {apart[0]}, so it ran other tests"
    for node, result in first.gathered.items.items():
        same = other.gathered.items.get(node)
        if same is None or same.share is None or result.share is None:
            continue
        if same.share.sample != result.share.sample:
            return f"{node} drew other inputs"
    return None


def _list_nodes(shard: ShardReport) -> set[str]:
    gathered = shard.gathered
    found = {*gathered.items, *gathered.failed, *gathered.lost, *gathered.skipped}
    return found | set(gathered.own_tests) | set(gathered.without_candidate)


def _strip(implementation: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in implementation.items() if key != "refused"}


def _name_change(one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    names = {"sha256": "other contents", "packages": "other versions of what it imports"}
    changed = [key for key in _strip(two) if one.get(key) != two[key]]
    return names.get(changed[0], f"another {changed[0]}")


def _name_keys(one: Any, two: Any) -> str:
    if not isinstance(one, dict) or not isinstance(two, dict):
        return ""
    changed = sorted(key for key in {*one, *two} if one.get(key) != two.get(key))
    return f" ({', '.join(changed)})"
