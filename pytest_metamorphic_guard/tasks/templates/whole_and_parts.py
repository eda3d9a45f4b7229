"""Two functions that undo each other, and answers that do not depend on their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.tasks.declarations import Law
from pytest_metamorphic_guard.tasks.templates.filling import Words, replace_at

if TYPE_CHECKING:
    from random import Random
    from typing import Unpack

__all__ = ["batch_invariant", "round_trip"]

_MOST_ALONE = 5


def round_trip(
    encode: str = "encode", decode: str = "decode", *, argument: int = 0, **words: Unpack[Words]
) -> Law:
    """What one function makes another one of the same implementation turns back.

    Args:
        encode: Name of the function that is called with the inputs.
        decode: Name of the function that is called with what that returned, in the place of
            ``argument``, where it takes more than one.
        argument: Position of the argument that comes back.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def there_and_back(solve: Any, *inputs: Any) -> None:
        made = solve.function(encode)(*inputs)
        back = solve.function(decode)(*replace_at(inputs, argument, made))
        if not solve.equivalence(inputs[argument], back):
            raise AssertionError(f"{decode}({made!r:.60}) gives {back!r:.60}")

    return _make(
        "round_trip", f"What {encode}() makes {decode}() turns back", words, body=there_and_back
    )


def batch_invariant(*, argument: int = 0, **words: Unpack[Words]) -> Law:
    """The answer for an element does not depend on the others in its batch.

    Args:
        argument: Position of the batch, which can be sliced, and whose answer has an element each.
        words: ``name``, ``precondition``, ``min_pass_rate``.
    """

    def one_by_one(solve: Any, *inputs: Any, rng: Random) -> None:
        batch = inputs[argument]
        answers, count = solve(*inputs), len(batch)
        if len(answers) != count:
            raise AssertionError(f"{count} elements have {len(answers)} answers")
        for index in sorted(rng.sample(range(count), min(_MOST_ALONE, count))):
            alone = solve(*replace_at(inputs, argument, batch[index : index + 1]))
            if not solve.equivalence(answers[index : index + 1], alone):
                raise AssertionError(
                    f"element {index} has the answer {answers[index]!r:.50} in its batch, "
                    f"and alone {alone!r:.50}"
                )

    said = "The answer for an element does not depend on the others in its batch"
    return _make("batch_invariant", said, words, body=one_by_one)


def _make(name: str, said: str, words: Words, **own: Any) -> Law:
    settled: Any = {"name": name, "description": said, **own, **words}
    return Law(shows_lines=False, **settled)
