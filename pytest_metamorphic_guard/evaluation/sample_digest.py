"""What tells one sample from another, the same in every process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.runner.cases import identify

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["digest_sample"]


def digest_sample(sample: Iterable[tuple[tuple[Any, ...], ...]]) -> str:
    """Return what tells samples apart, of any kind of input, the same in every process."""
    digest = hashlib.sha256()
    for sources in sample:
        try:
            text = identify(sources)
        except Exception as error:  # noqa: BLE001 - a stranger's repr may do anything
            text = type(error).__name__
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
