"""Answers that do nothing, of the types that an implementation answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.runner.cases import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["TrivialAnswer", "list_answers"]

_MOST_CONSTANTS = 3
_SHOWN = 40


class TrivialAnswer(NamedTuple):
    """An implementation that does nothing.

    Attributes:
        name: What it answers, in words, such as ``always 0``.
        answer: Called with the arguments; returns the answer.
    """

    name: str
    answer: Callable[[tuple[Any, ...]], Any]

    @property
    def is_constant(self) -> bool:
        """Whether it is the same for all arguments."""
        return isinstance(self.answer, _Constant)


def list_answers(inputs: Sequence[tuple[Any, ...]], outputs: Sequence[Any]) -> list[TrivialAnswer]:
    """Return trivial answers for a function of which some outputs are known.

    They are something empty of an output's type, outputs that were seen, each argument as it came,
    and outputs in turn, whatever the input.

    Args:
        inputs: Some of the inputs: argument tuples of one length.
        outputs: Some of the outputs.
    """
    constants = [made for output in outputs[:1] for made in _make_empty(output)]
    constants += [*outputs, None]
    named: dict[str, TrivialAnswer] = {}
    for value in constants:
        if len(named) <= _MOST_CONSTANTS:
            name = f"always {_show(value)}"
            named.setdefault(name, TrivialAnswer(name, _Constant(value)))
    width = min(map(len, inputs), default=0)
    numerals = ("first", "second", "third")
    for number, numeral in enumerate(numerals[:width]):
        name = f"the {numeral} argument"
        named[name] = TrivialAnswer(name, _Argument(number))
    if len(set(map(_show, outputs))) > 1:
        name = "answers that ignore the input"
        named[name] = TrivialAnswer(name, _Turn(list(outputs)))
    return list(named.values())


@dataclass(frozen=True, slots=True)
class _Constant:
    value: Any

    def __call__(self, _: tuple[Any, ...]) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class _Argument:
    number: int

    def __call__(self, args: tuple[Any, ...]) -> Any:
        return args[self.number]


@dataclass(frozen=True, slots=True)
class _Turn:
    outputs: list[Any]

    def __call__(self, _: tuple[Any, ...]) -> Any:
        self.outputs.append(self.outputs.pop(0))
        return self.outputs[-1]


def _make_empty(output: Any) -> Iterator[Any]:
    """Yield what is empty of an output's type: 0, False, an empty text or list, zeros."""
    if output is None:
        return
    kind = type(output)
    if kind is tuple and output:
        yield tuple(next(_make_empty(one), None) for one in output)
        return
    try:
        # An array of zeros has the shape of what was seen.
        made = output * 0 if hasattr(output, "dtype") else kind()
        if snapshot(made) is not None:
            yield made
    except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
        return


def _show(value: Any) -> str:
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
        text = f"a {type(value).__name__}"
    return clean_line(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
