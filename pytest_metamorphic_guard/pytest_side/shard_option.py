"""The option that runs a share of every sample: how it is written, and what it goes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.settings import Shard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_metamorphic_guard.gate.rules import Rules

__all__ = ["find_shard_faults", "parse_shard", "refuse_looks"]


def parse_shard(text: str) -> Shard:
    """Read ``2/8``.

    Raises:
        ValueError: It is no such share.
    """
    number, slash, count = text.partition("/")
    digits = all(part.isascii() and part.isdecimal() for part in (number, count))
    if not slash or not digits or not 1 <= int(number) <= int(count):
        raise ValueError("expected I/N with I from 1 to N, such as 2/8")
    return Shard(int(number), int(count))


def find_shard_faults(shard: Shard, replay: Path | None, seeds: Sequence[str]) -> list[str]:
    """Return what a shard cannot be run with.

    Args:
        shard: The share.
        replay: The report whose violations are to be run.
        seeds: The seeds that were given, as texts; the last one counts.
    """
    faults = []
    if replay is not None:
        faults.append("a replay runs what was violated, of which there are no shares")
    if seeds and seeds[-1] == "random":
        faults.append("all shards need the same seed, and 'random' draws one for each")
    return [f"--mg-shard={shard}: {fault}" for fault in faults]


def refuse_looks(shard: Shard | None, rules: Rules) -> None:
    """Refuse a shard of a run that ends where enough was seen.

    Raises:
        pytest.UsageError: Its rules let it end so.
    """
    if shard is None or not rules.looks:
        return
    name = "extend" if rules.extend is not None else "early_stop"
    raise pytest.UsageError(
        f"--mg-shard={shard}: {name} ends a run by what all of its inputs show, of which a shard "
        "sees only some: leave one of the two out"
    )
