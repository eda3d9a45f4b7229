"""What an executor may offer beside the contract, such as to start afresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.errors import PluginError
    from pytest_metamorphic_guard.loading import LoadedExecutor

__all__ = ["explain_broken", "explain_overdue", "use_offer"]


def use_offer(loaded: LoadedExecutor, name: str, *args: object) -> bool:
    """Call a method of an executor; False where it has none of this name.

    Raises:
        PluginError: It raised.
    """
    method = getattr(loaded.executor, name, None)
    if not callable(method):
        return False
    try:
        method(*args)
    except Exception as error:
        raise explain_broken(loaded, name, error) from error
    return True


def explain_broken(loaded: LoadedExecutor, name: str, error: BaseException) -> PluginError:
    """Return the error that says which method of an executor raised what."""
    return loaded.identity.fault(
        f"{name}() raised {type(error).__name__}: {error}. A failing call must be a dict with "
        "success=False"
    )


def explain_overdue(loaded: LoadedExecutor, overdue_s: float, timeout_s: float) -> PluginError:
    """Return the error that says how long an executor did not return from a call."""
    return loaded.identity.fault(
        f"execute() had not returned {overdue_s:g} s after its call, with timeout_s={timeout_s:g}; "
        "it must end a call when its time is over"
    )
