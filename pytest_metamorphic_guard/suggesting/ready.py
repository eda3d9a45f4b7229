"""Templates and entries of the catalogue that fit what a function takes and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.suggesting.inverses import list_inverses

if TYPE_CHECKING:
    from pytest_metamorphic_guard.suggesting.ideas import Writer
    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["write_ready"]

_NUMBERS, _SEQUENCES, _TEXT = "catalogue.numbers", "catalogue.sequences", "catalogue.text"
_GRAPHS, _GEOMETRY = "catalogue.graphs", "catalogue.geometry"
_DOCUMENTS = "catalogue.serialisation"
_HAS_LENGTH = frozenset({"list", "tuples", "set", "frozenset", "text", "bytes", "dict"})
_JOINED = frozenset({"list", "tuples", "tuple", "text", "bytes"})
_PAIR = 2


def write_ready(writer: Writer) -> None:
    """Write those that fit, by what they ask of each argument and of all of them."""
    subject = writer.subject
    _write_whole(writer)
    for index, shape in enumerate(subject.shapes):
        _write_own(writer, index, shape)
        _write_by_kind(writer, index, shape)
    for encode, decode in list_inverses(subject.name, subject.functions):
        writer.add_ready("round_trip", (f'"{encode}"', f'"{decode}"'))


def _write_by_kind(writer: Writer, index: int, shape: Shape) -> None:
    if shape.is_sequence or shape.kind in ("set", "frozenset"):
        _write_for_elements(writer, index, shape)
    if shape.kind in ("text", "bytes"):
        _write_for_parts(writer, index, shape)
    if shape.kind == "text":
        _write_for_text(writer, index)
    if shape.kind == "dict":
        writer.add_ready(f"{_DOCUMENTS}.key_order_free", argument=index)
        if shape.parts[0].kind == "text":
            writer.add_ready(f"{_DOCUMENTS}.unknown_key_free", argument=index)
    if _is_graph(shape):
        _write_for_graphs(writer, index, shape)
    if _is_points(shape):
        for name in ("move_free", "mirror_free", "start_free", "enlarged"):
            writer.add_ready(f"{_GEOMETRY}.{name}", argument=index)


def _write_whole(writer: Writer) -> None:
    """Write what is about all arguments together."""
    subject, output = writer.subject, writer.subject.output
    shapes = subject.shapes
    if all(shape.is_numeric for shape in shapes):
        writer.add_ready(f"{_NUMBERS}.scale_free", ("2",), argument=None)
        writer.add_ready(f"{_NUMBERS}.shift_free", ("1",), argument=None)
        if output.is_numeric:
            writer.add_ready(f"{_NUMBERS}.moves_with", ("1",), argument=None)
            for degree in ("", "degree=2", "degree=3"):
                words = ("2", degree) if degree else ("2",)
                writer.add_ready("homogeneous", words, argument=None)
            writer.add_ready("additive", argument=None)
    for first in range(len(shapes)):
        for second in range(first + 1, len(shapes)):
            if shapes[first] == shapes[second]:
                places = () if second == 1 else (f"first={first}", f"second={second}")
                key = f"commutative {first} {second}"
                writer.add_ready("commutative", places, argument=None, key=key)
    if len(shapes) >= _PAIR and shapes[0] == shapes[1] == output:
        writer.add_ready("associative", argument=None)


def _write_own(writer: Writer, index: int, shape: Shape) -> None:
    output = writer.subject.output
    if shape == output or (shape.kind == output.kind and shape.kind in _HAS_LENGTH):
        writer.add_ready("idempotent", argument=index)
        writer.add_ready("involutive", argument=index)
    if not shape.is_numeric:
        return
    if output.is_numeric or output.kind == "bool":
        directions: tuple[tuple[str, ...], ...] = ((), ('direction="decreasing"',))
        for direction in directions:
            strict = (*direction, "strict=True")
            writer.add_ready("monotone", strict, argument=index)
            follows = (" ".join(("monotone", *strict, f"at {index}")),)
            writer.add_ready("monotone", direction, argument=index, follows=follows)
    if output.is_numeric:
        writer.add_ready(f"{_NUMBERS}.odd", argument=index)
        if not writer.subject.is_single:
            writer.add_ready("homogeneous", ("2",), argument=index)
    writer.add_ready(f"{_NUMBERS}.even", argument=index)


def _write_for_elements(writer: Writer, index: int, shape: Shape) -> None:
    output = writer.subject.output
    if shape.is_sequence:
        writer.add_ready(f"{_SEQUENCES}.order_free", argument=index)
        writer.add_ready(f"{_SEQUENCES}.copies_free", argument=index)
        if output.kind in _HAS_LENGTH:
            follows = (f"order_free at {index}",)
            writer.add_ready(f"{_SEQUENCES}.same_elements", argument=index, follows=follows)
        if output.kind in _JOINED:
            writer.add_ready(f"{_SEQUENCES}.order_follows", argument=index)
        if output.is_sequence:
            writer.add_ready("batch_invariant", argument=index)
    if output.kind in _HAS_LENGTH:
        writer.add_ready(f"{_SEQUENCES}.keeps_found", argument=index)
        if output.kind != "dict":
            writer.add_ready(f"{_SEQUENCES}.keeps_elements", argument=index)
    _write_for_parts(writer, index, shape)


def _write_for_parts(writer: Writer, index: int, shape: Shape) -> None:
    output = writer.subject.output
    if output.kind in _JOINED:
        writer.add_ready(f"{_SEQUENCES}.joins_parts", argument=index)
        if output.kind == shape.kind:
            writer.add_ready(f"{_SEQUENCES}.merges_parts", argument=index)
    if output.is_number:
        writer.add_ready(f"{_SEQUENCES}.sums_parts", argument=index)


def _write_for_text(writer: Writer, index: int) -> None:
    for name in ("case_free", "padding_free", "space_runs_free", "line_endings_free"):
        writer.add_ready(f"{_TEXT}.{name}", argument=index)
    for name in ("normal_form_free", "quotes_free"):
        writer.add_ready(f"{_TEXT}.{name}", argument=index)
    if writer.subject.output.is_number:
        writer.add_ready(f"{_TEXT}.grows_with_text", argument=index)


def _write_for_graphs(writer: Writer, index: int, shape: Shape) -> None:
    subject = writer.subject
    node = shape.parts[0] if shape.kind == "dict" else shape.parts[0].parts[0]
    nodes = [
        str(other) for other, own in enumerate(subject.shapes) if own == node and other != index
    ]
    writer.add_ready(f"{_GRAPHS}.names_free", nodes, argument=index)
    writer.add_ready(f"{_GRAPHS}.edge_order_free", argument=index)
    if len(nodes) == _PAIR:
        writer.add_ready(f"{_GRAPHS}.edges_reversed", nodes, argument=index)
    weighted = _is_weighted(shape)
    if weighted and subject.output.is_number:
        writer.add_ready(f"{_GRAPHS}.weights_scale", argument=index)
    if subject.output.is_number:
        writer.add_ready(f"{_GRAPHS}.edge_added", ("1",) if weighted else (), argument=index)
    if shape.kind == "dict":
        writer.add_ready(f"{_GRAPHS}.lone_node_free", argument=index)


def _is_graph(shape: Shape) -> bool:
    if shape.kind == "dict":
        held = shape.parts[1]
        return held.kind in ("list", "set", "dict", "tuples") and held.parts[0] == shape.parts[0]
    if shape.kind != "list" or shape.parts[0].kind != "tuple":
        return False
    edge = shape.parts[0].parts
    return len(edge) in (2, 3) and edge[0] == edge[1] and edge[0].kind in ("int", "text")


def _is_weighted(shape: Shape) -> bool:
    if shape.kind == "dict":
        return shape.parts[1].kind == "dict" and shape.parts[1].parts[1].is_number
    edge = shape.parts[0].parts
    return len(edge) > _PAIR and edge[2].is_number


def _is_points(shape: Shape) -> bool:
    if not shape.is_sequence or shape.parts[0].kind != "tuple":
        return False
    point = shape.parts[0].parts
    return len(point) == _PAIR and all(part.is_number for part in point)
