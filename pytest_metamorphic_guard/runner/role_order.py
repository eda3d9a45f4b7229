"""Which role is called first: either, by chance, and the same one whenever it is asked again."""

from __future__ import annotations

import hashlib
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
        if len(arranged) > 1 and self._toss(name):
            arranged.reverse()
        return arranged

    def _toss(self, name: str | None) -> int:
        if name is None:
            return self._chance.getrandbits(1)
        # A generator for each case would take several times as long.
        text = f"{self._key}:{name}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=1).digest()[0] & 1
