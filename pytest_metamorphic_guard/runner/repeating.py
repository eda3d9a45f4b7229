"""How often calls are made for monitors that compare repetitions, and under which hash seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.watch.requested import LoadedMonitor

__all__ = ["Repeats", "plan_repeats"]

_LARGEST_HASH_SEED = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often calls with source inputs are repeated for monitors that compare repetitions.

    Attributes:
        times: Number of calls in all, from 1.
        sample: Only the first so many inputs are repeated; None for all.
        hash_seed: Under which they are made once more, where executors can; None for not at all.
    """

    times: int = 1
    sample: int | None = None
    hash_seed: int | None = None

    def reseed(self, loaded: LoadedExecutor) -> LoadedExecutor | None:
        """Return what calls under the other hash seed; None where it is not wanted or not had.

        Raises:
            PluginError: The executor fails to make one.
        """
        return None if self.hash_seed is None else loaded.with_hash_seed(self.hash_seed)


def plan_repeats(monitors: Sequence[LoadedMonitor], seed: int) -> Repeats:
    """Return the repetitions that satisfy every monitor, in a run with this seed."""
    times = 1
    hash_seed = None
    samples: list[int | None] = []
    for monitor in monitors:
        if monitor.repeats > 1:
            times = max(times, monitor.repeats)
            samples.append(monitor.sample)
            if monitor.hash_seeds > 1:
                # Never 0, which is that of the other calls.
                hash_seed = 1 + seed % _LARGEST_HASH_SEED
    limited = [sample for sample in samples if sample is not None]
    sample = max(limited) if limited and len(limited) == len(samples) else None
    return Repeats(times, sample, hash_seed)
