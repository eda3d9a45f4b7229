"""How often monitors alarm over runs whose truth is known, with the monitors' real code.

Every simulated run goes through `watch`, with all built-in monitors and the correction over the
whole run. "before" is the rule that went before, on the same runs: where identical implementations
fail by chance, every call counts as if it were independent, and an error type that only the
candidate shows is an alert; where a task says what holds, only whether calls return is looked at.
It has a quarter of the runs. The same seed prints the same table. Outputs that are hard to compare
follow, see ``simulate_values.py``.

    python benchmarks/simulate_monitors.py --runs 1000 --seed 1
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.monitoring import MonitorContext, MonitorRecord
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson
from pytest_metamorphic_guard.watch.setting_up import load_monitors
from pytest_metamorphic_guard.watch.streams import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.watch.setting_up import LoadedMonitor

    Forget = Callable[[list[MonitorRecord]], list[MonitorRecord]]

ROLES = ("baseline", "candidate")
ERRORS = ("Key", "Value", "Type")

NAMES = (
    "latency",
    "success_rate",
    "trend",
    "fairness_gap",
    "fairness_gap:compare=groups",
    "resource_usage",
    "resource_usage:metric=peak_memory_mb",
    "llm_cost",
    "flakiness",
    "errors",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """How two implementations really behave.

    Attributes:
        sigma: Noise of one duration, as the standard deviation of its logarithm.
        spikes: Share of calls that take ten times as long.
        drift: Factor by which the machine slows both roles down over the run.
        slower: The candidate's durations relative to the baseline's.
        growth: Factor by which the candidate's durations grow over the run.
        failing: Share of calls on which both roles fail.
        nested: Whether both roles fail on the same inputs; else independently.
        drop: Further share of calls on which the candidate fails.
        relations: Number of relations; what fails an input fails it in all of them.
        unit_ms: Usual duration of a call in milliseconds.
        accuracy: Of the baseline and of the candidate, in the last group of inputs.
        violating: Share of calls that return what violates the relation, of the baseline and of the
            candidate, in the last group of inputs; elsewhere both have the baseline's.
    """

    sigma: float = 0.2
    spikes: float = 0.02
    drift: float = 1.0
    slower: float = 1.0
    growth: float = 1.0
    failing: float = 0.05
    nested: bool = True
    drop: float = 0.0
    relations: int = 1
    unit_ms: float = 1.0
    accuracy: tuple[float, float] = (0.7, 0.7)
    violating: tuple[float, float] = (0.0, 0.0)


IDENTICAL = {
    "quiet": Truth(sigma=0.05, spikes=0),
    "noisy": Truth(),
    "very noisy": Truth(sigma=0.8, spikes=0.05),
    "machine slows down 1.5x": Truth(drift=1.5),
    "independent failures 5 %": Truth(nested=False),
    "independent failures 30 %": Truth(nested=False, failing=0.3),
    "4 relations, 5 % of inputs fail in all": Truth(nested=False, relations=4),
    "4 relations, 20 % of inputs fail in all": Truth(nested=False, relations=4, failing=0.2),
    "rare failures by chance, 0.1 %": Truth(nested=False, failing=0.001),
    "rare failures by chance, 2 %": Truth(nested=False, failing=0.02),
    "violations by chance, 10 %": Truth(violating=(0.1, 0.1)),
}


def simulate_run(truth: Truth, n: int, rng: random.Random) -> list[MonitorRecord]:
    """Return the records of n cases, a third of which have a follow-up."""
    records = []
    for i in range(n):
        if truth.relations > 1:
            shared = rng.random()
            luck = {role: shared if truth.nested else rng.random() for role in ROLES}
            for number in range(truth.relations):
                relation = f"task::relation {number}"
                records += _simulate_call(truth, i, i / n, "source", rng, relation, luck)
            continue
        for kind in ("source", "followup")[: 1 + (i % 3 == 0)]:
            records += _simulate_call(truth, i, i / n, kind, rng)
    return records


def _simulate_call(  # noqa: PLR0913, PLR0917 - what one call depends on
    truth: Truth,
    i: int,
    position: float,
    kind: str,
    rng: random.Random,
    relation: str = "task::relation",
    fate: dict[str, float] | None = None,
) -> list[MonitorRecord]:
    size = truth.unit_ms * rng.lognormvariate(0, 0.7) * truth.drift**position
    shared = rng.random()
    pair = []
    for role in ROLES:
        worse = role == "candidate"
        noise = rng.lognormvariate(0, truth.sigma) * (10 if rng.random() < truth.spikes else 1)
        duration = size * noise * (truth.slower * truth.growth**position if worse else 1)
        luck = shared if truth.nested else rng.random()
        luck = luck if fate is None else fate[role]
        success = luck >= truth.failing + (truth.drop if worse else 0)
        error = ERRORS[i % len(ERRORS)] if truth.nested else rng.choice(ERRORS)
        last = i % 4 == 3
        right = rng.random() < truth.accuracy[worse and last]
        held = success and (
            not truth.violating[1] or rng.random() >= truth.violating[worse and last]
        )
        payload = {
            "success": success,
            "result": i,
            "resource_usage": {
                "cpu_ms": duration * 0.9,
                "peak_memory_mb": 20 * rng.lognormvariate(0, 0.1),
            },
            "tokens_total": 100 + rng.randrange(50),
            "cost_usd": 0.001 * rng.lognormvariate(0, 0.3),
        }
        pair.append(
            MonitorRecord(
                i,
                role,
                duration,
                success,
                payload,
                relation,
                kind,
                error_type=None if success else f"{error}Error",
                group="abcd"[i % 4],
                **_describe_case(kind, held=held, right=right),
            )
        )
    rng.shuffle(pair)
    return pair


def _describe_case(kind: str, *, held: bool, right: bool) -> dict[str, Any]:
    """Return what a record knows beside its call."""
    metrics = {"metrics": {"accuracy": float(right)}} if kind == "source" else {}
    return {"task": "task", "held": held, **metrics}


def forget_inputs(records: list[MonitorRecord]) -> list[MonitorRecord]:
    """Return the records as if every call were about an input of its own."""
    relations = {relation: number for number, relation in enumerate({r.relation for r in records})}
    return [
        replace(record, case_index=len(relations) * record.case_index + relations[record.relation])
        for record in records
    ]


def forget_task(records: list[MonitorRecord]) -> list[MonitorRecord]:
    """Return the records with nothing but whether their calls returned."""
    return [replace(record, held=None, metrics=None) for record in records]


def finds_new_type(records: list[MonitorRecord]) -> bool:
    """Tell whether only the candidate shows some type of error."""
    seen = {role: {r.error_type for r in records if r.role == role} for role in ROLES}
    return bool(seen["candidate"] - seen["baseline"] - {None})


def count_alarms(  # noqa: PLR0913 - what a simulation depends on
    truth: Truth,
    *,
    n: int,
    runs: int,
    seed: int,
    monitors: tuple[LoadedMonitor, ...],
    forget: Forget = list,
) -> Counter[str]:
    """Return in how many runs each type of alert appeared, any (``"any"``), and any error.

    ``forget`` takes from the records what a rule does not know. Where that is which calls share
    an input, a new type of error alone is an alert as well.
    """
    seen: Counter[str] = Counter()
    for run in range(runs):
        records = forget(simulate_run(truth, n, random.Random(f"{seed}/{truth}/{n}/{run}")))
        handles = [monitor.host() for monitor in monitors]
        report = watch(handles, records, MonitorContext("task", n))
        assert not report.faults, report.faults
        types = {alert.type for alert in report.alerts if alert.severity != "info"}
        if forget is forget_inputs and finds_new_type(records):
            types.add("new_error_type")
        seen.update(types)
        seen["any"] += bool(types)
        seen["error"] += any(alert.severity == "error" for alert in report.alerts)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, help="scenarios with this number of inputs")
    parser.add_argument("--only", default="", help="scenarios whose name holds this text")
    arguments = parser.parse_args()

    def show(words: str, truth: Truth, n: int, kind: str, before: Forget | None = None) -> None:
        if arguments.only not in words or n != (arguments.n or n):
            return
        # Implementations that fail at random differ from themselves, which is no false alarm.
        drift = "output_drift" if truth.nested else "output_drift:max_mismatch_rate=0.5"
        monitors = load_monitors([*NAMES, drift])
        options = {"n": n, "runs": arguments.runs, "seed": arguments.seed, "monitors": monitors}
        seen = count_alarms(truth, **options)
        hidden = (kind, "any", *(("error",) if kind == "any" else ()))
        others = {name: count for name, count in seen.items() if count and name not in hidden}
        said = f"errors {seen['error'] / arguments.runs:.2%}"
        if before is not None:
            options["runs"] = max(1, arguments.runs // 4)
            earlier = count_alarms(truth, forget=before, **options)
            said = f"before {_format_share(earlier[kind], options['runs'])}"
        print(
            f"{words:44} n={n:<4} {kind:20} {_format_share(seen[kind], arguments.runs):28}"
            f"{said}  {others or ''}",
            flush=True,
        )

    _show_all(show)
    # A file of its own beside this one, found because this one is run as a script.
    from simulate_values import print_values  # type: ignore[import-not-found]

    if not arguments.only:
        print_values()


def _format_share(count: int, runs: int) -> str:
    interval = clopper_pearson(count, runs)
    return f"{count / runs:.2%} ({interval.lower:.2%} to {interval.upper:.2%})"


def _show_all(show: Callable[..., None]) -> None:
    print("identical implementations: runs with any alert (target: at most 1 %)")
    for words, truth in IDENTICAL.items():
        for n in (100, 400):
            show(words, truth, n, "any", None if truth.nested else forget_inputs)
    print("microseconds: runs with any error (target: none, the difference does not matter)")
    show("1.8x slower, 4 us instead of 2", Truth(slower=1.8, unit_ms=0.002, drop=0), 200, "error")
    print("real changes: runs with the alert (target: at least 95 %)")
    show("1.3x slower", Truth(slower=1.3), 200, "latency_regression")
    show("1.3x slower, quiet", Truth(slower=1.3, sigma=0.05), 200, "latency_regression")
    show("10 points less success, nested", Truth(drop=0.1), 400, "success_rate_drop")
    accuracy = Truth(accuracy=(0.83, 0.55))
    show("accuracy of one group .83 to .55", accuracy, 600, "fairness_gap", forget_task)
    violating = Truth(violating=(0.05, 0.3))
    show("violations in one group 5 to 30 %", violating, 600, "fairness_gap", forget_task)
    print("for information")
    accuracy = Truth(accuracy=(0.83, 0.75))
    show("accuracy of one group .83 to .75", accuracy, 2000, "fairness_gap", forget_task)
    show("1.15x slower", Truth(slower=1.15), 200, "latency_regression")
    show("grows 1.5x over the run", Truth(growth=1.5), 200, "duration_trend")
    independent = Truth(drop=0.1, nested=False)
    show("10 points less success, independent", independent, 400, "success_rate_drop")


if __name__ == "__main__":
    main()
