"""What a relation expects between the output of its source and that of its follow-up."""

from __future__ import annotations

import inspect
import itertools
import operator
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.condition import Expectation, equal
from pytest_metamorphic_guard.relations.holes import raises, sum_of_sources
from pytest_metamorphic_guard.relations.signatures import accepts, list_parameters
from pytest_metamorphic_guard.values.approximation import Approx
from pytest_metamorphic_guard.values.budget import MOST_ELEMENTS, charge, charge_elements
from pytest_metamorphic_guard.values.deciding import Incomparable
from pytest_metamorphic_guard.values.equivalence import equal_values, same_zone
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.standins import count_frozen

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable

__all__ = [
    "Expectation",
    "decreasing",
    "equal",
    "increasing",
    "is_permutation",
    "is_prefix",
    "is_subset",
    "is_superset",
    "non_decreasing",
    "non_increasing",
    "not_equal",
    "properties_hold",
    "same_length",
    "to_expectation",
]


def to_expectation(expect: object) -> Expectation | str:
    """Read what a user gave as ``expect=``; a string that comes back says what is wrong with it."""
    if expect is raises:
        expect = "raises"  # any exception that is an answer
    if isinstance(expect, Expectation):
        return expect
    if isinstance(expect, str):
        found = _BY_NAME.get(expect)
        if found is None:
            return (
                f"expect={expect!r} is unknown; known: {', '.join(sorted(_BY_NAME))}, or a callable"
            )
        return found
    if not callable(expect):
        return f"expect is a {type(expect).__name__}, expected a name, an expectation or a callable"
    takes_inputs = not accepts(expect, 2) and accepts(expect, 4)
    if inspect.iscoroutinefunction(expect) or not (takes_inputs or accepts(expect, 2)):
        return (
            f"expect takes {list_parameters(expect)}, expected a plain function of "
            "(source_output, followup_output) or "
            "(source_output, followup_output, source_input, followup_input)"
        )
    description = getattr(expect, "description", None) or _describe(expect)
    function = expect

    def check(_equivalence: object, *values: object) -> object:
        return function(*values)

    built_in = isinstance(expect, Approx)
    return Expectation(
        getattr(expect, "__name__", type(expect).__name__),
        description,
        check,
        takes_inputs=takes_inputs,
        built_in=built_in,
        takes_sources=False if built_in else None,
        takes_raised=not built_in,
        same=expect if built_in or expect is same_zone else None,
    )


def _describe(function: Callable[..., object]) -> str:
    doc = inspect.getdoc(function)
    if doc and inspect.isroutine(function):
        return doc.splitlines()[0].rstrip(".")
    name = getattr(function, "__name__", type(function).__name__)
    if name == "<lambda>":
        name = "expect"
    return f"{name}(source_output, followup_output) is true"


def _elements(value: Any) -> list[Any]:
    charge_elements(value)
    kind = find_kind(type(value))
    if kind is not None and kind.list_elements is not None:
        return kind.list_elements(value)
    if hasattr(value, "tolist"):
        return list(value.tolist())
    if isinstance(value, Mapping):
        return list(value.items())
    found = list(itertools.islice(value, MOST_ELEMENTS + 1))
    charge_elements(found)
    return found


def _starts_with(same: Callable[[object, object], bool], first: Any, second: Any) -> bool:
    if same is equal_values and type(first) is type(second) and type(first) in (str, bytes):
        return bool(second.startswith(first))
    head, whole = _elements(first), _elements(second)
    return len(head) <= len(whole) and all(
        same(a, b) for a, b in zip(head, whole[: len(head)], strict=True)
    )


def _contains(same: Callable[[object, object], bool], container: Any, members: Any) -> bool:
    held, wanted = _elements(container), _elements(members)
    counted = _count(same, held), _count(same, wanted)
    if counted[0] is not None and counted[1] is not None:
        return counted[1].keys() <= counted[0].keys()
    return all(_take(same, held, member, remove=False) for member in wanted)


def _permutes(same: Callable[[object, object], bool], first: Any, second: Any) -> bool:
    left, right = _elements(first), _elements(second)
    if len(left) != len(right):
        return False
    counted = _count(same, left), _count(same, right)
    if counted[0] is not None and counted[1] is not None:
        return counted[0] == counted[1]
    if isinstance(same, Approx) and all(type(n) in (int, float) for n in (*left, *right)):
        return all(same(a, b) for a, b in zip(sorted(left), sorted(right), strict=True))
    return all(_take(same, right, item, remove=True) for item in left)


