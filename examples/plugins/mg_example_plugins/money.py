"""An amount of money, as a shop's library might have it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency.

    Args:
        amount: How much; a Decimal, or a text of one.
        currency: Three capital letters, such as ``EUR``.
    """

    amount: Decimal
    currency: str

    def __post_init__(self):
        object.__setattr__(self, "amount", Decimal(self.amount))
        if not (isinstance(self.currency, str) and len(self.currency) == 3):
            raise ValueError(f"{self.currency!r} is no currency")

    def __str__(self):
        return f"{self.amount} {self.currency}"
