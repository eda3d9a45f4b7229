"""Where an item stands: its candidate, its file, and the command that runs it again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.pytest_side.task_classes import PARAMETER, Plan, find_plan

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.report.reproduction import Reproduction

__all__ = ["describe_reproduction", "find_label"]


def describe_reproduction(item: pytest.Item, plan: Plan, session: GuardSession) -> Reproduction:
    """Return how an item's violation was found, and the command that shows it again."""
    # Not loaded for a run without a violation, which starts sooner.
    from pytest_metamorphic_guard.report.command import list_left_out, write_command
    from pytest_metamorphic_guard.report.reproduction import Reproduction

    config, settings = session.config, session.settings
    here = config.invocation_params.dir
    # Not the node id's path, which begins at the root only for a file below it.
    _, separator, rest = item.nodeid.partition("::")
    label = find_label(item)
    if label is not None:
        rest = _drop_label(rest, label)
    node = os.path.relpath(item.path, here) + separator + rest
    command = write_command(node, settings, plan.task, plan.candidates[label], here)
    location = plan.entry.location
    where = f"{_relative(location.path, here)}:{location.line}" if location else ""
    return Reproduction(command, plan.variable, where, list_left_out(settings))


def find_label(item: pytest.Item) -> str | None:
    """Return the label of the candidate that an item or a user's own test is about, if several."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    label = parameters.get("mg_candidate" if find_plan(item) is None else PARAMETER)
    return label if isinstance(label, str) else None


def _drop_label(node: str, label: str) -> str:
    """Return a node id as it is with one candidate, which then is no parameter."""
    name, bracket, parameters = node.partition("[")
    if not bracket:
        return node
    ids = f"-{parameters[:-1]}-".replace(f"-{label}-", "-", 1).strip("-")
    return f"{name}[{ids}]" if ids else name


def _relative(path: str, folder: Path) -> str:
    found = os.path.relpath(path, folder)
    return path if found.startswith(os.pardir + os.sep + os.pardir) else found