def _count(same: Callable[[object, object], bool], elements: list[Any]) -> Counter[object] | None:
    """Count equal elements by hashing; None where only the task's equivalence can tell them."""
    if same is not equal_values:
        return None
    try:
        return count_frozen(elements)
    except (Incomparable, RecursionError):
        return None


def _take(
    same: Callable[[object, object], bool], held: list[Any], item: object, *, remove: bool
) -> bool:
    for index, candidate in enumerate(held):
        charge(1)
        if same(item, candidate):
            if remove:
                del held[index]
            return True
    return False


def _ordered(compare: Callable[[Any, Any], object]) -> Callable[..., bool]:
    may_be_equal = bool(compare(0, 0))

    def hold(same: object, first: Any, second: Any) -> bool:
        if compare(first, second):
            return True
        # What is equal within the task's tolerance is as good as equal, but nan is not.
        is_number = first == first  # noqa: PLR0124
        return may_be_equal and isinstance(same, Approx) and bool(is_number) and same(first, second)

    def check(_same: object, first: Any, second: Any) -> bool:
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            return first.keys() == second.keys() and all(
                hold(_same, value, second[key]) for key, value in first.items()
            )
        kind = find_kind(type(first))
        if kind is not None and kind.split_labels is not None:
            if kind is not find_kind(type(second)):
                return False
            # Cell by cell, under the same labels.
            (labels, cells), (others, theirs) = map(kind.split_labels, (first, second))
            return equal_values(labels, others) and check(_same, cells, theirs)
        # Not loaded unless outputs are put in order, for a run that starts sooner.
        from pytest_metamorphic_guard.values.moments import to_instant

        first, second = to_instant(first), to_instant(second)
        # Sets and texts have an order of their own; a single number may come as an array.
        if isinstance(first, str | bytes | AbstractSet) or not hasattr(first, "__iter__"):
            return hold(_same, first, second)
        if getattr(first, "shape", None) == ():
            return hold(_same, first, second)
        left, right = _elements(first), _elements(second)
        return len(left) == len(right) and _all(
            check(_same, a, b) for a, b in zip(left, right, strict=True)
        )

    return check


def _all(results: Iterable[object]) -> bool:
    return all(bool(result) for result in results)


not_equal = Expectation(
    "not_equal",
    "outputs differ",
    lambda same, first, second: not equal.ask(same, first, second),
    takes_raised=True,
)
same_length = Expectation(
    "same_length",
    "the follow-up output is as long as the source output",
    lambda _same, first, second: len(first) == len(second),
)
properties_hold = Expectation(
    "properties_hold",
    "every hard property of the task holds for the follow-up output",
    lambda _same, _first, _second: True,
    takes_raised=True,
)
is_prefix = Expectation(
    "is_prefix", "the source output is a prefix of the follow-up output", _starts_with
)
is_subset = Expectation(
    "is_subset",
    "every element of the source output is in the follow-up output",
    lambda same, first, second: _contains(same, second, first),
)
is_superset = Expectation(
    "is_superset", "every element of the follow-up output is in the source output", _contains
)
is_permutation = Expectation(
    "is_permutation", "outputs have the same elements in any order", _permutes
)
non_decreasing = Expectation(
    "non_decreasing", "the follow-up output is not below the source output", _ordered(operator.le)
)
non_increasing = Expectation(
    "non_increasing", "the follow-up output is not above the source output", _ordered(operator.ge)
)
increasing = Expectation(
    "increasing", "the follow-up output is above the source output", _ordered(operator.lt)
)
decreasing = Expectation(
    "decreasing", "the follow-up output is below the source output", _ordered(operator.gt)
)

_BY_NAME = {
    expectation.name: expectation
    for expectation in (
        equal,
        not_equal,
        properties_hold,
        is_prefix,
        is_subset,
        is_superset,
        is_permutation,
        non_decreasing,
        non_increasing,
        increasing,
        decreasing,
        same_length,
        sum_of_sources,
        raises(),
    )
}
