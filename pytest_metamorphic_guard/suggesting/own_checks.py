"""Properties of one output that relate it to its own input."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.suggesting.ideas import Writer
    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["write_checks"]

_LONG = frozenset({"list", "tuples", "text", "bytes", "set", "frozenset", "dict"})
_NUMERALS = ("first", "second", "third", "fourth")
_ORDERED = frozenset({"int", "float", "text", "fraction", "decimal"})


def write_checks(writer: Writer) -> None:
    """Write those that fit an argument and the output."""
    subject, output = writer.subject, writer.subject.output
    if output.is_sequence and output.parts[0].kind in _ORDERED:
        writer.add_check("in_order", "The output is in order.", "list(output) == sorted(output)")
        writer.add_check(
            "all_different",
            "No element of the output comes twice.",
            "len(set(output)) == len(output)",
        )
    for name, shape in zip(subject.parameters, subject.shapes, strict=True):
        if output.kind in _LONG:
            _write_for_long(writer, name, shape)
        if output.is_number:
            _write_for_number(writer, name, shape)
        if output.kind == "tuple" and shape.is_number:
            _write_for_parts(writer, name)
        if shape.is_sequence and shape.parts[0] == output:
            writer.add_check(
                f"is_one_of_{name}",
                f"The output is an element of {name}.",
                f"not {name} or output in {name}",
            )


def _write_for_long(writer: Writer, name: str, shape: Shape) -> None:
    output = writer.subject.output
    if shape.kind == "int":
        writer.add_check(
            f"at_most_{name}_long",
            f"The output has at most {name} elements.",
            f"len(output) <= max({name}, 0)",
        )
        if output.is_sequence and output.parts[0].kind == "int":
            writer.add_check(
                f"comes_to_{name}", f"The output comes to {name}.", f"sum(output) == {name}"
            )
    if shape.kind not in _LONG:
        return
    writer.add_check(
        f"as_long_as_{name}",
        f"The output has as many elements as {name}.",
        f"len(output) == len({name})",
    )
    writer.add_check(
        f"no_longer_than_{name}",
        f"The output has no more elements than {name}.",
        f"len(output) <= len({name})",
        follows=(f"as_long_as_{name}",),
    )
    writer.add_check(
        f"no_shorter_than_{name}",
        f"The output has no fewer elements than {name}.",
        f"len(output) >= len({name})",
        follows=(f"as_long_as_{name}",),
    )
    _write_for_sums(writer, name, shape)
    if shape.parts[:1] == output.parts[:1]:
        writer.add_check(
            f"only_from_{name}",
            f"Every element of the output is in {name}.",
            f"all(element in {name} for element in output)",
        )
        if shape.kind != "dict":
            writer.add_check(
                f"all_of_{name}",
                f"Every element of {name} is in the output.",
                f"all(element in output for element in {name})",
            )
    if output.kind == shape.kind == "text":
        writer.add_check(f"is_in_{name}", f"The output is a part of {name}.", f"output in {name}")


def _write_for_sums(writer: Writer, name: str, shape: Shape) -> None:
    """Write what whole numbers of the output come to, of which nothing is lost."""
    output, whole = writer.subject.output, "int"
    if output.kind == "dict" and output.parts[1].kind == whole:
        writer.add_check(
            f"counts_all_{name}",
            f"The values of the output come to the length of {name}.",
            f"sum(output.values()) == len({name})",
        )
    if output.is_sequence and output.parts[0].kind == whole and shape.has_numbers:
        writer.add_check(
            f"same_sum_as_{name}",
            f"The output comes to the sum of {name}.",
            f"sum(output) == sum({name})",
        )


def _write_for_parts(writer: Writer, name: str) -> None:
    for index, part in enumerate(writer.subject.output.parts[: len(_NUMERALS)]):
        for word, sign in (("most", "<="), ("least", ">=")) if part.is_number else ():
            writer.add_check(
                f"{_NUMERALS[index]}_at_{word}_{name}",
                f"The {_NUMERALS[index]} part of the output is at {word} {name}.",
                f"output[{index}] {sign} {name}",
            )


def _write_for_number(writer: Writer, name: str, shape: Shape) -> None:
    if shape.has_numbers:
        writer.add_check(
            f"between_{name}",
            f"The output is between the smallest and the largest of {name}.",
            f"not {name} or min({name}) <= output <= max({name})",
        )
        writer.add_check(
            f"at_most_all_{name}",
            f"The output is at most the sum of {name}.",
            f"output <= sum({name})",
        )
    if shape.kind in _LONG:
        writer.add_check(
            f"at_most_length_of_{name}",
            f"The output is at most the length of {name}.",
            f"output <= len({name})",
        )
    if shape.is_number:
        writer.add_check(f"at_most_{name}", f"The output is at most {name}.", f"output <= {name}")
        writer.add_check(f"at_least_{name}", f"The output is at least {name}.", f"output >= {name}")
