"""A condition on outputs, with the words that say it and the simpler question behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from pytest_metamorphic_guard.relations.raised import RaisedAnswer
from pytest_metamorphic_guard.values.budget import spending
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.relations.raised import ExceptionKind

__all__ = ["Expectation", "Question", "Same", "equal", "simplify"]

Same: TypeAlias = "Callable[[Any, Any], object]"


class Question(NamedTuple):
    """What an expectation asks of two outputs in the end.

    Attributes:
        expectation: What is asked.
        source: Of what on the side of the source.
        followup: Of what on the side of the follow-up.
        how: The source side is what the follow-up output should be, or both sides are parts of
            outputs, or it is one of several questions about the outputs themselves.
    """

    expectation: Expectation
    source: Any
    followup: Any
    how: Literal["predicted", "parts", "one of several"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A condition on outputs, with the words that say it in a failure text.

    Called with the source output and the follow-up output, it tells whether they are as expected.

    Attributes:
        name: How a task declares it.
        description: What is expected, as a sentence without full stop.
        check: ``check(equivalence, source_output, followup_output) -> bool``.
        takes_inputs: ``check`` takes the source input and the follow-up input as well.
        built_in: One of ours: with several follow-ups it is asked of each of them.
        takes_sources: It is asked with the tuple of all source outputs; None where both will do.
        copies: It has a function of the user's in it, which may change what it is given.
        takes_raised: ``check`` is asked about exceptions that are answers, too. Otherwise calls
            that raise are as expected where all of them raise alike.
        takes_repeats: ``check`` takes lists of outputs, of repeats of the source and the follow-up.
        answers: Exceptions that are answers of the follow-up call, whatever the task says.
        same: The equivalence that decides, where it is not the task's.
        reduce: ``reduce(equivalence, source_output, followup_output)`` returns the simpler question
            that is asked in fact, or None where there is no single one.
    """

    name: str
    description: str
    check: Callable[..., object]
    takes_inputs: bool = False
    built_in: bool = True
    takes_sources: bool | None = False
    copies: bool = False
    takes_raised: bool = False
    takes_repeats: bool = False
    answers: tuple[ExceptionKind, ...] = ()
    same: Same | None = None
    reduce: Callable[[Same, Any, Any], Question | None] | None = None

    def __call__(
        self,
        source_output: object,
        followup_output: object,
        equivalence: Callable[[object, object], bool] = equal_values,
    ) -> bool:
        """Tell whether two outputs are as expected."""
        with spending():
            return bool(self.ask(equivalence, source_output, followup_output))

    def ask(self, same: Same, source: Any, followup: Any, *inputs: Any) -> object:
        """Ask ``check``, or whether all calls raised alike where one raised."""
        if not self.takes_raised:
            sides = (*source, followup) if self.takes_sources else (source, followup)
            if any(isinstance(side, RaisedAnswer) for side in sides):
                return all(isinstance(s, RaisedAnswer) and s.is_like(followup) for s in sides)
        return self.check(same, source, followup, *inputs)

    def __repr__(self) -> str:
        return f"<expectation {self.name}: {self.description}>"


def simplify(expectation: Expectation, same: Same, source: Any, followup: Any) -> list[Question]:
    """Return the questions behind an expectation, each the reason of the one before it."""
    questions: list[Question] = []
    while expectation.reduce is not None:
        question = expectation.reduce(same, source, followup)
        if question is None:
            break
        questions.append(question)
        expectation, source, followup = (
            question.expectation,
            question.source,
            question.followup,
        )
    return questions


equal = Expectation("equal", "outputs are equal", lambda same, first, second: same(first, second))
