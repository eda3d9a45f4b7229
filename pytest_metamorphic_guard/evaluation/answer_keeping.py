"""The answers of a baseline, kept for the time when it is gone."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import STEPS_KEY, Raised, Returned
from pytest_metamorphic_guard.executors.answers import (
    Answer,
    Answers,
    pack,
    read_answers,
    show,
    sort_out,
)
from pytest_metamorphic_guard.runner.keeping_caller import KeepingCaller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.tasks import Task
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["AnswerKeeper"]

_RAISED = ("error", "error_type", "error_code", "exception_type", "exception_bases")
_MOST_SHOWN = 5
_OF_TWO = (
    "calls that two baselines answer in two ways: keep those of each task in a file of its own "
    "(--mg-task)"
)


class AnswerKeeper:
    """Gathers what a baseline answered, one answer for each call, and writes it at the end.

    Attributes:
        answers: They, by function and arguments.
        left_out: How many calls have none, by the reason.
        is_written: Whether they are in the file now.
    """

    def __init__(self) -> None:
        self.is_written = False
        self.answers: dict[tuple[str, str], Answer] = {}
        self.left_out: Counter[str] = Counter()
        self._origins: dict[tuple[str, str], str] = {}
        self._unsure: set[tuple[str, str]] = set()

    def make_maker(self, task: Task, baseline: Implementation) -> Callable[..., Caller]:
        """Return what makes callers of a baseline of a task whose answers are kept."""
        # What a task has done before a call is a part of its answer.
        own = task.construct or task.setup or task.by_state
        origin = f"{baseline.specification} {task.name if own else ''}"
        return partial(KeepingCaller, listen=self._listen(task.function, origin))

    def _listen(
        self, function: str, origin: str
    ) -> Callable[[tuple[Any, ...]], Callable[[Outcome], None]]:
        """Return what takes the arguments of a call of a function, and then how it ended."""

        def begin(args: tuple[Any, ...]) -> Callable[[Outcome], None]:
            packed, call = pack(sort_out(args)), show(function, args)
            return lambda outcome: self._keep(function, packed, f"{call:.100}", outcome, origin)

        return begin

    def _keep(
        self, function: str, packed: str | None, call: str, outcome: Outcome, origin: str
    ) -> None:
        payload: dict[str, Any] = {}
        if isinstance(outcome, Returned):
            # Of operations the answers as they came: an exception among them is no value to send.
            has_steps = STEPS_KEY in outcome.payload
            value = pack(outcome.payload["result"] if has_steps else outcome.value)
            payload, ended = ({} if value is None else {"value": value}), repr(outcome.value)
        elif isinstance(outcome, Raised):
            payload = {key: outcome.payload[key] for key in _RAISED if key in outcome.payload}
            ended = f"raises {outcome.error}"
        else:
            self.left_out["calls that did not end by themselves"] += 1
            return
        if packed is None or not payload:
            self.left_out["calls of which a value cannot be written"] += 1
            return
        self._add(Answer(function, packed, payload, f"{call} -> {ended:.100}"), origin)

    def list_answers(self) -> list[list[Any]]:
        """Return all that was gathered as plain data, for `add_all` of another process."""
        return [
            [answer._asdict(), self._origins[key], key in self._unsure]
            for key, answer in self.answers.items()
        ]

    def add_all(self, listed: Iterable[list[Any]]) -> None:
        """Take what another process gathered."""
        for given, origin, unsure in listed:
            answer = Answer(**given)
            self._add(answer, origin)
            if unsure:
                self._unsure.add((answer.function, answer.arguments))

    def _add(self, answer: Answer, origin: str) -> None:
        """Take an answer; two that differ are one too many."""
        key = answer.function, answer.arguments
        known = self.answers.setdefault(key, answer)
        first = self._origins.setdefault(key, origin)
        if known.payload == answer.payload:
            return
        if first == origin:
            self.left_out["calls that were answered in two ways, of which the first counts"] += 1
        else:
            self._unsure.add(key)

    def write(self, path: Path, seed: int, *, update: bool) -> list[str]:
        """Add the answers to a file, and say what was done.

        Args:
            path: The file; what is in it stays.
            seed: Of the sample.
            update: Whether answers that have changed take the place of those in the file.
        """
        self.is_written = False
        try:
            before = read_answers(path) if path.exists() else Answers(seed, {})
        except (OSError, ValueError) as error:
            return [f"no answers kept: {path}: {error}"]
        # Nobody could tell later whose answer it is.
        for key in self._unsure:
            self.answers.pop(key, None)
            self.left_out[_OF_TWO] += 1
        changed = [
            (before.by_call[key], answer)
            for key, answer in sorted(self.answers.items())
            if key in before.by_call and before.by_call[key].payload != answer.payload
        ]
        new = len(self.answers.keys() - before.by_call.keys())
        first, second = (self.answers, before.by_call) if update else (before.by_call, self.answers)
        if new or (changed and update):
            # Those of the first take the place of those of the second.
            kept = Answers(seed, {**second, **first})
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(kept.to_text(), encoding="utf-8")
            except OSError as error:
                return [f"no answers kept: {path}: cannot write it: {error.strerror}"]
        self.is_written = True
        done = "changed" if update else "differ and stay as they were (--mg-update-answers)"
        lines = [f"answers of the baseline in {path}: {new} new, {len(changed)} {done}"]
        for old, answer in changed[:_MOST_SHOWN]:
            lines.append(f"  was {old.shown}, is {answer.shown.rpartition(' -> ')[2]}")
        lines += [f"left out: {n} {what}" for what, n in sorted(self.left_out.items())]
        return lines
