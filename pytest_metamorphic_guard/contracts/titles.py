"""What tasks and items are called in a run, and what is said of a sample that hung."""

from __future__ import annotations

__all__ = ["name_task", "name_variant", "say_hung"]


def name_task(task: str, where: str) -> str:
    """Return the name of a task in a run that may have several of this name."""
    return f"{task} ({where})" if where else task


def name_variant(entry: str, variant: str) -> str:
    """Return the name of one of the items that an entry has."""
    return f"{entry}[{variant}]" if variant else entry


def say_hung(inputs: int) -> str:
    """Say why a sample ended after so many inputs, on none of which the candidate answered."""
    return f"stopped after {inputs} inputs, on each of which it timed out"
