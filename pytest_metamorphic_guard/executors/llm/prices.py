"""What tokens cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.executors.llm.completions import Completion

__all__ = ["Prices"]

_PER = 1e6


@dataclass(frozen=True, slots=True)
class Prices:
    """What a run knows of prices.

    Attributes:
        given: US dollars per million tokens read (``input``) and written (``output``); None where
            the user gave none.
    """

    given: Mapping[str, float] | None = None

    def find_cost(self, completion: Completion, model: str) -> float | None:
        """Return US dollars for one answer; None where nobody knows what it costs."""
        if self.given is not None:
            read = completion.tokens_prompt * self.given["input"]
            return (read + completion.tokens_completion * self.given["output"]) / _PER
        return _look_up(completion, model)


def _look_up(completion: Completion, model: str) -> float | None:
    """Ask the table of genai-prices, where that is installed."""
    table = _find_table()
    if table is None:
        return None
    usage = table.Usage(
        input_tokens=completion.tokens_prompt, output_tokens=completion.tokens_completion
    )
    try:
        found = table.calc_price(usage, model_ref=completion.model or model)
    except LookupError:
        return None
    return float(found.total_price)


@cache
def _find_table() -> Any:
    try:
        # Here, and not above: it is nothing that this project needs.
        import genai_prices
    except ImportError:
        return None
    return genai_prices
