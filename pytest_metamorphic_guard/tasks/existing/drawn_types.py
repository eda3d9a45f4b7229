"""The strategy of one type; models of pydantic are made within the constraints of their fields."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Annotated, Any, Union, get_args, get_origin

__all__ = ["CannotDraw", "draw_type"]

_BARE = {list: "list[int]", dict: "dict[str, int]", set: "set[int]", frozenset: "frozenset[int]"}
_BARE[tuple] = "tuple[int, str]"


class CannotDraw(Exception):  # noqa: N818 - reads as what happened
    """A type of which no values can be made; the text says why and what to do."""


def draw_type(hint: Any) -> Any:
    """Return the strategy of a type.

    Raises:
        CannotDraw: Hypothesis cannot make values of it.
    """
    # Not loaded to declare a task whose inputs are no strategies.
    from hypothesis import strategies as st

    shown = _name(hint)
    if hint in (Any, object):
        raise CannotDraw(f"has the hint {shown}, which may be anything: write the type it takes")
    if hint in _BARE:
        raise CannotDraw(
            f"has the hint {shown}, which does not say what is in it: write {_BARE[hint]} say"
        )
    try:
        strategy = _translate(hint, st)
        strategy.validate()
        empty = strategy.is_empty
    except Exception as error:  # what hypothesis says of a stranger's type
        said = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise CannotDraw(
            f"has the type {shown}, of which hypothesis cannot make values ({said}): register one "
            "with st.register_type_strategy"
        ) from error
    if empty:
        raise CannotDraw(f"has the type {shown}, which has no values: write another")
    return strategy


def _translate(hint: Any, st: Any) -> Any:  # noqa: PLR0911 - one for each kind of container
    """Return the strategy of a type; only what holds a model is made here."""
    if not _holds_model(hint):
        return st.from_type(hint)
    if _is_model(hint):
        return _draw_model(hint, st)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_translate(one, st) for one in inner))
    if origin is Annotated:
        return _translate(inner[0], st)
    if origin in (list, collections.abc.Sequence, collections.abc.Iterable):
        return st.lists(_translate(inner[0], st))
    if origin in (dict, collections.abc.Mapping):
        return st.dictionaries(*(_translate(one, st) for one in inner))
    if origin is tuple and len(inner) == 2 and inner[1] is ...:  # noqa: PLR2004 - tuple[X, ...]
        return st.lists(_translate(inner[0], st)).map(tuple)
    if origin is tuple:
        return st.tuples(*(_translate(one, st) for one in inner))
    return st.from_type(hint)


def _draw_model(model: Any, st: Any) -> Any:
    """Return instances of a model of pydantic, whose validators refuse what else is drawn."""
    from hypothesis import reject

    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        key = alias if isinstance(alias, str) else name
        fields = required if field.is_required() else optional
        fields[key] = st.deferred(lambda field=field: _draw_field(field, st))

    def make(values: dict[str, Any]) -> Any:
        try:
            return model.model_validate(values)
        except ValueError:  # pydantic's ValidationError is one
            reject()

    for one in (*required.values(), *optional.values()):
        one.validate()
    return st.fixed_dictionaries(required, optional=optional).map(make)


def _draw_field(field: Any, st: Any) -> Any:
    hint = field.annotation
    if _holds_model(hint):
        return _translate(hint, st)
    pattern = next((found for m in field.metadata if (found := getattr(m, "pattern", None))), None)
    if pattern is not None and hint is str:
        return st.from_regex(pattern)
    # What annotated_types describes is what hypothesis knows how to keep to.
    kept = [m for m in field.metadata if type(m).__module__.startswith("annotated_types")]
    return st.from_type(Annotated[(hint, *kept)] if kept else hint)


def _is_model(hint: Any) -> bool:
    # Asked by name, so that pydantic is not loaded for other types.
    return isinstance(hint, type) and any(
        kind.__name__ == "BaseModel" and kind.__module__.startswith("pydantic.")
        for kind in hint.__mro__
    )


def _holds_model(hint: Any) -> bool:
    return _is_model(hint) or any(map(_holds_model, get_args(hint)))


def _name(hint: Any) -> str:
    if isinstance(hint, type) and not get_args(hint):
        return hint.__name__
    return str(hint).removeprefix("typing.") if not isinstance(hint, typing.TypeVar) else str(hint)
