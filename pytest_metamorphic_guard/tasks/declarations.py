"""The parts of a task: relations, properties, laws and metrics.

Each part checks itself when it is made and refuses to exist with a fault.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations.expectations import (
    Expectation,
    count_positional,
    to_expectation,
)
from pytest_metamorphic_guard.tasks.locations import find_caller

__all__ = ["Law", "MetamorphicRelation", "Metric", "Property", "check_name", "raise_faults"]

# Node ids are split at '::' and '['; a name with either cannot be selected on a command line.
_NAME = re.compile(r"[^\[\]:\s][^\[\]:\n]*\Z")


def check_name(name: object, what: str) -> list[str]:
    """Return the faults of a name that becomes part of a node id."""
    if not isinstance(name, str) or not _NAME.match(name):
        return [f"{what} name {name!r} must be a text without '[', ']', ':' and line breaks"]
    return []


def raise_faults(name: object, faults: list[str]) -> None:
    """Raise all faults of a declaration as one `TaskError` at the caller's line."""
    __tracebackhide__ = True
    if faults:
        raise TaskError(name if isinstance(name, str) else None, faults, _where())


def _where() -> str | None:
    location = find_caller()
    return str(location) if location else None


@dataclass(frozen=True, slots=True)
class MetamorphicRelation:
    """A transformation of inputs and what it must mean for outputs.

    Args:
        name: Name of the relation; the last part of its item's node id.
        transform: ``transform(*source_input)`` returns the follow-up input, a tuple of arguments.
            A generator function yields several follow-up inputs. With ``sources > 1`` it takes
            that many argument tuples. A parameter ``rng`` receives a seeded `random.Random`.
        expect: ``"equal"``, ``"not_equal"``, ``"properties_hold"``, one of the built-in
            expectations, or a callable of ``(source_output, followup_output)``, optionally also of
            ``(source_input, followup_input)``. Where a side has several, it receives a tuple.
        accepts_rng: Pass ``rng`` although ``transform`` does not name it (it takes ``**kwargs``).
        category: A label of your own.
        description: What the relation says; the transformation's docstring otherwise.
        sources: Number of source inputs of one case.
        precondition: ``precondition(*source_input)``; false skips the case.

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
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name, "relation")
        if not callable(self.transform):
            faults.append(f"transform is a {type(self.transform).__name__}, expected a function")
        elif (
            not faults
            and (count := self.arity) is not None
            and self.sources > 1
            and count != self.sources
        ):
            faults.append(
                f"relation {self.name!r} takes {count} arguments, expected {self.sources} argument tuples"
            )
        expectation = to_expectation(self.expect)
        if isinstance(expectation, str):
            faults.append(expectation)
        elif self.sources > 1 and expectation.built_in:
            faults.append(
                f"relation {self.name!r} has {self.sources} sources: expect must be a function of "
                "(source_outputs, followup_outputs)"
            )
        if not isinstance(self.sources, int) or self.sources < 1:
            faults.append(f"sources={self.sources!r}, expected a number from 1")
        if self.precondition is not None and not callable(self.precondition):
            faults.append("precondition is not callable")
        raise_faults(
            self.name,
            [
                f"relation {self.name!r}: {fault}" if "relation" not in fault else fault
                for fault in faults
            ],
        )

    @property
    def expectation(self) -> Expectation:
        """The expectation as an object."""
        found = to_expectation(self.expect)
        assert isinstance(found, Expectation)  # checked when the relation was made
        return found

    @property
    def wants_rng(self) -> bool:
        """Whether the transformation asks for a random generator."""
        if self.accepts_rng:
            return True
        try:
            return "rng" in inspect.signature(self.transform).parameters
        except (TypeError, ValueError):
            return False

    @property
    def yields(self) -> bool:
        """Whether the transformation yields several follow-up inputs."""
        return inspect.isgeneratorfunction(inspect.unwrap(self.transform))

    @property
    def arity(self) -> int | None:
        """Number of arguments besides ``rng``, or None where Python cannot tell."""
        count = count_positional(self.transform)
        if count is None:
            return None
        parameters = inspect.signature(self.transform).parameters
        rng = parameters.get("rng")
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return count - (rng is not None and rng.kind in positional and rng.default is rng.empty)


@dataclass(frozen=True, slots=True)
class Property:
    """A check on one output.

    Args:
        check: ``check(output, *inputs)``, or ``check(output)``. False, or an exception such as a
            failed assert, is a violation; None and True are not.
        description: What the property says.
        mode: ``"hard"`` fails the case, ``"soft"`` is only reported.
        name: Name of the property's item; made from the check's name or description otherwise.
        precondition: ``precondition(*inputs)``; false skips the case.

    Raises:
        TaskError: With all faults of the declaration.
    """

    check: Callable[..., Any]
    description: str = ""
    mode: Literal["hard", "soft"] = "hard"
    name: str = field(default="", kw_only=True)
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        if not self.name:
            object.__setattr__(self, "name", _name_property(self.check, self.description))
        faults = check_name(self.name, "property")
        if not callable(self.check):
            faults.append(f"property {self.name!r}: check is not callable")
        elif count_positional(self.check) == 0:
            faults.append(f"property {self.name!r} takes no argument, expected (output, *inputs)")
        if self.mode not in ("hard", "soft"):
            faults.append(f"property {self.name!r}: mode={self.mode!r}, expected 'hard' or 'soft'")
        if self.precondition is not None and not callable(self.precondition):
            faults.append(f"property {self.name!r}: precondition is not callable")
        raise_faults(self.name, faults)

    @property
    def takes_inputs(self) -> bool:
        """Whether the check receives the inputs after the output."""
        return count_positional(self.check) != 1


def _name_property(check: object, description: str) -> str:
    name = getattr(check, "__name__", "")
    if name and name != "<lambda>":
        return str(name)
    return re.sub(r"[^\w]+", "_", description).strip("_").lower()[:60] or "property"


@dataclass(frozen=True, slots=True)
class Law:
    """User code that calls the implementation as often as it likes and asserts.

    Args:
        name: Name of the law's item.
        body: ``body(solve, *inputs, **fixtures)``; keyword-only parameters are pytest fixtures.
        precondition: ``precondition(*inputs)``; false skips the case.
    """

    name: str
    body: Callable[..., Any]
    precondition: Callable[..., Any] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name, "law")
        if not callable(self.body):
            faults.append(f"law {self.name!r}: body is not callable")
        elif count_positional(self.body) == 0:
            faults.append(f"law {self.name!r} takes no argument, expected (solve, *inputs)")
        if inspect.iscoroutinefunction(self.body) or inspect.isgeneratorfunction(self.body):
            faults.append(
                f"law {self.name!r} is a coroutine or generator function; write a plain function"
            )
        raise_faults(self.name, faults)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number taken from every output and aggregated per role.

    Args:
        name: Name of the metric.
        extract: ``extract(output, inputs)`` returns a number; ``inputs`` is the argument tuple.
        kind: ``"mean"`` or ``"sum"``.
        higher_is_better: Direction of improvement.
        ci_method: Kept for specs written for metamorphic-guard.
        bootstrap_samples: As ``ci_method``.
        alpha: One minus the confidence of the interval.
        seed: Seed of the sampling.
        memoize: As ``ci_method``.
        memoize_key: As ``ci_method``.
        sample_rate: Share of the cases that are measured, above 0 and at most 1.
    """

    name: str
    extract: Callable[[Any, tuple[Any, ...]], float]
    kind: str = "mean"
    higher_is_better: bool = True
    ci_method: str | None = "bootstrap"
    bootstrap_samples: int = 500
    alpha: float = 0.05
    seed: int | None = None
    memoize: bool = False
    memoize_key: str | None = None
    sample_rate: float = 1.0

    def __post_init__(self) -> None:
        __tracebackhide__ = True
        faults = check_name(self.name, "metric")
        if not callable(self.extract):
            faults.append(f"metric {self.name!r}: extract is not callable")
        if self.kind not in ("mean", "sum"):
            faults.append(f"metric {self.name!r}: kind={self.kind!r}, expected 'mean' or 'sum'")
        if not 0 < self.sample_rate <= 1:
            faults.append(
                f"metric {self.name!r}: sample_rate={self.sample_rate!r}, expected 0 to 1"
            )
        if not 0 < self.alpha < 1:
            faults.append(f"metric {self.name!r}: alpha={self.alpha!r}, expected between 0 and 1")
        raise_faults(self.name, faults)
