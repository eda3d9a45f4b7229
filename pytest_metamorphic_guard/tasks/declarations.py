"""The parts of a task that are checked: relations, properties, laws and agreements.

Each part checks itself when it is made and refuses to exist with a fault.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_metamorphic_guard.relations.signatures import (
    accepts,
    count_positional,
)
from pytest_metamorphic_guard.tasks.agreement import Agreement, agree
from pytest_metamorphic_guard.tasks.relation import MetamorphicRelation
from pytest_metamorphic_guard.tasks.word_checks import (
    check_function,
    check_name,
    check_rate,
    raise_faults,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Agreement",
    "Kind",
    "Law",
    "MetamorphicRelation",
    "Property",
    "Subject",
    "function_of",
    "is_soft",
    "makes_noise",
    "name_kind",
]

Kind: TypeAlias = Literal["relation", "property", "law", "agreement"]


@dataclass(frozen=True)  # without slots, which have no room for what is cached
class Property:
    """A check on one output.

    Args:
        check: ``check(output, *inputs)``, or ``check(output)``. False, or an exception such as a
            failed assert, is a violation; None and True are not. A keyword-only parameter
            ``arguments`` receives the arguments as the call has left them.
        description: What the property says.
        mode: ``"hard"`` fails the case, ``"soft"`` is only reported.
        name: Name of the property's item; made from the check's name or description otherwise.
        precondition: ``precondition(*inputs)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold; set, every input runs and counts.

    Raises:
        TaskError: With all faults of the declaration.
    """

    check: Callable[..., Any]
    description: str = ""
    mode: Literal["hard", "soft"] = "hard"
    name: str = field(default="", kw_only=True)
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)
    min_pass_rate: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        if not self.name:
            object.__setattr__(self, "name", _name_property(self.check, self.description))
        faults = check_name(self.name)
        wrong = check_function(self.check, "check")
        if not wrong and inspect.isgeneratorfunction(self.check):
            wrong = ["check is a generator function; write a plain function"]
        elif not wrong and not accepts(self.check, 1) and count_positional(self.check) == 0:
            wrong = ["check takes no argument, expected (output, *inputs)"]
        faults += wrong
        if self.mode not in ("hard", "soft"):
            faults.append(f"mode={self.mode!r}, expected 'hard' or 'soft'")
        if self.precondition is not None:
            faults += check_function(self.precondition, "precondition")
        faults += check_rate(self.min_pass_rate)
        raise_faults("property", self.name, faults)

    @cached_property
    def wants_arguments(self) -> bool:
        """Whether the check asks for what the call has left of its arguments."""
        try:
            wanted = inspect.signature(self.check).parameters.get("arguments")
        except (TypeError, ValueError):
            return False
        return wanted is not None and wanted.kind is wanted.KEYWORD_ONLY

    @cached_property
    def takes_inputs(self) -> bool:
        """Whether the check receives the inputs after the output."""
        return count_positional(self.check) not in (0, 1)


def _name_property(check: object, description: str) -> str:
    name = getattr(check, "__name__", "")
    if name and name != "<lambda>":
        return str(name)
    return re.sub(r"[^\w]+", "_", description).strip("_").lower()[:60] or "property"


@dataclass(frozen=True)
class Law:
    """User code that calls the implementation as often as it likes and asserts.

    Args:
        name: Name of the law's item.
        body: ``body(solve, *inputs, **fixtures)``, or some of the ``functions`` of a task that has
            several, as in ``body(encode, decode, *inputs)``; keyword-only parameters are pytest
            fixtures, but for ``rng``, a `random.Random` seeded from the run's seed and the input.
        precondition: ``precondition(*inputs)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold; set, every input runs and counts.
        sources: Number of inputs of one case; with several, ``body(solve, *argument_tuples)``.
        description: What the law says; the docstring of ``body`` otherwise.
        shows_lines: Whether a failure shows the lines of ``body``.
        parallel: Whether the body may run for several inputs at once, each in a thread of its own,
            where the executor takes several calls.
    """

    name: str
    body: Callable[..., Any]
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)
    min_pass_rate: float | None = field(default=None, kw_only=True)
    sources: int = field(default=1, kw_only=True)
    description: str | None = field(default=None, kw_only=True)
    shows_lines: bool = field(default=True, kw_only=True)
    parallel: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name)
        wrong = check_function(self.body, "body")
        if not wrong and inspect.isgeneratorfunction(self.body):
            wrong = ["body is a generator function; write a plain function"]
        elif not wrong and count_positional(self.body) == 0:
            wrong = ["body takes no argument, expected (solve, *inputs)"]
        faults += wrong
        if self.precondition is not None:
            faults += check_function(self.precondition, "precondition")
        faults += check_rate(self.min_pass_rate)
        if type(self.parallel) is not bool:
            faults.append(f"parallel={self.parallel!r:.40}, expected True or False")
        raise_faults("law", self.name, faults)

    @cached_property
    def wants_rng(self) -> bool:
        """Whether the body receives a seeded `random.Random`."""
        return "rng" in inspect.signature(self.body).parameters

    def find_called(self, functions: tuple[str, ...]) -> tuple[str, ...]:
        """Return which of a task's several functions the body receives first; else ``solve``."""
        called: list[str] = []
        for name in inspect.signature(self.body).parameters:
            if name not in functions:
                break
            called.append(name)
        return tuple(called) or ("solve",)


Subject: TypeAlias = MetamorphicRelation | Property | Law | Agreement


def function_of(subject: Subject) -> Callable[..., Any]:
    """Return the user's function: transformation, check or body."""
    match subject:
        case MetamorphicRelation():
            return subject.transform
        case Property():
            return subject.check
        case Law():
            return subject.body
        case Agreement():
            return agree


def is_soft(subject: Subject) -> bool:
    """Tell whether it is reported and fails nothing."""
    return isinstance(subject, Property) and subject.mode == "soft"


def makes_noise(subject: Subject) -> bool:
    """Tell whether violations are weighed against repeats of the same input."""
    return isinstance(subject, MetamorphicRelation) and subject.repeats > 1


def name_kind(subject: Subject) -> Kind:
    """Return the word for what was declared."""
    match subject:
        case MetamorphicRelation():
            return "relation"
        case Property():
            return "property"
        case Law():
            return "law"
        case Agreement():
            return "agreement"
