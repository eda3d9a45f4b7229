"""What hypothesis draws for users' own tests of an implementation."""

from __future__ import annotations

from typing import Any

__all__ = ["follow_seed"]


def follow_seed(test: Any, seed: int) -> None:
    """Let a ``@given`` test draw by the seed of the run, unless it has a seed of its own.

    Args:
        test: The test's function or bound method, which may be no ``@given`` test.
        seed: The seed.
    """
    function = getattr(test, "__func__", test)
    if not getattr(function, "is_hypothesis_test", False):
        return
    # What @hypothesis.seed() sets; a decorator would give pytest another function.
    if getattr(function, "_hypothesis_internal_use_seed", None) is None:
        function._hypothesis_internal_use_seed = seed  # noqa: SLF001
