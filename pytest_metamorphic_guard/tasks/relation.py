"""A relation: a transformation of inputs, and what it must mean for outputs."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations.expectations import Expectation, to_expectation
from pytest_metamorphic_guard.relations.signatures import accepts, list_parameters
from pytest_metamorphic_guard.tasks.families import Family, find_family_faults
from pytest_metamorphic_guard.tasks.word_checks import (
    check_function,
    check_name,
    check_rate,
    raise_faults,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["MetamorphicRelation"]


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
        sees_output: ``transform`` receives what the source call returned, as a parameter named
            ``output``: with several sources a tuple. None: where it has such a parameter.
        parameters: Values by name, for a family of relations: ``transform`` receives one of each by
            keyword. So does ``expect``, where it takes them, or it makes the expectation of them.
        items: ``"each"`` makes an item of each combination of the values, ``"all"`` one of all.
        repeats: How often source and follow-up are called for each input, of what answers at
            random: violations count beyond what repeats of the same input give. Every input runs.
        repeats_call: The follow-up input may be the source input, and is called with all the same
            wherever outcomes are remembered.

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
    sees_output: bool | None = field(default=None, kw_only=True)
    parameters: Mapping[str, Sequence[Any]] | None = field(default=None, kw_only=True)
    items: Literal["each", "all"] = field(default="each", kw_only=True)
    repeats: int = field(default=1, kw_only=True)
    repeats_call: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name)
        if self.parameters is not None:
            faults += find_family_faults(self.parameters, self.items)
            if not faults:
                faults += self._check_members()
            raise_faults("relation", self.name, faults)
            return
        wrong = check_function(self.transform, "transform")
        faults += wrong or [*self._check_rng(), *self._check_output()]
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
        faults += self._check_repeats(expectation)
        if self.precondition is not None:
            faults += check_function(self.precondition, "precondition")
        faults += check_rate(self.min_pass_rate)
        raise_faults("relation", self.name, faults)

    @cached_property
    def family(self) -> Family[MetamorphicRelation] | None:
        """The relations that it stands for, by the constants of each; None for itself alone."""
        return None if self.parameters is None else Family.of(self, self.parameters)

    def find_member(self, followup: int | None) -> MetamorphicRelation:
        """Return the one of a family in one item that derives the follow-up of this number."""
        if self.family is None or followup is None:
            return self
        return self.family.members[followup - 1].relation

    @cached_property
    def expectation(self) -> Expectation:
        """The expectation as an object; of a family that of its first member."""
        if self.family is not None:
            return self.family.members[0].relation.expectation
        found = to_expectation(self.expect)
        assert isinstance(found, Expectation)  # checked when the relation was made
        return found

    @cached_property
    def wants_rng(self) -> bool:
        """Whether the transformation asks for a random generator."""
        return self.accepts_rng or "rng" in _list_names(self.transform)

    @cached_property
    def yields(self) -> bool:
        """Whether the transformation yields several follow-up inputs."""
        return inspect.isgeneratorfunction(inspect.unwrap(self.transform))

    @cached_property
    def wants_output(self) -> bool:
        """Whether the transformation asks for what the source call returned."""
        if self.sees_output is not None:
            return self.sees_output
        return "output" in _list_names(self.transform)

    def takes(self, count: int) -> bool:
        """Tell whether the transformation can be called with so many arguments."""
        words = [("rng", self.wants_rng), ("output", self.wants_output)]
        keywords = [word for word, wanted in words if wanted]
        return accepts(self.transform, count, *keywords, *(self.parameters or ()))

    def _check_members(self) -> list[str]:
        try:
            members = Family.of(self, self.parameters or {}).members
        except TaskError as error:
            return list(error.faults)
        if self.items == "all" and any(member.relation.yields for member in members):
            return ["items='all' takes a transform that returns one follow-up, not one that yields"]
        if self.items == "all" and self.followups == "all":
            return ["items='all' asks of each follow-up by itself, which followups='all' is not"]
        if self.items == "all" and self.repeats != 1:
            return ["repeats= needs an item for each, which items='all' is not"]
        return []

    def _check_output(self) -> list[str]:
        names = _list_names(self.transform)
        if not self.sees_output or "output" in names or "**" in names:
            return []
        got = list_parameters(self.transform)
        return [f"sees_output=True, but transform takes {got}, no output"]

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

    def _check_repeats(self, expectation: Expectation | str) -> list[str]:
        if type(self.repeats) is not int or self.repeats < 1:
            return [f"repeats={self.repeats!r}, expected a number from 1"]
        if isinstance(expectation, str):
            return []
        if self.repeats == 1:
            alone = f"expect={expectation.name} needs repeats=, such as repeats=30"
            return [alone] if expectation.takes_repeats else []
        several = self.sources != 1 or self.followups == "all" or self.wants_output
        if several or expectation.name == "properties_hold":
            return ["repeats= takes one source, asked of each follow-up, that sees no output"]
        return []

    def _check_sources(self) -> list[str]:
        if self.takes(self.sources):
            return []
        got = list_parameters(self.transform)
        return [f"transform takes {got}, expected {self.sources} argument tuples"]


def _list_names(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters, with ``**`` for any others by keyword."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return ["**" if p.kind is p.VAR_KEYWORD else p.name for p in parameters]
