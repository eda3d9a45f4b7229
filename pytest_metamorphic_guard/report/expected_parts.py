"""What an expectation refused of two outputs, asked again of their parts."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_metamorphic_guard.relations import expectations
from pytest_metamorphic_guard.report.values import to_source
from pytest_metamorphic_guard.values.approximation import Approx
from pytest_metamorphic_guard.values.deciding import Undecidable
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.relations.condition import Expectation

__all__ = ["Refusal", "find_refusal", "refuse_unequal"]

Form: TypeAlias = Literal["each", "head", "members"]
_PLAIN = (int, float, str, bool, bytes)


@dataclass(frozen=True, slots=True)
class Refusal:
    """How the parts are found that an expectation refused.

    Attributes:
        accepts: Tells of a part of the source output and one of the follow-up output whether they
            are as expected.
        words: What those do that are not.
        compare: The operator that puts them in order, or None where they are to be the same.
        form: Whether elements are compared each with its like, only as far as the source output
            goes, or as members wherever they stand.
        gone: Whether members may not be gone.
        new: Whether members may not be new.
    """

    accepts: Callable[[Any, Any], object]
    words: str = "differ"
    compare: Callable[[Any, Any], Any] | None = None
    form: Form = "each"
    gone: bool = True
    new: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether all that differs is refused, which a short value shows by itself."""
        return self.compare is None and self.form == "each" and self.accepts is equal_values

    def refuses(self, first: Any, second: Any) -> bool:
        """Tell whether two parts are not as expected; what cannot be asked is read as text."""
        if self.compare is None and type(first) is type(second) in _PLAIN and first == second:
            return False
        try:
            return not self.accepts(first, second)
        except (Exception, Undecidable):  # noqa: BLE001 - a stranger's function, and strange parts
            return to_source(first) != to_source(second)


def find_refusal(  # noqa: PLR0911 - one answer per kind of expectation
    expectation: Expectation, equivalence: Callable[..., object]
) -> Refusal | None:
    """Return how the parts are found that an expectation refused, or None where there are none.

    Args:
        expectation: What refused them.
        equivalence: That of the task.
    """
    same = _find_same(equivalence)
    match expectation.name if expectation.built_in else "":
        case (
            "any_of"
            | "negated"
            | "not_equal"
            | "properties_hold"
            | "raises"
            | "same_distribution"
            | "same_length"
        ):
            return None
        case "is_prefix":
            return Refusal(same, form="head")
        case "is_permutation":
            return Refusal(same, form="members")
        case "is_subset":
            return Refusal(same, form="members", new=False)
        case "is_superset":
            return Refusal(same, form="members", gone=False)
        case "equal":
            return refuse_unequal(equivalence)
        case name if name in _ORDERS:
            words, compare = _ORDERS[name]
            return Refusal(getattr(expectations, name), words, compare)
        case _:
            # What a function of the user's refused only it knows.
            return refuse_unequal(expectation.same or equal_values)


def refuse_unequal(equivalence: Callable[..., object]) -> Refusal:
    """Return how the parts are found of two outputs that are not equal under an equivalence."""
    is_near = isinstance(equivalence, Approx) and bool(equivalence.rel or equivalence.abs)
    words = "differ by more than is tolerated" if is_near else "differ"
    return Refusal(_find_same(equivalence), words)


_ORDERS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "non_decreasing": ("fall", operator.le),
    "non_increasing": ("rise", operator.ge),
    "increasing": ("do not rise", operator.lt),
    "decreasing": ("do not fall", operator.gt),
}


def _find_same(equivalence: Callable[..., object]) -> Callable[[Any, Any], object]:
    """Return an equivalence to ask about parts: a user's own may take whole outputs only."""

    def ask(first: Any, second: Any) -> object:
        try:
            return equivalence(first, second)
        except Exception:  # noqa: BLE001 - a stranger's function
            return equal_values(first, second)

    return equivalence if equivalence is equal_values or isinstance(equivalence, Approx) else ask
