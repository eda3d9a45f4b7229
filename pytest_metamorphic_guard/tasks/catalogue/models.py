"""Relations of models: of predictions for rows, and of training on them.

Rows are a list of lists, of tuples or of dicts, an array, or a table of pandas or polars; columns
are told by position or by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.expectations import non_decreasing, non_increasing
from pytest_metamorphic_guard.relations.holes import predict
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "feature_free",
    "feature_lowers",
    "feature_order_free",
    "feature_raises",
    "row_order_follows",
    "training_order_free",
    "weights_as_copies",
]


def row_order_follows(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Rows the other way round have their predictions the other way round.

    Holds where the prediction for a row does not depend on other rows.
    """
    backwards = predict(
        "backwards", "the follow-up output is the source output backwards", lambda out: out[::-1]
    )
    return make_relation(row_order_follows, words, at(argument, _turn), backwards)


def training_order_free(
    *aligned: int, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """The order of the rows that a model is trained on does not matter.

    Args:
        aligned: Positions of further arguments with an element per row, such as targets and
            weights.
        argument: Position of the rows.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where training is no walk along the rows, or has converged; with `approx`.
    """

    def turn(*inputs: Any) -> tuple[Any, ...]:
        for position in (argument, *aligned):
            inputs = replace_at(inputs, position, _turn(inputs[position]))
        return inputs

    return make_relation(training_order_free, words, turn)


def weights_as_copies(
    weights: int = 2, *aligned: int, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A row of weight 2 is as good as the row twice.

    Args:
        weights: Position of the weights, whole numbers, one per row.
        aligned: Positions of further arguments with an element per row, such as targets.
        argument: Position of the rows.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where weights count rows; with `approx`. Rows are lists.
    """

    def copy_rows(*inputs: Any) -> tuple[Any, ...]:
        counts = [int(weight) for weight in inputs[weights]]
        for position in (argument, *aligned):
            column = inputs[position]
            copied = [one for one, n in zip(column, counts, strict=True) for _ in range(n)]
            inputs = replace_at(inputs, position, type(column)(copied))
        return replace_at(inputs, weights, [1] * sum(counts))

    return make_relation(weights_as_copies, words, copy_rows)


def feature_order_free(
    *tables: int, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """The order of the features does not matter.

    Args:
        tables: Positions of further arguments with the same features, such as the rows to predict.
        argument: Position of the rows.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where a model is trained and asked in one call, or takes its features by name; with
    `approx`.
    """

    def turn(*inputs: Any) -> tuple[Any, ...]:
        for position in (argument, *tables):
            inputs = replace_at(inputs, position, _turn_features(inputs[position]))
        return inputs

    return make_relation(feature_order_free, words, turn)


def feature_raises(
    column: Any, *, by: Any = 1, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """More of a feature gives no lower prediction.

    Holds where the feature is known to speak for what is predicted, other things being equal.
    """
    change = _shift_feature(column, by)
    return make_relation(feature_raises, words, at(argument, change), non_decreasing)


def feature_lowers(
    column: Any, *, by: Any = 1, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """More of a feature gives no higher prediction.

    Holds where the feature is known to speak against what is predicted, other things being equal.
    """
    change = _shift_feature(column, by)
    return make_relation(feature_lowers, words, at(argument, change), non_increasing)


def feature_free(
    column: Any, values: Sequence[Any], *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """Another value of a feature gives the same prediction.

    Args:
        column: The feature.
        values: Each of them is given to all rows, one after the other.
        argument: Position of the rows.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the feature must not count, such as a name, a number or whatever is protected.
    """

    def set_all(*inputs: Any) -> Any:
        for value in values:
            changed = _change_feature(inputs[argument], column, _give(value))
            yield replace_at(inputs, argument, changed)

    return make_relation(feature_free, words, set_all)


def _shift_feature(column: Any, by: Any) -> Callable[[Any], Any]:
    return lambda rows: _change_feature(rows, column, lambda value: value + by)


def _give(value: Any) -> Callable[[Any], Any]:
    return lambda _old: value


def _change_feature(rows: Any, column: Any, change: Callable[[Any], Any]) -> Any:
    if hasattr(rows, "iloc"):
        return rows.assign(**{column: [change(value) for value in rows[column]]})
    if hasattr(rows, "with_columns"):
        changed = type(rows)({column: [change(value) for value in rows[column]]})
        return rows.with_columns(changed[column])
    if hasattr(rows, "dtype"):
        made = rows.copy()
        made[..., column] = change(rows[..., column])
        return made
    return type(rows)(_change_row(row, column, change) for row in rows)


def _change_row(row: Any, column: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(row, dict):
        return {**row, column: change(row[column])}
    cells = list(row)
    cells[column] = change(cells[column])
    return type(row)(cells)


def _turn(rows: Any) -> Any:
    return rows.iloc[::-1] if hasattr(rows, "iloc") else rows[::-1]


def _turn_features(rows: Any) -> Any:
    if hasattr(rows, "columns"):
        return rows[list(rows.columns)[::-1]]
    if hasattr(rows, "dtype"):
        return rows[..., ::-1]
    return type(rows)(
        dict(reversed(row.items())) if isinstance(row, dict) else row[::-1] for row in rows
    )
