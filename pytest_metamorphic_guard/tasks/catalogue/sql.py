"""Relations of what runs SQL: the argument is a SELECT without a WHERE, GROUP BY or LIMIT."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.arithmetic import add
from pytest_metamorphic_guard.relations.expectations import is_permutation, is_superset
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_law, make_relation
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = ["condition_narrows", "partitioned", "partitions_sum", "true_condition_free"]

_PARTS = ("({})", "NOT ({})", "({}) IS NULL")


def partitioned(predicate: str, *, argument: int = 0, **words: Unpack[Words]) -> Law:
    """A predicate divides the rows: where it is true, false and unknown, they are all rows.

    After Rigger and Su, "Finding bugs in database systems via query partitioning" (2020).

    Holds where the output is the list of rows, and the query has no DISTINCT in it.
    """

    def divide(solve: Any, *inputs: Any) -> None:
        parts = [row for part in _ask_parts(solve, inputs, argument, predicate) for row in part]
        whole = list(solve(*inputs))
        if not is_permutation(whole, parts, solve.equivalence):
            raise AssertionError(f"the parts have the rows {parts!r:.60}, the whole {whole!r:.60}")

    return make_law(partitioned, words, divide)


def partitions_sum(predicate: str, *, argument: int = 0, **words: Unpack[Words]) -> Law:
    """A predicate divides a count or sum: its parts have the whole as their sum.

    Holds where the output is a number, of a query that selects COUNT or TOTAL of all rows.
    """

    def divide(solve: Any, *inputs: Any) -> None:
        total, whole = reduce(add, _ask_parts(solve, inputs, argument, predicate)), solve(*inputs)
        if not solve.equivalence(total, whole):
            raise AssertionError(
                f"the parts have the sum {total!r:.60}, the whole is {whole!r:.60}"
            )

    return make_law(partitions_sum, words, divide)


def true_condition_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """A condition that is always true changes nothing.

    Holds where the order of rows is fixed by the query, or the task's equivalence ignores it.
    """
    return make_relation(true_condition_free, words, at(argument, lambda q: f"{q} WHERE 1 = 1"))


def condition_narrows(
    predicate: str, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A condition leaves rows out and brings none in.

    Holds where the output is the list of rows.
    """
    change = at(argument, lambda query: f"{query} WHERE {predicate}")
    return make_relation(condition_narrows, words, change, is_superset)


def _ask_parts(solve: Any, inputs: tuple[Any, ...], argument: int, predicate: str) -> list[Any]:
    queries = [f"{inputs[argument]} WHERE {part.format(predicate)}" for part in _PARTS]
    return [solve(*replace_at(inputs, argument, query)) for query in queries]
