"""What must hold for the least set of cycles from which all others can be put together."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue, on

NODES = range(6)
PAIRS = [(a, b) for a in NODES for b in NODES if a < b]
weight = st.sampled_from([1, 2, 5, 10])
edges = st.dictionaries(st.sampled_from(PAIRS), weight, min_size=3).map(
    lambda weights: [(a, b, weight) for (a, b), weight in weights.items()]
)


def measure(output):
    """Return how many cycles there are, and what their edges weigh together."""
    return len(output), sum(weight or 0 for cycle in output for *_, weight in cycle)


def weigh_the_same(one, other):
    """Several sets may be the smallest: their weight is compared, and not the cycles."""
    return measure(one) == measure(other)


graphs = Task("graphs", inputs=st.tuples(edges), equivalence=weigh_the_same)
graphs.add(catalogue.graphs.edge_order_free())


@graphs.relation
def other_names(edges):
    """Other names of the nodes give cycles of the same weight."""
    return ([(5 - a, 5 - b, weight) for a, b, weight in edges],)


@graphs.relation
def dead_end(edges):
    """An edge to a new place, from which no other leads on, is in no cycle."""
    return ([*edges, (edges[0][0], 6, 1)],)


@graphs.relation(expect=on(len, lambda before, after: after == before + 1))
def one_more_cycle(edges):
    """Three edges between new places are one more cycle."""
    return ([*edges, (7, 8, 1), (8, 9, 1), (7, 9, 1)],)


@graphs.property
def each_is_a_cycle(output, edges):
    """Each one is a closed walk along edges of the graph."""
    for cycle in output:
        assert all(weight is not None for *_, weight in cycle)
