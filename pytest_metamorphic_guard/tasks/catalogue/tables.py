"""Relations of functions of tables, pandas' and polars' alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.expectations import is_permutation
from pytest_metamorphic_guard.relations.holes import scaled
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation

if TYPE_CHECKING:
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "column_order_free",
    "doubles_with_rows",
    "labels_free",
    "row_order_follows",
    "row_order_free",
    "row_twice_free",
    "spare_column_free",
]


def row_order_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the rows does not matter.

    Holds where rows are summed, counted or grouped, and the output has an order of its own; of
    fractions with `approx` as the equivalence.
    """
    return make_relation(row_order_free, words, at(argument, _turn_rows))


def row_order_follows(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the rows changes at most the order of the rows of the output.

    Holds where each row is kept, dropped or changed for what stands in it.
    """
    return make_relation(row_order_follows, words, at(argument, _turn_rows), is_permutation)


def column_order_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order of the columns does not matter.

    Holds where columns are taken by their names, and the output does not have all of them.
    """
    return make_relation(
        column_order_free, words, at(argument, lambda table: table[list(table.columns)[::-1]])
    )


def spare_column_free(
    column: str = "spare", *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A column that nobody asked for changes nothing.

    Holds where columns are taken by their names, and the output does not have all of them.
    """

    def add_column(table: Any) -> Any:
        if hasattr(table, "iloc"):
            return table.assign(**{column: 0})
        # A dependency of whoever has a table of this kind.
        import polars as pl

        return table.with_columns(pl.lit(0).alias(column))

    return make_relation(spare_column_free, words, at(argument, add_column))


def labels_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The labels of the rows do not matter.

    Holds where rows are told by what stands in their columns; a pandas table that was filtered or
    joined has other labels than one that was read.
    """

    def relabel(*inputs: Any) -> Any:
        table = inputs[argument]
        # Tables of polars have no labels.
        if hasattr(table, "iloc"):
            changed = table.set_axis([f"row {3 * n + 7}" for n in range(len(table))], axis=0)
            yield (*inputs[:argument], changed, *inputs[argument + 1 :])

    return make_relation(labels_free, words, relabel)


def row_twice_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Rows that are there already change nothing when they come again.

    Holds where rows are made distinct, or the output is a share, a mean, a smallest or largest one.
    """
    return make_relation(row_twice_free, words, at(argument, _double_rows))


def doubles_with_rows(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Every row twice gives twice the output.

    Holds where the output is a sum or a count of rows, or several of them.
    """
    return make_relation(doubles_with_rows, words, at(argument, _double_rows), scaled(2))


def _take(table: Any, rows: list[int]) -> Any:
    return table.iloc[rows] if hasattr(table, "iloc") else table[rows]


def _turn_rows(table: Any) -> Any:
    return _take(table, [*range(len(table))][::-1])


def _double_rows(table: Any) -> Any:
    return _take(table, [*range(len(table)), *range(len(table))])
