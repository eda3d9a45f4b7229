"""Families of relations: one transformation with other constants in each."""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_metamorphic_guard.relations.condition import Expectation

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Family", "Member", "find_family_faults"]

# What splits a node id on a command line.
_UNSELECTABLE = re.compile(r"[\[\]:\s]+")
_LONGEST = 40
_RESERVED = ("output", "rng")

# A relation, which this module knows by its fields.
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Member(Generic[R]):
    """One relation of a family.

    Attributes:
        relation: The relation, which takes no constants any more.
        constants: Its constants by name.
        label: What tells it from the others in the ids of items.
    """

    relation: R
    constants: dict[str, Any]
    label: str

    @property
    def text(self) -> str:
        """Its constants in words."""
        return ", ".join(f"{name} = {_write(value)}" for name, value in self.constants.items())


@dataclass(frozen=True, slots=True)
class Family(Generic[R]):
    """The relations that a relation with parameters stands for, in order."""

    members: tuple[Member[R], ...]

    @property
    def relations(self) -> list[R]:
        """The relations themselves."""
        return [member.relation for member in self.members]

    @classmethod
    def of(cls, relation: R, parameters: Mapping[str, Any]) -> Family[R]:
        """Return the members of a family: all combinations of its values.

        Raises:
            TaskError: One of them is declared wrongly.
        """
        combined = [
            dict(zip(parameters, values, strict=True))
            for values in itertools.product(*parameters.values())
        ]
        labels = _label(combined)
        return cls(
            tuple(
                Member(_bind(relation, constants), constants, label)
                for constants, label in zip(combined, labels, strict=True)
            )
        )


def find_family_faults(parameters: object, items: object) -> list[str]:
    """Return what is wrong with the values of a family."""
    faults = []
    if items not in ("each", "all"):
        faults.append(f"items={items!r}, expected 'each' or 'all'")
    if not isinstance(parameters, Mapping) or not parameters:
        return [*faults, "parameters must map names to lists of values, as in {'c': [2, 7]}"]
    for name, values in parameters.items():
        if not isinstance(name, str) or not name.isidentifier() or name in _RESERVED:
            faults.append(f"parameters has {name!r}, expected the name of a parameter of transform")
        elif isinstance(values, str) or not hasattr(values, "__len__") or len(values) == 0:
            faults.append(f"parameters[{name!r}] is {values!r:.60}, expected a list of values")
    return faults


def _bind(relation: Any, constants: dict[str, Any]) -> Any:
    text = ", ".join(f"{name} = {_write(value)}" for name, value in constants.items())
    doc = relation.description or inspect.getdoc(relation.transform) or ""
    sentence = doc.strip().splitlines()[0].rstrip(".") if doc.strip() else ""
    filled = sentence
    for name, value in constants.items():
        filled = filled.replace(f"{{{name}}}", _write(value))
    if filled == sentence:
        filled = f"{sentence} ({text})" if sentence else text
    transform = relation.transform
    if callable(transform):
        transform = functools.partial(transform, **constants)
    return replace(
        relation,
        transform=transform,
        expect=_bind_expectation(relation.expect, constants),
        description=filled,
        parameters=None,
        items="each",
    )


def _bind_expectation(expect: Any, constants: dict[str, Any]) -> Any:
    """Return what a member expects: of constants alone an expectation is made."""
    if not callable(expect) or isinstance(expect, Expectation):
        return expect
    try:
        parameters = inspect.signature(expect).parameters
    except (TypeError, ValueError):
        return expect
    known = {name: value for name, value in constants.items() if name in parameters}
    if not known:
        return expect
    needed = [name for name, one in parameters.items() if one.default is one.empty]
    if set(needed) <= known.keys():
        return expect(**known)
    bound: Any = functools.partial(expect, **known)
    # Not by functools.wraps(), which would show the constants among the parameters again.
    bound.__name__ = getattr(expect, "__name__", "expect")
    doc = inspect.getdoc(expect)
    if doc:
        bound.description = doc.splitlines()[0].rstrip(".")
    return bound


def _label(combined: list[dict[str, Any]]) -> list[str]:
    labels: list[str] = []
    for number, constants in enumerate(combined):
        written = "-".join(map(_shorten, constants.values())) or str(number)
        labels.append(written if written not in labels else f"{written}-{number}")
    return labels


def _shorten(value: object) -> str:
    text = value if isinstance(value, str) else _write(value)
    # An address differs from process to process.
    if not text or " at 0x" in text or len(text) > _LONGEST:
        text = type(value).__name__
    return _UNSELECTABLE.sub("_", text)


def _write(value: object) -> str:
    name: Callable[..., Any] | None = getattr(value, "__name__", None)
    if isinstance(name, str) and callable(value):
        return name
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a stranger's repr
        return type(value).__name__
