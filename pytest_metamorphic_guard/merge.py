"""Merges the reports of the shards of one run: ``python -m pytest_metamorphic_guard.merge``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Merge reports, print what the whole run would have, and return its exit status.

    Args:
        arguments: The words of the command line; None for those of this process.

    Returns:
        0 where nothing failed, 1 where something did, 4 where the reports cannot be merged.
    """
    from pytest_metamorphic_guard.evaluation.shards.merge_command import run_command

    return run_command(sys.argv[1:] if arguments is None else list(arguments))


if __name__ == "__main__":
    sys.exit(main())
