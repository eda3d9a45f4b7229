"""Relations of prompts and questions: other words of the same meaning, without any model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "distracted",
    "framed",
    "lower_case",
    "mistyped",
    "options_reordered",
    "paraphrased",
    "punctuation_dropped",
    "spaced_out",
    "upper_case",
]

_WORD = re.compile(r"[^\W\d_]{4,}")


def upper_case(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A question in capital letters has the same answer.

    Holds where no name or code in it depends on its letters' case.
    """
    return make_relation(upper_case, words, at(argument, str.upper))


def lower_case(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A question in small letters has the same answer.

    Holds where no name or code in it depends on its letters' case.
    """
    return make_relation(lower_case, words, at(argument, str.lower))


def spaced_out(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A question with spare spaces has the same answer.

    Holds where the question has no code, verse or table in it.
    """
    return make_relation(
        spaced_out, words, at(argument, lambda text: f" {text.replace(' ', '  ')}  ")
    )


def punctuation_dropped(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A question without the sign at its end has the same answer.

    Holds where the sign does not turn a statement into a question.
    """

    def drop(*inputs: Any) -> Any:
        text = inputs[argument]
        shorter = re.sub(r"[.!?\u3002\uff01\uff1f]+\s*$", "", text)
        if shorter and shorter != text:
            yield replace_at(inputs, argument, shorter)

    return make_relation(punctuation_dropped, words, drop)


def options_reordered(*, argument: int = 1, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the options does not change which one is chosen.

    Holds where the answer is the option itself, not its letter or number, and one is the best.
    """

    def reorder(*inputs: Any) -> Any:
        options = inputs[argument]
        # Backwards and by one: a preference for a place shows in one of them at least.
        for changed in (options[::-1], options[1:] + options[:1]):
            if changed != options:
                yield replace_at(inputs, argument, changed)

    return make_relation(options_reordered, words, reorder)


def mistyped(budget: int = 2, *, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A question with a few letters swapped has the same answer.

    Two neighbours inside a word of four letters or more change places, in at most ``budget`` words;
    first and last letters, numbers and short words stay.

    Holds where no word is a name or a code that another spelling makes another one.
    """
    if type(budget) is not int or budget < 1:
        raise TaskError(None, [f"mistyped({budget!r}): expected a number of words from 1"], None)

    def mistype(*inputs: Any, rng: Random) -> Any:
        text = inputs[argument]
        places = [
            index
            for found in _WORD.finditer(text)
            if (index := _choose_swap(text, found.start(), found.end(), rng)) is not None
        ]
        if places:
            letters = list(text)
            for index in rng.sample(places, min(budget, len(places))):
                letters[index : index + 2] = letters[index + 1], letters[index]
            yield replace_at(inputs, argument, "".join(letters))

    return make_relation(mistyped, words, mistype)


def paraphrased(
    groups: Sequence[Sequence[str]], *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A question in other words has the same answer.

    Args:
        groups: Phrases of one meaning, in any language: ``[["What is", "Tell me"], ...]``. Each
            that stands in a question is replaced by each other one of its group.
        argument: Position of the question.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the phrases of a group mean the same in every question.
    """
    if isinstance(groups, str) or any(isinstance(group, str) for group in groups):
        raise TaskError(None, ["paraphrased() takes lists of phrases of one meaning"], None)

    def rephrase(*inputs: Any) -> Any:
        text = inputs[argument]
        for group in groups:
            # The longest first, so that no part of another phrase is taken for it.
            present = next((p for p in sorted(group, key=len, reverse=True) if p in text), None)
            for other in group if present is not None else ():
                if other != present:
                    yield replace_at(inputs, argument, text.replace(present, other))

    return make_relation(paraphrased, words, rephrase)


def framed(
    frames: Sequence[str], *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A question with other words around it has the same answer.

    Args:
        frames: Texts with ``{}`` where the question stands: ``["Please answer: {}"]``.
        argument: Position of the question.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the frame asks for nothing by itself.
    """
    if isinstance(frames, str) or not all("{}" in frame for frame in frames):
        raise TaskError(None, ["framed() takes a list of texts with {} in each"], None)

    def frame(*inputs: Any) -> Any:
        for one in frames:
            yield replace_at(inputs, argument, one.replace("{}", inputs[argument]))

    return make_relation(framed, words, frame)


def distracted(sentence: str, *, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A sentence that has nothing to do with the question does not change the answer.

    Holds where the sentence says nothing about what any of the questions asks.
    """
    return make_relation(distracted, words, at(argument, lambda text: f"{sentence} {text}"))


def _choose_swap(text: str, start: int, end: int, rng: Random) -> int | None:
    inner = [i for i in range(start + 1, end - 2) if text[i] != text[i + 1]]
    return rng.choice(inner) if inner else None
