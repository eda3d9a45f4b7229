"""Packages that are installed in place by a finder of their own, and so lie on no search path."""

from __future__ import annotations

import functools
import json
import os
import sys
from importlib.metadata import Distribution, distributions
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["list_editable"]

# What Python itself and its import system put there.
_USUAL = 3


@functools.cache
def list_editable() -> tuple[str, ...]:
    """Return the folders and files of packages that were installed in editable mode.

    They are found by the names that their distribution says it has (``top_level.txt``), through the
    finders of this process; no code of theirs runs.
    """
    if len(sys.meta_path) <= _USUAL:
        return ()
    found = (place for each in distributions() if _is_editable(each) for place in _find(each))
    return tuple(dict.fromkeys(found))


def _is_editable(distribution: Distribution) -> bool:
    try:
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        return bool(origin["dir_info"]["editable"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _find(distribution: Distribution) -> Iterator[str]:
    for name in (distribution.read_text("top_level.txt") or "").split():
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            spec = find_spec(name, None) if find_spec else None
            if spec is None:
                continue
            places = list(spec.submodule_search_locations or ())
            yield from places
            if not places and spec.origin and os.path.isfile(spec.origin):
                yield spec.origin
            break
