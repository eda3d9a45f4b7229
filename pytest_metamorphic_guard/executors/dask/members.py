"""The workers of a cluster, and which of them can be given calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.dask.orders import DISTRIBUTION, Versions, find_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Members", "explain_unfit", "look"]

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Members:
    """The workers at one moment.

    Attributes:
        fit: Number of threads by address, of workers that can be used.
        unfit: Why not, by address, for the others.
    """

    fit: Mapping[str, int]
    unfit: Mapping[str, str]

    @property
    def threads(self) -> int:
        """How many calls they take at once."""
        return sum(self.fit.values())

    def choose(self, key: bytes) -> str:
        """Return the worker of a key, which stays the same while this worker is there."""
        return max(
            self.fit, key=lambda one: hashlib.sha256(one.encode() + key).digest(), default=""
        )

    def describe_unfit(self) -> str:
        """Say which workers cannot be used, and why."""
        said = [f"{one}: {why}" for one, why in sorted(self.unfit.items())]
        more = f" and {len(said) - _MOST_SHOWN} more" if len(said) > _MOST_SHOWN else ""
        return "; ".join(said[:_MOST_SHOWN]) + more


async def look(client: Any, before: Members) -> Members:
    """Return who is there now; only workers that were not there before are asked for versions.

    Raises:
        Exception: The scheduler does not answer.
    """
    threads = await client.nthreads()
    known = {**dict.fromkeys(before.fit, ""), **before.unfit}
    new = set(threads) - set(known)
    if new:
        found = await client.get_versions(packages=[DISTRIBUTION])
        said, ours = found["workers"], find_versions()
        # One that has gone meanwhile says nothing, and is asked again if it comes back.
        known |= {one: explain_unfit(said[one], ours) for one in new if one in said}
    return Members(
        {one: number for one, number in threads.items() if known.get(one) == ""},
        {one: known[one] for one in threads if known.get(one)},
    )


def explain_unfit(found: Any, ours: Versions) -> str:
    """Say why a worker cannot be used, from what it says of its versions; empty where it can."""
    packages = found.get("packages") if isinstance(found, dict) else None
    if not isinstance(packages, dict):
        return "it does not say what it runs"
    # In older versions of Dask, pairs.
    host = found.get("host")
    python = str(dict(host or {}).get("python", "")) or str(packages.get("python", ""))
    python = ".".join(python.split(".")[:2])
    product = packages.get(DISTRIBUTION)
    if python != ours.python:
        return f"it runs Python {python or 'unknown'}, and this session {ours.python}"
    if product is None:
        return (
            "it lacks pytest-metamorphic-guard: pip install "
            f"'pytest-metamorphic-guard[dask]=={ours.product}' there"
        )
    if product != ours.product:
        return f"it has pytest-metamorphic-guard {product}, and this session {ours.product}"
    return ""
