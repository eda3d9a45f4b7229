"""What is known of one kind of value: one object per kind, with one field per question.

A module of this folder has the kinds of one library in ``KINDS`` and is loaded when a value of that
library is met, or the mark of one in a frame. A distribution adds kinds by entry point; `installed`
reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from pytest_metamorphic_guard.values.frames import keep_builtins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_metamorphic_guard.values.frames import Mark
    from pytest_metamorphic_guard.values.sides import Asker, Pair, Reader, Rules, Writer

__all__ = ["Kind", "Shape"]

keep_builtins(globals())

Shape: TypeAlias = Literal["", "number", "exact", "sequence", "set", "mapping"]


class Kind(NamedTuple):
    """One kind of value. What is None has the answer that any object gets.

    Attributes:
        types: Gives the exact types; no subclass is of the kind, as it may override anything.
        library: The top module of the types, where a module here has kinds of several.
        mark: The head of its array in a frame.
        tag: The name in a frame of a kind that a distribution adds; `mark` has none.
        nests: Whether its values hold others that may be instances of a candidate's classes.
        shape: Which of Python's own it is compared like: numbers by the task's equivalence,
            ``"exact"`` by ``==``, which must be Python's own, and the others element by element.
        take_apart: Gives the parts that are sent, each a value that travels; or None where this one
            cannot.
        put_together: Makes the value of such parts, which a stranger wrote: whatever they are, it
            makes a value or raises, in time and memory that they account for.
        write: Appends a value to a frame, instead of `take_apart`.
        read: `put_together`, given what reads the frame as well.
        to_plain: Makes the plain value out of an instance of a subclass.
        unwrap: Gives the value of a simpler kind that it stands for, or itself.
        make_key: Gives what two values have in common exactly if they are the same, to be hashed;
            takes the value and whether the same instant in two zones is two values.
        compare: Gives the pairs of parts which must be the same for two values to be the same; None
            if they are not. Raises `Incomparable` for one that cannot be told.
        list_parts: Gives what must be the same, of one value; the same as `take_apart` if None.
        list_elements: Gives what it consists of, where expectations ask for members or a prefix.
        count_elements: Gives the length of that list, before it is made.
        split_labels: Gives labels, which must be equal, and cells, which are put in order.
        measure: Gives the bytes that it takes, roughly.
        copy: Gives another that shares nothing with it, or None for one that is to be pickled.
        reduce: Says as ``__reduce__`` how one is made anew, where pickle does not know that.
        show: Writes it as lines of at most so many characters.
        to_source: Writes it as Python source, with a function that does so for its parts.
        identify: Writes all of it as a text, the same in every process.
        pair: Gives the parts of two values that belong together, with where they are.
        describe: Says in lines where two values differ.
        names: What the parts of `take_apart` are called.
    """

    types: Callable[[], Iterable[type]]
    library: str = ""
    mark: Mark | None = None
    tag: str = ""
    nests: bool = False
    shape: Shape = ""
    take_apart: Callable[[Any], Sequence[object] | None] | None = None
    put_together: Callable[..., object] | None = None
    write: Callable[[Writer, Any], None] | None = None
    read: Callable[[Reader, *tuple[Any, ...]], object] | None = None
    to_plain: Callable[[Any], Any] | None = None
    unwrap: Callable[[Any], Any] | None = None
    make_key: Callable[[Any, bool], object] | None = None
    compare: Callable[[Any, Any, Rules], Iterable[tuple[Any, Any]] | None] | None = None
    list_parts: Callable[[Any], Sequence[object] | None] | None = None
    list_elements: Callable[[Any], list[Any]] | None = None
    count_elements: Callable[[Any], int] | None = None
    split_labels: Callable[[Any], tuple[Any, Any]] | None = None
    measure: Callable[[Any], int] | None = None
    copy: Callable[[Any], Any] | None = None
    reduce: Callable[[Any], tuple[Any, ...]] | None = None
    show: Callable[[Any, int], list[str]] | None = None
    to_source: Callable[[Any, Callable[[object], str]], str] | None = None
    identify: Callable[[Any], str | None] | None = None
    pair: Callable[[Any, Any], Iterable[Pair]] | None = None
    describe: Callable[[Any, Any, Asker], list[str]] | None = None
    names: tuple[str, ...] = ()
