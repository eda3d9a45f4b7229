"""What must hold for the largest flow through a network of pipes."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, non_decreasing

edge = st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 3))
# The textbook's: what goes through the pipe in the middle is in the way of what could go round it.
textbook = [(0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 3, 1), (2, 3, 1)]
maximum_flow = Task(
    "maximum_flow",
    inputs=st.tuples(st.lists(edge, max_size=8), st.just(0), st.just(3)),
    examples=[(textbook, 0, 3)],
)
maximum_flow.add(
    catalogue.graphs.names_free(1, 2),
    catalogue.graphs.edge_order_free(),
    catalogue.graphs.edges_reversed(),
    catalogue.graphs.weights_scale(3),
)


@maximum_flow.relation(expect=non_decreasing)
def one_more_pipe(edges, source, sink):
    """One more pipe takes nothing away."""
    return [*edges, (1, 2, 5)], source, sink


@maximum_flow.relation
def two_for_one(edges, source, sink):
    """Two pipes are as good as one of their joint width."""
    narrow = [(a, b, width - 1) for a, b, width in edges]
    return [*narrow, *((a, b, 1) for a, b, _ in edges)], source, sink
