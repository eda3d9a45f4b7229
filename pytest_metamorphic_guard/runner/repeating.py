"""How often calls are made for monitors that compare repetitions, and under which hash seeds."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.runner.anew import calling_again, calling_reseeded
from pytest_metamorphic_guard.runner.call_errors import NotAvailable
from pytest_metamorphic_guard.tasks.declarations import Law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.loading import LoadedExecutor
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.runner.cases import Case
    from pytest_metamorphic_guard.runner.observing import Recorder
    from pytest_metamorphic_guard.runner.run import Run
    from pytest_metamorphic_guard.watch.setting_up import LoadedMonitor

__all__ = ["Repeats", "plan_repeats", "repeat_calls"]

_LARGEST_HASH_SEED = (1 << 32) - 1


class Repeats(NamedTuple):
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


def repeat_calls(run: Run, recorder: Recorder, repeats: Repeats, case: Case) -> None:
    """Make the calls with a case's first input again, as often as the monitors want."""
    if repeats.sample is not None and recorder.index >= repeats.sample:
        return
    # A law calls with inputs of its own making: there the first repetition is missing too.
    first = 0 if isinstance(run.entry.subject, Law) and repeats.times > 1 else 1
    for repeat in range(first, repeats.times):
        recorder.repeat = repeat
        for caller in run.order_callers(case):
            _call_again(caller, case)
    if repeats.hash_seed is not None:
        # Not instead of one of the others: what counts its calls answers like the first time.
        recorder.repeat, recorder.hash_seed = repeats.times, repeats.hash_seed
        for caller in run.order_callers(case):
            if caller.reseeded is not None:
                with calling_reseeded(caller):
                    _call_again(caller, case)
    recorder.repeat, recorder.hash_seed = 0, None


def _call_again(caller: Caller, case: Case) -> None:
    caller.kind = "source"
    with calling_again([caller]), contextlib.suppress(NotAvailable):
        caller.call(case.copy()[0])
