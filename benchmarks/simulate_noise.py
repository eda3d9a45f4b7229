"""How often relations with ``repeats=`` are said to be violated, of implementations made up.

    python benchmarks/simulate_noise.py --trials 1000

An implementation answers each input with one of some words at random. Where a follow-up is
answered by the same chances as its source, every violation that is told is a false alarm; where it
is answered otherwise with some chance of its own, it is a true one. Pairs are formed as the runner
does it: each repeat of the source with that of the follow-up, and each repeat of the source with
the next, the last one with the first.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pytest_metamorphic_guard.runner.self_noise import judge_noise
from pytest_metamorphic_guard.statistics.binomial import clopper_pearson

Draw = Callable[[random.Random], Sequence[float]]


class Answers(NamedTuple):
    """How an implementation answers: the chances of its words, drawn anew for each input."""

    name: str
    chances: Draw


def _fixed(*chances: float) -> Draw:
    return lambda _chance: chances


def _unlike(chance: random.Random) -> Sequence[float]:
    """Most inputs have one answer, some have two that are as likely."""
    return (1.0,) if chance.random() < 0.8 else (0.5, 0.5)


ANSWERS = (
    Answers("always the same", _fixed(1.0)),
    Answers("another word in 5 %", _fixed(0.95, 0.05)),
    Answers("two words as likely", _fixed(0.5, 0.5)),
    Answers("ten words as likely", _fixed(*[0.1] * 10)),
    Answers("two for a fifth of the inputs", _unlike),
)
SIZES = ((20, 3), (100, 2), (100, 5))
SHIFTS = (0.0, 0.05, 0.2)


def draw_pairs(
    chance: random.Random, answers: Answers, inputs: int, repeats: int, shift: float
) -> list[tuple[float, float]]:
    """Return of each input the share of repeats that differ, and that of follow-ups that do."""
    pairs = []
    for _ in range(inputs):
        chances = answers.chances(chance)
        words = range(len(chances))
        sources = chance.choices(words, chances, k=repeats)
        followups = [
            -1 if chance.random() < shift else word
            for word in chance.choices(words, chances, k=repeats)
        ]
        ring = [*sources[1:], sources[0]]
        noise = sum(a != b for a, b in zip(sources, ring, strict=True)) / repeats
        share = sum(a != b for a, b in zip(sources, followups, strict=True)) / repeats
        pairs.append((noise, share))
    return pairs


def tell(answers: Answers, inputs: int, repeats: int, shift: float, trials: int) -> str:
    """Return in how many of a hundred trials a violation is told, with a 95 % interval."""
    chance = random.Random(f"{answers.name} {inputs} {repeats} {shift}")
    told = sum(
        judge_noise(draw_pairs(chance, answers, inputs, repeats, shift)).is_beyond
        for _ in range(trials)
    )
    interval = clopper_pearson(told, trials, confidence=0.95)
    return f"{100 * told / trials:.1f} ({100 * interval.lower:.1f} to {100 * interval.upper:.1f})"


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args().trials
    heads = [f"other answers in {100 * shift:g} %" for shift in SHIFTS[1:]]
    print("| answers | inputs | repeats | same chances |", " | ".join(heads), "|")
    print("|---|---:|---:|---:|" + "---:|" * len(heads))
    for answers in ANSWERS:
        for inputs, repeats in SIZES:
            cells = [tell(answers, inputs, repeats, shift, trials) for shift in SHIFTS]
            print(f"| {answers.name} | {inputs} | {repeats} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
