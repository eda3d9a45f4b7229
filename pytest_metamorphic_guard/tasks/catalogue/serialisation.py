"""Relations of encoders and decoders; that one undoes the other is the template `round_trip`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.holes import raises
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_law, make_relation
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from random import Random
    from typing import Unpack

    from pytest_metamorphic_guard.relations.raised import ExceptionKind
    from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "cut_off_is_refused",
    "escapes_free",
    "key_order_free",
    "layout_free",
    "stable",
    "unknown_key_free",
]


def stable(encode: str = "encode", decode: str = "decode", **words: Unpack[Words]) -> Law:
    """What is decoded and encoded again is the same document.

    Args:
        encode: Name of the function that is called with the input.
        decode: Name of the function that is called with what that returned.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where documents are compared, signed or kept under version control.
    """

    def encode_again(solve: Any, *inputs: Any) -> None:
        first = solve.function(encode)(*inputs)
        again = solve.function(encode)(solve.function(decode)(first))
        if not solve.equivalence(first, again):
            raise AssertionError(f"{first!r:.60} comes back as {again!r:.60}")

    return make_law(stable, words, encode_again)


def key_order_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of a mapping's keys does not matter.

    Holds where documents are compared, signed or hashed; the argument is a dict, or has dicts in
    it.
    """
    return make_relation(key_order_free, words, at(argument, _turn_keys))


def layout_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Spaces and lines between the parts of a JSON text do not matter.

    Holds where the argument is a JSON text that is read.
    """
    change = at(argument, lambda text: json.dumps(json.loads(text), indent=3, ensure_ascii=False))
    return make_relation(layout_free, words, change)


def escapes_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    r"""A character of a JSON text may be written as its number.

    Holds where the argument is a JSON text that is read.
    """
    return make_relation(escapes_free, words, at(argument, lambda t: json.dumps(json.loads(t))))


def unknown_key_free(
    key: str = "unknown", value: Any = None, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A key that nobody knows changes nothing.

    Holds where newer writers may say more than older readers know; the argument is a dict.
    """
    change = at(argument, lambda document: {**document, key: value})
    return make_relation(unknown_key_free, words, change)


def cut_off_is_refused(
    *kinds: ExceptionKind, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A document that is cut off is refused.

    Args:
        kinds: Exceptions that refuse it; none for those that the task names with ``raises=``.
        argument: Position of the document, text or bytes.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where no beginning of a document is a document, as in JSON objects and lists.
    """

    def cut(*inputs: Any, rng: Random) -> Any:
        document = inputs[argument]
        if len(document) > 1:
            yield replace_at(inputs, argument, document[: rng.randrange(1, len(document))])

    return make_relation(cut_off_is_refused, words, cut, raises(*kinds))


def _turn_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turn_keys(part) for key, part in reversed(value.items())}
    return [_turn_keys(part) for part in value] if isinstance(value, list) else value
