"""What must hold for a model that learns from rows and is asked about others."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, approx, catalogue, shifted

value = st.integers(-20, 20).map(float)
row = st.tuples(value, value)
rows = st.lists(st.tuples(row, value), min_size=6, max_size=10, unique_by=lambda pair: pair[0])
inputs = st.tuples(rows, st.lists(row, min_size=1, max_size=3)).map(
    lambda drawn: (
        [list(features) for features, _ in drawn[0]],
        [target for _, target in drawn[0]],
        [list(features) for features in drawn[1]],
    )
)
sklearn_models = Task(
    "sklearn_models",
    inputs=inputs,
    equivalence=approx(rel=1e-4, abs=1e-4),
    timeout_s=60,
    mem_mb=4096,
)
sklearn_models.add(
    catalogue.models.training_order_free(1),
    catalogue.models.feature_order_free(2),
    catalogue.models.row_order_follows(argument=2),
)


@sklearn_models.relation(expect=shifted(5))
def other_zero(rows, targets, asked):
    """Targets that are all 5 larger give predictions that are 5 larger."""
    return rows, [target + 5 for target in targets], asked


@sklearn_models.relation
def moved(rows, targets, asked):
    """Where all features of one kind are 3 larger, nothing else changes."""

    def move(features):
        return [features[0] + 3, features[1]]

    return [move(one) for one in rows], targets, [move(one) for one in asked]
