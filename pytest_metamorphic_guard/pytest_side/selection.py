"""What of the tasks' items is left out, and whether the policy file names what is in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.loading import TASK_GROUP, find_plugins
from pytest_metamorphic_guard.pytest_side.task_classes import find_plan
from pytest_metamorphic_guard.pytest_side.warning_classes import warn_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.settings import Settings

__all__ = ["Selection", "find_unknown_names", "find_unknown_tasks"]

_OUTPUT = "mg_left_out"


class Selection:
    """Knows which items a selection left out, on every process of a session.

    Under pytest-xdist items are selected by the workers, and the controller decides.

    Args:
        config: pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._left_out: set[str] = set()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Node ids of the items that were left out, as far as they are known."""
        # pytest skips whole files with --lf, without telling what was in them.
        cached: Any = self._config.pluginmanager.get_plugin("lfplugin")
        files = ["files without known failures"] if getattr(cached, "_skipped_files", 0) else []
        return (*sorted(self._left_out), *files)

    # --- hooks

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._left_out.update(item.nodeid for item in items if find_plan(item) is not None)

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = list(self.left_out)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that crashed has no output; the others were told the same selection.
        self._left_out.update(getattr(node, "workeroutput", {}).get(_OUTPUT, ()))


def find_unknown_names(
    rules: Rules, seen: Mapping[str, Sequence[str]], config: pytest.Config
) -> list[str]:
    """Return what a policy file says about tasks and relations that do not exist.

    A task that was not collected may exist elsewhere where only some files were; then it is a
    warning, unless a name that was collected is so close that it must have been meant.

    Args:
        rules: The rules.
        seen: The relations, properties and laws of every task that was collected.
        config: pytest's configuration.
    """
    faults = []
    for name, own in rules.tasks.items():
        if name not in seen:
            faults += _judge_unknown_task(name, seen, config)
            continue
        faults += [
            f"tasks.{name}.relations.{relation}: no such relation"
            + (suggest(relation, seen[name]) or f"; relations: {', '.join(seen[name])}")
            for relation in own.relations
            if relation not in seen[name]
        ]
    return faults


def find_unknown_tasks(
    settings: Settings, seen: Mapping[str, Sequence[str]], config: pytest.Config
) -> list[str]:
    """Return what ``TASK=SPEC`` says about tasks that do not exist.

    A task that was not collected may exist elsewhere, where a configuration file names it for
    every run; on the command line, or with a name so close, it is a mistake.
    """
    faults = []
    for role, assignments in (
        ("candidate", settings.candidates),
        ("baseline", settings.baselines),
        ("strength", settings.strength or ()),
    ):
        typed = config.getoption(f"mg_{role}") is not None
        for assignment in assignments:
            for task in assignment.find_tasks(seen):
                if task in seen or not seen:
                    continue
                hint = suggest(task, seen)
                if typed or hint:
                    known = hint or f"; tasks: {', '.join(seen)}"
                    faults.append(f"--mg-{role}={assignment.task}=...: no task {task!r}{known}")
    return faults


def _judge_unknown_task(
    name: str, seen: Mapping[str, Sequence[str]], config: pytest.Config
) -> list[str]:
    hint = suggest(name, seen)
    text = f"tasks.{name}: no such task" + (hint or f"; tasks: {', '.join(seen) or 'none'}")
    if hint or not _is_narrowed(config):
        return [text]
    if name.lower() not in find_plugins(TASK_GROUP, "task"):
        warn_of_run(config, f"--mg-policy: {text}")
    return []


def _is_narrowed(config: pytest.Config) -> bool:
    """Tell whether only a part of the project's tests was named."""
    if config.getoption("mg_task") is not None:
        return True
    if config.args_source is not config.ArgsSource.ARGS:
        return False
    if config.getoption("mg_policy") is None:  # written once, for every run of the project
        return True
    return any("::" in arg or Path(arg).is_file() for arg in config.args)
