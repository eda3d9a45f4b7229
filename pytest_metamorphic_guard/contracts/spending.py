"""What calls cost, as plain data that travels between processes."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Spent", "read_spent", "sum_spent"]

_KEYS = frozenset({"attempts", "cached", "cost_usd", "tokens_total"})
# No call costs as much, and the sum of any number of smaller amounts is a float.
_LARGEST = 1e12


class Spent(NamedTuple):
    """The calls of one role through an executor that says what they are worth.

    Attributes:
        role: ``"baseline"`` or ``"candidate"``.
        executor: Name of the executor.
        calls: Number of calls.
        cached: Number of those whose answer the executor had already.
        again: Number of requests beside the first of each call.
        tokens: Tokens that were read and written.
        cost_usd: What was spent, in US dollars.
        priced: Number of calls that said what they cost.
    """

    role: str
    executor: str
    calls: int = 0
    cached: int = 0
    again: int = 0
    tokens: float = 0.0
    cost_usd: float = 0.0
    priced: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the same as a dict of plain values."""
        return self._asdict()


def read_spent(role: str, executor: str, payload: Mapping[str, Any]) -> Spent | None:
    """Return what the payload of one call says; None for an executor that says nothing of it."""
    if _KEYS.isdisjoint(payload):
        return None
    cost, attempts = _read(payload.get("cost_usd")), _read(payload.get("attempts"))
    return Spent(
        role=role,
        executor=executor,
        calls=1,
        cached=payload.get("cached") is True,
        again=max(0, int(attempts or 0) - 1),
        tokens=_read(payload.get("tokens_total")) or 0.0,
        cost_usd=cost or 0.0,
        priced=cost is not None,
    )


def sum_spent(parts: Iterable[Spent]) -> tuple[Spent, ...]:
    """Return one sum for each role and executor, in their order."""
    found: dict[tuple[str, str], list[Spent]] = {}
    for part in parts:
        found.setdefault((part.role, part.executor), []).append(part)
    return tuple(
        Spent(
            role=role,
            executor=executor,
            calls=sum(part.calls for part in members),
            cached=sum(part.cached for part in members),
            again=sum(part.again for part in members),
            tokens=fsum(part.tokens for part in members),
            cost_usd=fsum(part.cost_usd for part in members),
            priced=sum(part.priced for part in members),
        )
        for (role, executor), members in sorted(found.items())
    )


def _read(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # nan is not smaller than anything.
    return float(value) if 0 <= value < _LARGEST else None
