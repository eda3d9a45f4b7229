"""The inputs of a task: a strategy, a dict of strategies, a sequence, or a generator function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.relations.signatures import accepts, list_parameters

__all__ = [
    "FixedInputs",
    "GeneratedInputs",
    "Inputs",
    "StrategyInputs",
    "check_cases",
    "is_strategy",
    "name_inputs",
    "to_inputs",
]


class StrategyInputs(NamedTuple):
    """A hypothesis strategy of argument tuples, or one strategy per named argument.

    Attributes:
        strategy: The strategy, or a dict of argument name to strategy.
        names: The argument names of a dict, else None.
        ids: What a user calls some of the inputs, by their text; see `name_inputs`.
        left_out: What was there and is no input, one phrase each.
        operations: A strategy of what is drawn besides and becomes the last argument, or None.
    """

    strategy: Any
    names: tuple[str, ...] | None = None
    ids: Mapping[str, str] | None = None
    left_out: tuple[str, ...] = ()
    operations: Any = None

    @property
    def arity(self) -> int | None:
        """Number of arguments, or None where it shows only when an input is drawn."""
        if self.names is not None:
            return len(self.names)
        width = self._count_elements()
        return width if width is None or self.operations is None else width + 1

    def _count_elements(self) -> int | None:
        # st.tuples() builds its strategy lazily; what it wraps has one strategy per element.
        try:
            wrapped = getattr(self.strategy, "wrapped_strategy", self.strategy)
        except Exception:  # noqa: BLE001 - st.deferred() of what is defined further down
            return None
        elements = getattr(wrapped, "element_strategies", None)
        if type(wrapped).__name__ == "TupleStrategy" and elements is not None:
            return len(elements)
        return None


class FixedInputs(NamedTuple):
    """A sequence of argument tuples, run in order.

    Attributes:
        cases: The argument tuples.
        names: The names of the arguments, where a file or a record has them.
        ids: What a user calls the inputs, by their text; see `name_inputs`.
        left_out: What was there and is no input, one phrase each.
    """

    cases: Sequence[tuple[Any, ...]]
    names: tuple[str, ...] | None = None
    ids: Mapping[str, str] | None = None
    left_out: tuple[str, ...] = ()

    @property
    def arity(self) -> int | None:
        """Number of arguments of every input."""
        return len(self.cases[0])


class GeneratedInputs(NamedTuple):
    """A function ``gen_inputs(n, seed)`` that returns a list of ``n`` argument tuples."""

    generate: Callable[[int, int], Sequence[tuple[Any, ...]]]
    names: None = None
    ids: None = None
    left_out: tuple[str, ...] = ()

    @property
    def arity(self) -> int | None:
        """None: it shows only when inputs are generated."""
        return None


Inputs: TypeAlias = StrategyInputs | FixedInputs | GeneratedInputs


def to_inputs(given: object) -> Inputs | str:  # noqa: PLR0911 - one for each form
    """Read what a user gave as ``inputs=``; a string that comes back says what is wrong with it."""
    if isinstance(given, Inputs):  # of from_file() and its like
        return given
    if is_strategy(given):
        return _find_invalid(given) or StrategyInputs(given)
    if isinstance(given, Mapping):
        return _read_mapping(given)
    if isinstance(given, type) or inspect.isroutine(given) or _is_generator(given):
        return _read_function(given)
    if (
        hasattr(given, "__len__")
        and hasattr(given, "__getitem__")
        and not isinstance(given, str | bytes)
    ):
        return check_cases(given, "inputs")
    if hasattr(given, "__iter__") and not isinstance(given, str | bytes):
        return (
            f"inputs is a {type(given).__name__}, which has no fixed order or is used up when "
            "read: pass a list of argument tuples"
        )
    return (
        f"inputs is a {type(given).__name__}, expected a hypothesis strategy of argument tuples, "
        "a dict of argument name to strategy, a list of argument tuples, or gen_inputs(n, seed)"
    )


def check_cases(cases: Any, what: str) -> FixedInputs | str:
    """Check a sequence of argument tuples; a string that comes back says what is wrong with it."""
    if len(cases) == 0:
        return f"{what} is empty"
    width = None
    for index in range(len(cases)):
        case = cases[index]
        if type(case) not in (tuple, Call):
            return (
                f"{what}[{index}] is a {type(case).__name__}, expected a tuple of arguments"
                f"{_advise(case)}"
            )
        if width is not None and len(case) != width:
            return f"{what}[{index}] has {len(case)} arguments, {what}[0] has {width}"
        width = len(case)
    return FixedInputs(cases)


def name_inputs(named: Iterable[tuple[tuple[Any, ...], object]]) -> dict[str, str]:
    """Return what inputs are called by their text, as they may travel; twins share their names."""
    ids: dict[str, str] = {}
    for case, name in named:
        if name is not None and name != "":
            known = ids.get(repr(case))
            ids[repr(case)] = str(name) if known is None else f"{known}, {name}"
    return ids


def is_strategy(value: object) -> bool:
    """Tell whether a value is a strategy of hypothesis."""
    # Told by its class's name, so that declaring a task does not import hypothesis.
    return any(kind.__name__ == "SearchStrategy" for kind in type(value).__mro__)


def _advise(case: object) -> str:
    if isinstance(case, list | dict | str | int | float):
        return f"; for one argument write ({case!r:.40},)"
    return ""


def _read_mapping(given: Mapping[Any, Any]) -> Inputs | str:
    if not given:
        return "inputs is an empty dict"
    wrong = [
        f"{name!r}: {type(strategy).__name__}"
        for name, strategy in given.items()
        if not (isinstance(name, str) and name.isidentifier() and is_strategy(strategy))
    ]
    if wrong:
        return (
            f"inputs must map argument names to hypothesis strategies; not so: {', '.join(wrong)}"
        )
    faults = [fault for fault in map(_find_invalid, given.values()) if fault]
    return faults[0] if faults else StrategyInputs(dict(given), tuple(given))


def _read_function(given: Any) -> Inputs | str:
    if (getattr(given, "__module__", None) or "").startswith("hypothesis."):
        return f"inputs is the function {given.__name__} of hypothesis: call it"
    if isinstance(given, type) or inspect.iscoroutinefunction(given) or not accepts(given, 2):
        return (
            f"inputs is {getattr(given, '__name__', 'a callable')}{list_parameters(given)}, "
            "expected a function gen_inputs(n, seed)"
        )
    return GeneratedInputs(given)


def _is_generator(value: object) -> bool:
    return callable(value) and not hasattr(value, "__len__")


def _find_invalid(strategy: Any) -> str:
    """Say what hypothesis finds wrong with the arguments of a strategy."""
    try:
        getattr(strategy, "wrapped_strategy", None)
    except Exception as error:  # noqa: BLE001 - st.deferred() may raise anything before its time
        if type(error).__name__ == "InvalidArgument":
            return f"inputs cannot be drawn: {error}"
    return ""
