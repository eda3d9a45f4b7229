"""What is used of Dask, loaded where somebody needs it."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any, NamedTuple

__all__ = ["Library", "import_library"]


# Those that Dask gives handlers when it is loaded.
_LOGGERS = (
    *("distributed", "distributed.client", "distributed.gc"),
    *("bokeh", "tornado", "tornado.application"),
)


class Library(NamedTuple):
    """Names of Dask's."""

    Client: Any
    Security: Any
    CancelledError: Any
    KilledWorker: Any


def import_library() -> Library:
    """Load Dask.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    is_first = "distributed" not in sys.modules
    with warnings.catch_warnings():
        # A session that makes errors of warnings means its own code.
        warnings.simplefilter("ignore")
        import distributed
        from distributed import client, scheduler
    if is_first:
        _hand_over_logs()
    return Library(
        distributed.Client,
        distributed.Security,
        client.CancelledError,  # type: ignore[attr-defined]
        scheduler.KilledWorker,
    )


def _hand_over_logs() -> None:
    """Leave what Dask logs to whoever listens: it would write to the terminal of the session."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = True
