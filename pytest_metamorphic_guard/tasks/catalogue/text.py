"""Relations of functions of text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.expectations import non_decreasing
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "case_free",
    "grows_with_text",
    "line_endings_free",
    "normal_form_free",
    "padding_free",
    "quotes_free",
    "space_runs_free",
]


def case_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Upper and lower case do not matter.

    Holds where words are looked up, compared or counted, and no letter of the text is returned.
    """

    def change(*inputs: Any) -> Any:
        text = inputs[argument]
        for changed in (text.upper(), text.lower()):
            # Not every letter has both cases: the upper case of ß is two letters.
            if changed != text and changed.casefold() == text.casefold():
                yield (*inputs[:argument], changed, *inputs[argument + 1 :])

    return make_relation(case_free, words, change)


def padding_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Spaces and line breaks around a text do not matter.

    Holds where people type the text, or it comes from a file.
    """
    return make_relation(padding_free, words, at(argument, lambda text: f"  {text} \n"))


def space_runs_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Two spaces between words are as good as one.

    Holds where the text is read word by word, and its layout says nothing.
    """
    return make_relation(space_runs_free, words, at(argument, lambda text: text.replace(" ", "  ")))


def line_endings_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Lines may end as on Windows.

    Holds where the text is read line by line, as in parsers of files and messages.
    """
    change = at(argument, lambda text: re.sub(r"\r?\n", "\r\n", text))
    return make_relation(line_endings_free, words, change)


def normal_form_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A letter with its accent as a character of its own is the same letter.

    Holds where texts are compared or looked up as people read them.
    """
    change = at(argument, lambda text: unicodedata.normalize("NFD", text))
    return make_relation(normal_form_free, words, change)


def quotes_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Typographic quotation marks are as good as straight ones.

    Holds where the text may have passed a word processor or a telephone.
    """

    def set_type(text: str) -> str:
        text = re.sub(r'(^|[\s(])"', "\\1\u201c", text).replace('"', "\u201d")
        return text.replace("'", "\u2019")

    return make_relation(quotes_free, words, at(argument, set_type))


def grows_with_text(
    more: str = " more", *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """More text gives no less of the output.

    Holds where something is counted or priced: words, tokens, matches, reading time.
    """
    return make_relation(
        grows_with_text, words, at(argument, lambda text: text + more), non_decreasing
    )
