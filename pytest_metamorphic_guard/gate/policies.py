"""When a candidate may replace its baseline: the three policies and their text form."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import MetamorphicGuardError, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "NonInferior",
    "Policy",
    "PolicyError",
    "Strict",
    "Superior",
    "correct_policy",
    "parse_policy",
]


class PolicyError(MetamorphicGuardError):
    """A policy, or a file of policies, that cannot be used: all of its faults at once.

    Args:
        source: The policy's text, or the name of the file.
        faults: One sentence per fault; in a file each begins with the path of its key.
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        super().__init__(source, tuple(faults))
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"{self.source}: " + "; ".join(self.faults)


@dataclass(frozen=True, slots=True)
class Strict:
    """Reject when an input that holds for the baseline is violated by the candidate, confirmed.

    An equally good candidate is adopted. Failures that the baseline shares do not block.

    Args:
        alpha: One minus the confidence of the bound that is reported.
    """

    alpha: float = 0.05

    def __post_init__(self) -> None:
        _check(self, _find_alpha_faults(self.alpha))

    def __str__(self) -> str:
        return _format("strict", self)


@dataclass(frozen=True, slots=True)
class NonInferior:
    """Adopt when the candidate is shown to pass less than ``margin`` below the baseline's rate.

    Args:
        margin: The loss that is tolerated, as a rate: 0.02 is two points.
        alpha: How often a candidate that loses the whole margin may be adopted.
    """

    margin: float = 0.02
    alpha: float = 0.05

    def __post_init__(self) -> None:
        faults = _find_alpha_faults(self.alpha)
        if not 0.0 < self.margin < 1.0:
            faults.append(_say_range("margin", self.margin, "above 0 and below 1"))
        _check(self, faults)

    def __str__(self) -> str:
        return _format("noninferior", self)

    @property
    def threshold(self) -> float:
        """The difference of pass rates that is to be exceeded."""
        return -self.margin


@dataclass(frozen=True, slots=True)
class Superior:
    """Adopt when the candidate's pass rate is shown to exceed the baseline's by ``min_delta``.

    Args:
        min_delta: The gain that is asked for, as a rate: 0.02 is two points.
        alpha: How often a candidate that gains exactly this much may be adopted.
    """

    min_delta: float = 0.02
    alpha: float = 0.05

    def __post_init__(self) -> None:
        faults = _find_alpha_faults(self.alpha)
        if not 0.0 <= self.min_delta < 1.0:
            faults.append(_say_range("min_delta", self.min_delta, "at least 0 and below 1"))
        _check(self, faults)

    def __str__(self) -> str:
        return _format("superior", self)

    @property
    def threshold(self) -> float:
        """The difference of pass rates that is to be exceeded."""
        return self.min_delta


Policy = Strict | NonInferior | Superior

_POLICIES: dict[str, type[Strict | NonInferior | Superior]] = {
    "strict": Strict,
    "noninferior": NonInferior,
    "superior": Superior,
}


def parse_policy(text: str) -> Policy:
    """Read ``strict``, ``noninferior:margin=0.02,alpha=0.05`` or ``superior:min_delta=0.02``.

    Raises:
        PolicyError: With all faults of the text, and what was probably meant.
    """
    source = f"policy {text!r}"
    name, colon, rest = text.partition(":")
    kind = _POLICIES.get(name.strip())
    if kind is None:
        known = f"expected {', '.join(_POLICIES)}{suggest(name.strip(), _POLICIES)}"
        raise PolicyError(source, [f"unknown policy {name.strip()!r}; {known}"])
    faults: list[str] = []
    values: dict[str, float] = {}
    for part in rest.split(",") if colon else ():
        _read_option(part, kind, values, faults)
    try:
        policy = kind(**values)
    except PolicyError as error:
        raise PolicyError(source, [*faults, *error.faults]) from None
    if faults:
        raise PolicyError(source, faults)
    return policy


def correct_policy(policy: Policy, comparisons: int) -> Policy:
    """Return the policy with its alpha divided by the number of comparisons (Bonferroni).

    Source: Dunn, Journal of the American Statistical Association 56 (1961) 52-64.
    """
    return policy if comparisons <= 1 else replace(policy, alpha=policy.alpha / comparisons)


def _read_option(
    part: str, kind: type[Policy], values: dict[str, float], faults: list[str]
) -> None:
    key, equals, value = (piece.strip() for piece in part.partition("="))
    known = [field.name for field in fields(kind)]
    if not equals:
        faults.append(f"{part.strip()!r}: expected key=value, such as {known[0]}=0.02")
    elif key not in known:
        faults.append(
            f"unknown option {key!r}; known: {', '.join(known)}{_suggest_option(key, known)}"
        )
    elif key in values:
        faults.append(f"{key} is given twice")
    else:
        try:
            values[key] = float(value)
        except ValueError:
            faults.append(f"{key}={value!r}: expected a number, such as 0.02 for 2 %")


def _suggest_option(key: str, known: list[str]) -> str:
    # Another distribution has one name for what every policy compares with.
    if key == "margin" and "min_delta" in known:
        return ". Did you mean 'min_delta'?"
    return suggest(key, known)


def _find_alpha_faults(alpha: float) -> list[str]:
    if 0.0 < alpha < 0.5:  # noqa: PLR2004 - beyond it a "bound" would lie on the wrong side
        return []
    return [_say_range("alpha", alpha, "above 0 and below 0.5")]


def _say_range(name: str, value: float, limits: str) -> str:
    hint = f" ({value:g} % is {value / 100:g})" if 1.0 <= value < 100.0 else ""  # noqa: PLR2004
    return f"{name}={value:g}: must be {limits}{hint}"


def _check(policy: Policy, faults: list[str]) -> None:
    if faults:
        raise PolicyError(f"policy {type(policy).__name__.lower()!r}", faults)


def _format(name: str, policy: Policy) -> str:
    options = ",".join(f"{field.name}={getattr(policy, field.name):g}" for field in fields(policy))
    return f"{name}:{options}"
