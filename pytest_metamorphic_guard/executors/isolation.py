"""What executors say of isolation that is not there."""

from __future__ import annotations

import warnings

from pytest_metamorphic_guard.errors import IsolationWarning

__all__ = ["warn_once"]

_said: set[str] = set()


def warn_once(text: str) -> None:
    """Warn of missing isolation, once per process and text.

    It stays a warning under ``-W error``: raised in the middle of an executor's work, it would look
    like that executor's fault, and `harden = "require"` is the way to insist on isolation.
    """
    if text in _said:
        return
    _said.add(text)
    try:
        warnings.warn(text, IsolationWarning, stacklevel=4)
    except IsolationWarning:
        with warnings.catch_warnings():
            warnings.simplefilter("always", IsolationWarning)
            warnings.warn(text, IsolationWarning, stacklevel=4)
