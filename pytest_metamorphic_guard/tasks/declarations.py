"""The parts of a task that are checked: relations, properties, laws and agreements.

Each part checks itself when it is made and refuses to exist with a fault.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_metamorphic_guard.relations.expectations import (
    Expectation,
    to_expectation,
)
from pytest_metamorphic_guard.relations.signatures import (
    accepts,
    count_positional,
    list_parameters,
)
from pytest_metamorphic_guard.tasks.agreement import Agreement, agree
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
    "name_kind",
]

Kind: TypeAlias = Literal["relation", "property", "law", "agreement"]


@dataclass(frozen=True)  # without slots, which have no room for what is cached
class MetamorphicRelation:
    """A transformation of inputs and what it must mean for outputs.

    Args:
        name: Name of the relation; the last part of its item's node id.
        transform: ``transform(*source_input)`` returns the follow-up input, a tuple of arguments.
            A generator function yields several follow-up inputs. With ``sources > 1`` it takes
            that many argument tuples. A parameter ``rng`` receives a seeded `random.Random`.
        expect: ``"equal"``, ``"not_equal"``, ``"properties_hold"``, one of the built-in
            expectations, or a callable of ``(source_output, followup_output)``, optionally also of
            ``(source_input, followup_input)``. With ``sources > 1`` the source side is a tuple.
        accepts_rng: Pass ``rng`` although ``transform`` does not name it (it takes ``**kwargs``).
        category: A label of your own.
        description: What the relation says; the transformation's docstring otherwise.
        sources: Number of source inputs of one case.
        followups: ``"each"`` asks ``expect`` once per follow-up that ``transform`` yields;
            ``"all"`` asks it once, with tuples of all follow-up outputs and inputs.
        precondition: ``precondition(*source_input)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold; set, every input runs and counts.

    Raises:
        TaskError: With all faults of the declaration.
    """

    name: str
    transform: Callable[..., Any]
    expect: str | Expectation | Callable[..., Any] = "equal"
    accepts_rng: bool = False
    category: str | None = None
    description: str | None = None
    sources: int = field(default=1, kw_only=True)
    followups: Literal["each", "all"] = field(default="each", kw_only=True)
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)
    min_pass_rate: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name)
        wrong = check_function(self.transform, "transform")
        faults += wrong or self._check_rng()
        known = type(self.sources) is int and self.sources >= 1
        if not known:
            faults.append(f"sources={self.sources!r}, expected a number from 1")
        elif self.sources > 1 and not wrong:
            faults += self._check_sources()
        expectation = to_expectation(self.expect)
        if isinstance(expectation, str):
            faults.append(expectation)
        elif known and self.sources > 1 and expectation.takes_sources is False:
            faults.append(
                f"with {self.sources} sources, expect must be a function of "
                "(source_outputs, followup_output)"
            )
        elif known and self.sources == 1 and expectation.takes_sources:
            faults.append(f"expect={expectation.name} needs sources=2 or more")
        if not wrong and isinstance(expectation, Expectation):
            faults += self._check_followups(expectation)
        if self.precondition is not None:
            faults += check_function(self.precondition, "precondition")
        faults += check_rate(self.min_pass_rate)
        raise_faults("relation", self.name, faults)

    @cached_property
    def expectation(self) -> Expectation:
        """The expectation as an object."""
        found = to_expectation(self.expect)
        assert isinstance(found, Expectation)  # checked when the relation was made
        return found

    @cached_property
    def wants_rng(self) -> bool:
        """Whether the transformation asks for a random generator."""
        if self.accepts_rng:
            return True
        try:
            return "rng" in inspect.signature(self.transform).parameters
        except (TypeError, ValueError):
            return False

    @cached_property
    def yields(self) -> bool:
        """Whether the transformation yields several follow-up inputs."""
        return inspect.isgeneratorfunction(inspect.unwrap(self.transform))

    def takes(self, count: int) -> bool:
        """Tell whether the transformation can be called with so many arguments."""
        return accepts(self.transform, count, *(("rng",) if self.wants_rng else ()))

    def _check_rng(self) -> list[str]:
        try:
            parameters = inspect.signature(self.transform).parameters
        except (TypeError, ValueError):
            return []
        keywords = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        if not self.accepts_rng or keywords or "rng" in parameters:
            return []
        return [f"accepts_rng=True, but transform takes {list_parameters(self.transform)}, no rng"]

    def _check_followups(self, expectation: Expectation) -> list[str]:
        if self.followups == "each":
            return []
        if self.followups != "all":
            return [f"followups={self.followups!r}, expected 'each' or 'all'"]
        if expectation.built_in:
            return [f"followups='all' needs a function of yours; {expectation.name} takes each"]
        return [] if self.yields else ["followups='all', but transform yields nothing"]

    def _check_sources(self) -> list[str]:
        if self.takes(self.sources):
            return []
        got = list_parameters(self.transform)
        return [f"transform takes {got}, expected {self.sources} argument tuples"]


@dataclass(frozen=True)  # without slots, which have no room for what is cached
class Property:
    """A check on one output.

    Args:
        check: ``check(output, *inputs)``, or ``check(output)``. False, or an exception such as a
            failed assert, is a violation; None and True are not.
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
        body: ``body(solve, *inputs, **fixtures)``; keyword-only parameters are pytest fixtures,
            apart from ``rng``, a `random.Random` seeded from the run's seed and the input.
        precondition: ``precondition(*inputs)``; false skips the case.
        min_pass_rate: Share of the inputs that must hold; set, every input runs and counts.
    """

    name: str
    body: Callable[..., Any]
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)
    min_pass_rate: float | None = field(default=None, kw_only=True)

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
        raise_faults("law", self.name, faults)

    @cached_property
    def wants_rng(self) -> bool:
        """Whether the body receives a seeded `random.Random`."""
        return "rng" in inspect.signature(self.body).parameters


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
