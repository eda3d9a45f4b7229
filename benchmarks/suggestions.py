"""What --mg-suggest finds for ten functions of real libraries, and how much that notices.

For each function: how many relations are suggested, the share of small changes (mutants) that they
notice beside the share that the examples of its documentation notice and the share that a property
written by hand notices, how many suggestions a larger sample violates (false ones), the processor
seconds that a mutant takes, and those of the whole search. Everything is pure Python and runs
isolated, as for users; only the larger sample is called in this process, for its size.

Three of the functions get their inputs from hints or from examples in their docstrings; the others
have neither hints nor examples, and get strategies that a user of the function would write.

Run: python benchmarks/suggestions.py [--only median,wrap] [--larger 2000]
inflection and toolz have to be installed.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from dataclasses import replace
from typing import Any, NamedTuple

from pytest_metamorphic_guard import Property, Task, approx
from pytest_metamorphic_guard.errors import IsolationWarning
from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
from pytest_metamorphic_guard.gate.rules import Rules
from pytest_metamorphic_guard.runner.sampling import draw_sample
from pytest_metamorphic_guard.settings import Settings
from pytest_metamorphic_guard.strength.killing import Trial, try_mutants
from pytest_metamorphic_guard.strength.mutants import draw_mutants
from pytest_metamorphic_guard.strength.planting import Bed
from pytest_metamorphic_guard.suggesting.ground import Ground, declare_ideas, make_task
from pytest_metamorphic_guard.suggesting.input_sources import ground_on_source
from pytest_metamorphic_guard.suggesting.jobs import find_suggestions
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.suggesting.trials import try_entry
from pytest_metamorphic_guard.tasks.implementations import Assignment, Implementation

MUTANTS = 40
INPUTS = 100
# No limit of time decides here, whatever else the machine does.
SECONDS = 600.0
SEED = 20261126


class Case(NamedTuple):
    """One function.

    Attributes:
        place: Where it is.
        inputs: Its strategies as code by the names of its parameters; None for its docstring.
        examples: Arguments with results, as its documentation has them.
        written: A property that a user may write by hand, of the output and the arguments.
    """

    place: str
    inputs: dict[str, str] | None
    examples: list[tuple[tuple[Any, ...], Any]]
    written: Any


WORDS = 'st.text("ab cd\\nx-", max_size=40)'
SHORT = 'st.text("abc", min_size=1, max_size=5)'
UNIT = "st.floats(0, 1, width=16)"
CASES = {
    "median": Case(
        "statistics:median",
        None,
        [(([1, 3, 5],), 3), (([1, 3, 5, 7],), 4.0)],
        lambda out, data: not data or min(data) <= out <= max(data),
    ),
    "wrap": Case(
        "textwrap:wrap",
        {"text": WORDS, "width": "st.integers(1, 20)"},
        [(("Hello there, how are you", 10), ["Hello", "there, how", "are you"])],
        lambda out, _, width: all(len(line) <= width for line in out),
    ),
    "nlargest": Case(
        "heapq:nlargest",
        {"n": "st.integers(0, 9)", "iterable": "st.lists(st.integers(-9, 9), max_size=9)"},
        [((3, [1, 5, 2, 8, 0]), [8, 5, 2])],
        lambda out, n, iterable: len(out) == min(n, len(iterable)) and set(out) <= set(iterable),
    ),
    "close_matches": Case(
        "difflib:get_close_matches",
        {"word": SHORT, "possibilities": f"st.lists({SHORT}, max_size=6)"},
        [(("appel", ["ape", "apple", "peach", "puppy"]), ["apple", "ape"])],
        lambda out, _, possibilities: len(out) <= 3 and set(out) <= set(possibilities),
    ),
    "urlquote": Case(
        "urllib.parse:quote",
        {"string": 'st.text("ab /?&=%é~", max_size=12)'},
        [(("abc def",), "abc%20def"), (("/El Niño/",), "/El%20Ni%C3%B1o/")],
        lambda out, _: out.isascii() and " " not in out,
    ),
    "rgb_to_hsv": Case(
        "colorsys:rgb_to_hsv",
        {"r": UNIT, "g": UNIT, "b": UNIT},
        [((0.2, 0.4, 0.4), (0.5, 0.5, 0.4))],
        lambda out, r, g, b: all(0 <= part <= 1 for part in out) and out[2] == max(r, g, b),
    ),
    "capwords": Case(
        "string:capwords",
        {"s": 'st.text("abAB  x-", max_size=20)'},
        [(("hello  wide world",), "Hello Wide World")],
        lambda out, s: out.lower().split() == s.lower().split(),
    ),
    "b32encode": Case(
        "base64:b32encode",
        {"s": "st.binary(max_size=12)"},
        [((b"hello",), b"NBSWY3DP")],
        lambda out, _: len(out) % 8 == 0,
    ),
    "underscore": Case(
        "inflection:underscore",
        None,
        [(("DeviceType",), "device_type"), (("HTMLTidy",), "html_tidy")],
        lambda out, _: out == out.lower(),
    ),
    "frequencies": Case(
        "toolz.itertoolz:frequencies",
        None,
        [((["cat", "cat", "ox", "pig", "pig", "cat"],), {"cat": 3, "ox": 1, "pig": 2})],
        lambda out, seq: sum(out.values()) == len(seq),
    ),
}


def main() -> None:
    """Measure, and print a row for each function as soon as it is known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--larger", type=int, default=2000)
    options = parser.parse_args()
    warnings.simplefilter("ignore", IsolationWarning)
    print(f"{'function':14}{'suggested':>10}{'they':>7}{'docs':>7}{'hand':>7}{'mutants':>9}"
          f"{'false':>7}{'s/mutant':>10}{'s':>7}")  # fmt: skip
    named: list[str] = []
    for name in options.only.split(","):
        row, said = measure(name, CASES[name], options.larger)
        print(row, flush=True)
        named.append(said)
    print("\n" + "\n".join(named))


