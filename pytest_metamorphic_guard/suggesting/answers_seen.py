"""What a function answers on a sample, and whether relations can be found from that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.outcomes import Raised, Returned
from pytest_metamorphic_guard.runner.call_errors import NotAvailable, Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.suggesting.nothing import NothingToSuggest
from pytest_metamorphic_guard.values.approximation import approx
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.contracts.outcomes import Outcome
    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["Answers", "answer_all", "check_answers", "check_repeats"]

_FEWEST = 10
_MOST_LOST = 2
_MOST_REPEATED = 40
_LONGEST = 60
_MOST_RAISED = 0.6
_same = approx(rel=1e-9, abs=1e-9)


class Answers(NamedTuple):
    """What became of calls with the inputs of a sample.

    Attributes:
        inputs: The inputs.
        outcomes: How each call ended.
    """

    inputs: tuple[tuple[Any, ...], ...]
    outcomes: tuple[Outcome, ...]

    @property
    def returned(self) -> list[Any]:
        """The values that were returned."""
        return [outcome.value for outcome in self.outcomes if isinstance(outcome, Returned)]

    @property
    def raised(self) -> dict[str, int]:
        """The names of the exceptions that were raised, each with how often."""
        found: dict[str, int] = {}
        for outcome in self.outcomes:
            if isinstance(outcome, Raised):
                name = str(outcome.payload.get("exception_type") or outcome.error_type)
                found[name] = found.get(name, 0) + 1
        return found

    @property
    def seconds(self) -> float:
        """How long a call took on average."""
        spent = sum(outcome.duration_ms for outcome in self.outcomes) / 1000
        return spent / max(len(self.outcomes), 1)


def answer_all(caller: Caller, inputs: Sequence[tuple[Any, ...]]) -> Answers:
    """Call an implementation with every input; its answers are remembered.

    Raises:
        NothingToSuggest: It cannot be called, or calls do not come back.
    """
    outcomes: list[Outcome] = []
    kept: list[tuple[Any, ...]] = []
    lost = 0
    for args in inputs:
        try:
            outcome = caller.call(Case((args,)).copy()[0])
        except NotAvailable:
            continue
        except Unusable as unusable:
            said = " ".join(str(unusable.error).split())
            raise NothingToSuggest(f"the baseline cannot be called: {said}") from None
        if not isinstance(outcome, Returned | Raised):
            lost += 1
            if lost >= _MOST_LOST:
                said = " ".join(outcome.error.split())
                raise NothingToSuggest(
                    f"{caller.implementation.specification} does not come back from "
                    f"{_show(args)}: {said}; give inputs that it takes, "
                    "with --mg-suggest-inputs=FILE or a Task"
                )
            continue
        kept.append(args)
        outcomes.append(outcome)
    return Answers(tuple(kept), tuple(outcomes))


def check_answers(answers: Answers, specification: str) -> None:
    """Refuse answers from which nothing can be found.

    Raises:
        NothingToSuggest: There are few, hardly any call returned, or all returned the same.
    """
    count, returned = len(answers.outcomes), answers.returned
    if 0 < count < _FEWEST:
        raise NothingToSuggest(
            f"{specification}: {count} inputs are too few to tell what holds: give {_FEWEST} at "
            "least, better a hundred"
        )
    if not count or len(returned) < count * (1 - _MOST_RAISED):
        first = next((o for o in answers.outcomes if isinstance(o, Raised)), None)
        said = " ".join(first.error.split())[:120] if first else "no call was made"
        raise NothingToSuggest(
            f"{specification} raised on {count - len(returned)} of {count} inputs ({said}): give "
            "inputs that it takes, with --mg-suggest-inputs=FILE or a Task"
        )
    first_value = returned[0]
    if all(_is_same_value(first_value, other, specification) for other in returned):
        raise NothingToSuggest(
            f"{specification} returned {_shorten(repr(first_value))} for all {len(returned)} "
            "inputs: every relation would hold; give inputs on which it differs, with "
            "--mg-suggest-inputs=FILE or a Task"
        )


def check_repeats(caller: Caller, answers: Answers) -> None:
    """Call again, in another order and a fresh process, and refuse other answers.

    Raises:
        NothingToSuggest: An answer differs: what holds by chance would be noise.
    """
    caller.forget()
    caller.restart()
    chosen = list(zip(answers.inputs, answers.outcomes, strict=True))[:_MOST_REPEATED]
    for args, before in reversed(chosen):
        try:
            after = caller.call(Case((args,)).copy()[0])
        except Unusable:
            continue
        if not _is_same(before, after, caller.implementation.specification):
            raise NothingToSuggest(
                f"{caller.implementation.specification} answers {_show(args)} with "
                f"{_tell(before)} and then with {_tell(after)}: of what answers at random "
                "relations hold by chance, so none is suggested; give it a fixed seed"
            )
    known = zip(answers.inputs, answers.outcomes, strict=True)
    caller.remember([(args, outcome) for args, outcome in known])


def _is_same_value(first: Any, second: Any, specification: str) -> bool:
    try:
        return bool(_same(first, second))
    except Undecidable as error:
        raise NothingToSuggest(f"{specification}: {error.reason}") from None


def _is_same(first: Outcome, second: Outcome, specification: str) -> bool:
    if isinstance(first, Returned) and isinstance(second, Returned):
        return _is_same_value(first.value, second.value, specification)
    return type(first) is type(second)


def _tell(outcome: Outcome) -> str:
    if isinstance(outcome, Returned):
        return _shorten(repr(outcome.value))
    return f"a {outcome.payload.get('exception_type') or outcome.error_type}"


def _show(args: tuple[Any, ...]) -> str:
    return _shorten(repr(args) if len(args) != 1 else f"({args[0]!r})")


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
