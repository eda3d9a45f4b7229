"""The minimum cycle basis of networkx as it is now; see new.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "new"))

import networkx as nx


def solve(edges):
    """Return each cycle as a list of its edges; the weight of an edge that is none is None."""
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges)
    return [
        [
            (a, b, graph.get_edge_data(a, b, {}).get("weight"))
            for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        ]
        for cycle in nx.minimum_cycle_basis(graph, weight="weight")
    ]