def measure(name: str, case: Case, larger: int) -> tuple[str, str]:
    """Return the row of one function, and the names of its suggestions."""
    implementation = Implementation.from_dotted(case.place)
    grounds = make_grounds(case, implementation)
    begun, begun_s = measure_processor(), time.monotonic()
    try:
        found, _ = find_suggestions(Settings(), implementation, grounds, seconds=SECONDS)
    except NothingToSuggest as error:
        return f"{name:14}{0:>10}", f"{name}: {error}"
    spent, whole = measure_processor() - begun, time.monotonic() - begun_s
    false = count_false(implementation, found, larger)
    docs, hand = measure_written(case, implementation, found.ground)
    names = [one.idea.name for one in found.suggestions]
    share = found.killed / found.mutants if found.mutants else 0.0
    # Of the whole the mutants took the same part by the clock as of the processor.
    each = spent * found.mutant_seconds / whole / found.mutants if found.mutants else 0.0
    row = (
        f"{name:14}{len(names):>10}{share:>7.0%}{docs:>7.0%}{hand:>7.0%}{found.mutants:>9}"
        f"{false:>7}{each:>10.2f}{spent:>7.1f}"
    )
    return row, f"{name}: {', '.join(names)}"


def measure_processor() -> float:
    """Return the processor seconds of this process, and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def make_grounds(case: Case, implementation: Implementation) -> tuple[Ground, ...]:
    """Return what suggestions stand on."""
    if case.inputs is None:
        return ground_on_source(implementation)
    written = f"st.tuples({', '.join(case.inputs.values())})"
    function = implementation.function or ""
    return (Ground(function, function, written, "strategies", names=tuple(case.inputs)),)


def count_false(implementation: Implementation, found: Any, larger: int) -> int:
    """Return how many suggestions a larger sample, of another seed, violates."""
    task, known = make_task(found.ground)
    declare_ideas([one.idea for one in found.suggestions], known)
    settings = Settings(
        candidates=(Assignment(implementation),), executor="inprocess", seed=SEED, n=larger
    )
    evaluation = Evaluation(settings, Rules(), ())
    try:
        caller = evaluation.make_caller("candidate", implementation)
        sample = draw_sample(task, settings)
        seen = [try_entry(task, entry, settings, caller, sample) for entry in task.entries]
    finally:
        evaluation.executors.close()
    return sum(bool(one.violated or one.fault) for one in seen)


def measure_written(
    case: Case, implementation: Implementation, ground: Ground
) -> tuple[float, float]:
    """Return the shares of the same mutants that examples and a property by hand notice."""
    same = approx(rel=1e-9, abs=1e-9)

    def is_known(output: Any, *args: Any) -> bool:
        return any(args == known and same(output, result) for known, result in case.examples)

    examples = Task("examples", [args for args, _ in case.examples])
    examples.add(Property(is_known, name="examples"))
    by_hand, _ = make_task(ground)
    by_hand.add(Property(case.written, name="by_hand"))
    return kill(examples, implementation), kill(by_hand, implementation)


def kill(task: Task, implementation: Implementation) -> float:
    """Return the share of mutants that a task notices."""
    settings = Settings(candidates=(Assignment(implementation),), shrink="off", n=INPUTS)
    evaluation = Evaluation(settings, Rules(), ())
    task.function = implementation.function or ""
    try:
        drawn = draw_mutants(implementation, limit=MUTANTS, seed=0)
        inputs = draw_sample(task, replace(settings, seed=0))
        with Bed(implementation) as bed:
            trial = Trial(
                task,
                task.entries,
                inputs,
                original=bed.plant(),
                make_run=evaluation.make_run,
                settings=settings,
            )
            tried = try_mutants(trial, bed, drawn.mutants)
        if not trial.judges:
            raise SystemExit(f"{task.name}: {'; '.join(trial.left_out)}")
    finally:
        evaluation.executors.close()
    return sum(bool(one.kills) for one in tried) / len(tried)


if __name__ == "__main__":
    main()
