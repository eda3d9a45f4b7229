"""Which role is called first: either, by chance, and the same one whenever it is asked again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.runner.calling import Caller

__all__ = ["RoleOrder"]


class RoleOrder:
    """Draws which role is called first.

    A fixed order would give one role the warmer caches in every pair.

    Args:
        key: What all draws follow from.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._chance = random.Random(key)  # noqa: S311 - no secret

    def arrange(self, callers: Sequence[Caller], name: str | None) -> list[Caller]:
        """Return the callers in random order, the same one for one name of a case."""
        arranged = list(callers)
        if len(arranged) > 1:
            chance = self._chance
            if name is not None:
                chance = random.Random(f"{self._key}:{name}")  # noqa: S311 - no secret
            if chance.random() < 0.5:  # noqa: PLR2004 - a fair coin
                arranged.reverse()
        return arranged
