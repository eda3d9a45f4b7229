"""Relations of functions of graphs.

A graph is a dict of each node's neighbours, ``{"a": ["b"]}`` or with weights ``{"a": {"b": 3}}``,
or a list of edges, ``[("a", "b")]`` or ``[("a", "b", 3)]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.relations.expectations import non_increasing
from pytest_metamorphic_guard.relations.holes import scaled
from pytest_metamorphic_guard.tasks.catalogue.page import at, make_relation
from pytest_metamorphic_guard.tasks.templates.filling import replace_at

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from random import Random
    from typing import Unpack

    from pytest_metamorphic_guard.tasks.declarations import MetamorphicRelation
    from pytest_metamorphic_guard.tasks.templates.filling import Words

__all__ = [
    "edge_added",
    "edge_order_free",
    "edges_reversed",
    "lone_node_free",
    "names_free",
    "weights_scale",
]


def names_free(*nodes: int, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Other names of the nodes do not change the output.

    Args:
        nodes: Positions of arguments that are nodes of the graph, and are renamed with it.
        argument: Position of the graph.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the output is a number or a yes or no, and has no node in it.
    """

    def rename(*inputs: Any) -> tuple[Any, ...]:
        graph = inputs[argument]
        known = list(dict.fromkeys([*_list_nodes(graph), *(inputs[node] for node in nodes)]))
        # Each takes the name of another one, so that names stay of their kind.
        others = dict(zip(known, known[1:] + known[:1], strict=True))
        inputs = replace_at(inputs, argument, _map_nodes(graph, others.__getitem__))
        for node in nodes:
            inputs = replace_at(inputs, node, others[inputs[node]])
        return inputs

    return make_relation(names_free, words, rename)


def edge_order_free(*, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """The order in which nodes and edges are listed does not matter.

    Holds where the output is the one of its kind: a distance, a count, not one of several paths.
    """
    return make_relation(edge_order_free, words, at(argument, _list_backwards))


def edges_reversed(
    start: int = 1, end: int = 2, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """There and back in a graph with all edges turned round is the same.

    Args:
        start: Position of the node where a way begins.
        end: Position of the node where it ends; both change places.
        argument: Position of the graph.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the output is about ways from one node to another: distances, flows, counts.
    """

    def turn(*inputs: Any) -> tuple[Any, ...]:
        first, last = inputs[start], inputs[end]
        inputs = replace_at(inputs, argument, _reverse(inputs[argument]))
        return replace_at(replace_at(inputs, start, last), end, first)

    return make_relation(edges_reversed, words, turn)


def weights_scale(c: Any = 3, *, argument: int = 0, **words: Unpack[Words]) -> MetamorphicRelation:
    """Weights times a constant give the output times the constant.

    Holds where the output is a sum of weights: a distance, a flow, the cost of a tree.
    """

    def multiply(graph: Any) -> Any:
        if isinstance(graph, Mapping):
            return {
                node: {other: c * weight for other, weight in edges.items()}
                for node, edges in graph.items()
            }
        return [(first, second, c * weight) for first, second, weight in graph]

    return make_relation(weights_scale, words, at(argument, multiply), scaled(c))


def lone_node_free(
    node: Hashable = "lone", *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """A node without edges changes nothing.

    Holds where the output is about edges, ways or flows; for graphs that are dicts.
    """

    def add_node(graph: Any) -> Any:
        weighted = any(isinstance(edges, Mapping) for edges in graph.values())
        return {**graph, node: {} if weighted else []}

    return make_relation(lone_node_free, words, at(argument, add_node))


def edge_added(
    weight: Any = None, *, argument: int = 0, **words: Unpack[Words]
) -> MetamorphicRelation:
    """One more edge makes the output no larger.

    Args:
        weight: Its weight; None for graphs without.
        argument: Position of the graph.
        words: ``name``, ``precondition``, ``min_pass_rate``.

    Holds where the output is a shortest way, a cheapest tree or a number of parts, and infinite
    where there is none.
    """

    def add_edge(*inputs: Any, rng: Random) -> Any:
        graph = inputs[argument]
        nodes = _list_nodes(graph)
        pairs = [(a, b) for a in nodes for b in nodes if a != b and not _has_edge(graph, a, b)]
        if pairs:
            first, second = rng.choice(pairs)
            yield replace_at(inputs, argument, _add_edge(graph, first, second, weight))

    return make_relation(edge_added, words, add_edge, non_increasing)


def _list_nodes(graph: Any) -> list[Any]:
    if isinstance(graph, Mapping):
        return list(dict.fromkeys([*graph, *(n for edges in graph.values() for n in edges)]))
    return list(dict.fromkeys(node for edge in graph for node in edge[:2]))


def _map_nodes(graph: Any, rename: Callable[[Any], Any]) -> Any:
    if not isinstance(graph, Mapping):
        return [(rename(first), rename(second), *rest) for first, second, *rest in graph]
    return {
        rename(node): {rename(other): weight for other, weight in edges.items()}
        if isinstance(edges, Mapping)
        else type(edges)(map(rename, edges))
        for node, edges in graph.items()
    }


def _list_backwards(graph: Any) -> Any:
    if not isinstance(graph, Mapping):
        return graph[::-1]
    return {
        node: dict(reversed(list(edges.items())))
        if isinstance(edges, Mapping)
        else type(edges)(reversed(list(edges)))
        for node, edges in reversed(list(graph.items()))
    }


def _reverse(graph: Any) -> Any:
    if not isinstance(graph, Mapping):
        return [(second, first, *rest) for first, second, *rest in graph]
    weighted = any(isinstance(edges, Mapping) for edges in graph.values())
    turned: dict[Any, Any] = {node: {} if weighted else [] for node in _list_nodes(graph)}
    for node, edges in graph.items():
        for other in edges:
            if weighted:
                turned[other][node] = edges[other]
            else:
                turned[other].append(node)
    return turned


def _has_edge(graph: Any, first: Any, second: Any) -> bool:
    if isinstance(graph, Mapping):
        return second in graph.get(first, ())
    return any(edge[:2] == (first, second) for edge in map(tuple, graph))


def _add_edge(graph: Any, first: Any, second: Any, weight: Any) -> Any:
    if not isinstance(graph, Mapping):
        edge: Sequence[Any] = (first, second) if weight is None else (first, second, weight)
        return [*graph, edge]
    edges = graph.get(first, {} if weight is not None else [])
    if isinstance(edges, Mapping):
        return {**graph, first: {**edges, second: weight}}
    return {**graph, first: type(edges)([*edges, second])}
