"""What executors say once: of isolation that is not there, above all."""

from __future__ import annotations

import warnings

from pytest_metamorphic_guard.errors import IsolationWarning

__all__ = ["warn_once"]

_said: set[str] = set()


def warn_once(text: str, kind: type[Warning] = IsolationWarning) -> None:
    """Warn of missing isolation, or in another class of something else, once per process and text.

    It stays a warning under ``-W error``: raised in the middle of an executor's work, it would look
    like that executor's fault, and `harden = "require"` is the way to insist on isolation.
    """
    if text in _said:
        return
    _said.add(text)
    try:
        warnings.warn(text, kind, stacklevel=4)
    except kind:
        with warnings.catch_warnings():
            warnings.simplefilter("always", kind)
            warnings.warn(text, kind, stacklevel=4)
