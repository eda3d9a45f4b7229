"""What calls cost, as lines of the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.spending import Spent, sum_spent
from pytest_metamorphic_guard.contracts.texts import clean_name
from pytest_metamorphic_guard.gate.phrases import count

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["describe_spent"]


def describe_spent(parts: Sequence[Spent], budget_usd: float | None = None) -> list[str]:
    """Return one line for each role whose calls cost something, or were made more than once.

    Args:
        parts: What was spent.
        budget_usd: What might be spent; None for any amount.
    """
    spent = sum_spent(parts)
    lines = [_describe(one) for one in spent if _is_worth(one)]
    if budget_usd is not None and not any(one.priced for one in spent):
        asked = sum(one.calls - one.cached for one in spent)
        if asked or not spent:
            lines.append(
                f"--mg-budget={budget_usd:g}: no call said what it cost, so that it was not kept; "
                "name the prices in the executor's configuration"
            )
    return lines


def _is_worth(one: Spent) -> bool:
    return bool(one.cached or one.again or one.tokens or one.priced)


def _describe(one: Spent) -> str:
    said = [count(one.calls, "call")]
    if one.cached:
        said.append(f"{one.cached} from the cache")
    if one.again:
        said.append(f"{count(one.again, 'request')} made again")
    if one.tokens:
        said.append(f"{one.tokens:,.0f} tokens")
    if one.priced:
        said.append(f"{one.cost_usd:.6g} USD")
    elif one.tokens:
        said.append("cost unknown")
    return f"{clean_name(one.executor)}, {one.role}: {', '.join(said)}"
