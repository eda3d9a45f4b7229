"""The error that ends a search for relations, and its text."""

from __future__ import annotations

from pytest_metamorphic_guard.errors import MetamorphicGuardError

__all__ = ["NothingToSuggest"]


class NothingToSuggest(MetamorphicGuardError):  # noqa: N818 - reads as what happened
    """Nothing can be suggested for a function; the text says why, and what to do."""
