"""What must hold for the length of a shortest path."""

from hypothesis import strategies as st

from pytest_metamorphic_guard import Task, catalogue

node = st.integers(0, 5)
edges = st.dictionaries(node, st.integers(1, 20), max_size=4)
graph = st.fixed_dictionaries(dict.fromkeys(range(6), edges))
shortest_path = Task("shortest_path", inputs=st.tuples(graph, node, node))
shortest_path.add(
    catalogue.graphs.names_free(1, 2),
    catalogue.graphs.edge_order_free(),
    catalogue.graphs.edges_reversed(),
    catalogue.graphs.weights_scale(3),
    catalogue.graphs.lone_node_free(6),
    catalogue.graphs.edge_added(2),
)
