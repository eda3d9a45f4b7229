"""Kinds of values that distributions add, by entry point, and what is wrong with a broken one.

The name of an entry point is the module of the types, or a package above it, as ``__module__`` of
the types says it. It finds the kind where a value is met, and is its tag in a frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.frames import KIND, BrokenKindError, EncodeError, keep_builtins
from pytest_metamorphic_guard.values.instances import get_module
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Offer", "load_offer", "make_broken"]

keep_builtins(globals())

_MOST_FAULT: Final = 500
_REQUIRED: Final = ("types", "take_apart", "put_together")
# Of what type the answers are that a kind need not give.
_ANSWERS: Final[dict[str, type]] = {
    "list_elements": list,
    "measure": int,
    "show": list,
    "to_source": str,
    "identify": str,
}
# What stands for one that fails, as any object has such an answer.
_INSTEAD: Final[dict[str, object]] = {"measure": 0, "identify": None}
_OPTIONAL: Final = (*_ANSWERS, "list_parts", "names")
_get_mro: Any = type.__dict__["__mro__"].__get__


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind that a distribution adds; nothing of it is loaded.

    Attributes:
        tag: The name of the entry point.
        place: Where it is: ``module:attribute``, or a module whose functions it consists of.
        distribution: Who ships it.
    """

    tag: str
    place: str
    distribution: str

    def fault(self, text: str) -> BrokenKindError:
        """Return the error that says what is wrong with it."""
        # Which no worker needs to load. What a kind raises may quote a candidate.
        from pytest_metamorphic_guard.contracts.texts import clean_line

        origin = f" (from {self.distribution})" if self.distribution else ""
        return BrokenKindError(
            clean_line(f"kind of value {self.tag!r}{origin}: {text}", _MOST_FAULT)
        )


def load_offer(offer: Offer) -> Kind:
    """Load a kind, and check that it is one.

    Raises:
        BrokenKindError: It is none.
    """
    try:
        module, _, name = offer.place.partition(":")
        found: Any = __import__(module.strip(), fromlist=["*"])
        for part in filter(None, name.strip().split(".")):
            found = getattr(found, part)
        parts = {part: getattr(found, part, None) for part in (*_REQUIRED, *_OPTIONAL)}
        types = parts["types"]() if callable(parts["types"]) else parts["types"]
        listed = tuple(types) if types is not None else ()
    except (Exception, SystemExit) as error:
        raise offer.fault(
            f"failed to load: {type(error).__name__}: {error}. Reinstall or remove it"
        ) from error
    for part in ("take_apart", "put_together"):
        if not callable(parts[part]):
            raise offer.fault(f"has no function {part!r}")
    for part in _OPTIONAL:
        if parts[part] is not None and not (callable(parts[part]) or part == "names"):
            raise offer.fault(f"its {part!r} is no function")
    _check_types(offer, listed)
    names = parts.pop("names") or ()
    if not isinstance(names, list | tuple) or set(map(type, names)) - {str}:
        raise offer.fault("its 'names' are no texts")
    return _guard(offer, listed, tuple(names), parts)


def _check_types(offer: Offer, types: tuple[Any, ...]) -> None:
    if not types:
        raise offer.fault("has no 'types'")
    for kind in types:
        if type not in _get_mro(type(kind)):
            raise offer.fault(f"its 'types' hold a {type(kind).__name__}, expected classes")
        module = get_module(kind)
        if type(module) is not str or not f"{module}.".startswith(f"{offer.tag}."):
            raise offer.fault(
                f"its type {kind.__name__} is from the module {module}; "
                "the name of an entry point is the module of its types"
            )


def _guard(offer: Offer, types: tuple[type, ...], names: tuple[str, ...], parts: Any) -> Kind:
    """Return the kind, whose functions say whose they are where they fail."""

    def take_apart(value: Any) -> list[object] | None:
        try:
            found = parts["take_apart"](value)
            return None if found is None else list(found)
        except Exception as error:
            fault = offer.fault(_explain("take_apart", value, error))
            raise EncodeError("broken_kind", str(fault)) from error

    def list_parts(value: Any) -> list[object]:
        try:
            return list((parts["list_parts"] or parts["take_apart"])(value))
        except Exception as error:
            fault = offer.fault(_explain("list_parts", value, error))
            text = f"a {type(value).__name__} came that cannot be compared: {fault}"
            raise Undecidable(text) from error

    def pair(first: Any, second: Any) -> list[tuple[str, Any, Any]]:
        left, right = list_parts(first), list_parts(second)
        if len(left) != len(right):
            return []
        labels = [f".{name}" for name in names] if len(names) == len(left) else None
        return [
            (labels[at] if labels else f"[{at}]", a, b)
            for at, (a, b) in enumerate(zip(left, right, strict=True))
        ]

    optional = {
        name: _guard_answer(offer, name, parts[name])
        for name in _ANSWERS
        if parts[name] is not None
    }
    return Kind(
        types=lambda: types,
        mark=KIND,
        tag=offer.tag,
        take_apart=take_apart,
        put_together=_guard_reader(offer, types, parts["put_together"]),
        list_parts=list_parts,
        pair=pair,
        **optional,
        names=names,
    )


def _guard_answer(offer: Offer, name: str, function: Callable[..., object]) -> Any:
    def ask(value: Any, *more: Any) -> object:
        try:
            answer = function(value, *more)
        except Exception as error:  # noqa: BLE001 - a stranger's function
            return refuse(_explain(name, value, error))
        if type(answer) is not _ANSWERS[name]:
            return refuse(f"{name!r} of a {type(value).__name__} is a {type(answer).__name__}")
        if name == "to_source" and isinstance(answer, str):
            # Which no worker needs to load. The parts are a candidate's.
            from pytest_metamorphic_guard.contracts.texts import clean

            return clean(answer)
        return answer

    def refuse(text: str) -> object:
        if name in _INSTEAD:
            return _INSTEAD[name]
        fault = offer.fault(text)
        raise Undecidable(str(fault)) if name == "list_elements" else fault

    return ask


def make_broken(offer: Offer, error: BrokenKindError) -> Kind:
    """Return what stands for a kind that cannot be used: whoever asks is told why."""

    def write(_: object, value: Any) -> None:
        raise EncodeError("broken_kind", f"the result holds a {type(value).__name__}: {error}")

    def ask(value: Any) -> NoReturn:
        raise Undecidable(f"a {type(value).__name__} came that cannot be compared: {error}")

    def refuse(*_: object) -> None:
        raise error

    return Kind(
        types=tuple,
        mark=KIND,
        tag=offer.tag,
        write=write,
        unwrap=ask,
        list_parts=ask,
        put_together=refuse,
    )


def _guard_reader(
    offer: Offer, types: tuple[type, ...], put_together: Callable[..., object]
) -> Callable[..., object]:
    def read(*parts: object) -> object:
        try:
            value = put_together(*parts)
        except (Exception, SystemExit, Undecidable) as error:
            text = f"'put_together' raised {type(error).__name__}: {error}"
            raise offer.fault(text) from error
        if type(value) not in types:
            raise offer.fault(f"'put_together' made a {type(value).__name__}")
        return value

    return read


def _explain(name: str, value: object, error: Exception) -> str:
    return f"{name!r} of a {type(value).__name__} raised {type(error).__name__}: {error}"
