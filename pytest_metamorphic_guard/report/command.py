"""The pytest command under which one item does the same again."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.command_words import is_command
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.tasks.implementations import Implementation, parse_assignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks import Task
    from pytest_metamorphic_guard.tasks.implementations import Assignment

__all__ = ["list_left_out", "write_command", "write_specification"]

# Their configurations are limits and paths; others' may hold what nobody should read in a log.
_OPEN_EXECUTORS = frozenset({"local", "command"})
_CONFIGURATIONS = (
    ("--mg-executor-config", "executor", "executor_config"),
    ("--mg-candidate-executor-config", "candidate_executor", "candidate_executor_config"),
    ("--mg-baseline-executor-config", "baseline_executor", "baseline_executor_config"),
)


def write_command(
    node: str, settings: Settings, task: Task, candidate: Implementation, here: Path
) -> str:
    """Return the command that runs this item again with this candidate alone.

    Args:
        node: The item's node id without its candidate, relative to ``here``.
        settings: The options of the run.
        task: The item's task.
        candidate: The item's candidate.
        here: The folder in which the command is to be run.
    """
    return shlex.join(["pytest", node, *_list_options(settings, task, candidate, here)])


def list_left_out(settings: Settings) -> tuple[str, ...]:
    """Return the options of a run that its command must have and does not show."""
    return tuple(
        flag
        for flag, executor, configuration in _CONFIGURATIONS
        if getattr(settings, configuration)
        and not _OPEN_EXECUTORS.issuperset(_find_executors(settings, executor))
    )


def write_specification(implementation: Implementation, here: Path) -> str:
    """Return what names an implementation in this folder: what the user wrote, if that does."""
    written = implementation.specification
    try:
        found = parse_assignment(written, here, raw_texts=True).implementation
    except ImplementationError:
        found = None
    if found is not None and found.target == implementation.target:
        return written
    if is_command(implementation.target) and is_command(written):
        return implementation.target
    if not implementation.is_file:
        return written
    path = os.path.relpath(implementation.target, here)
    name = written.rpartition(":")[2]
    return f"{path}:{name}" if ":" in written and name == implementation.function else path


def _list_options(
    settings: Settings, task: Task, candidate: Implementation, here: Path
) -> Iterator[str]:
    baseline = settings.find_baseline(task.name, task.function)
    for flag, implementation, given in (
        ("--mg-candidate", candidate, settings.candidates),
        ("--mg-baseline", baseline, settings.baselines),
    ):
        if implementation is not None:
            prefix = f"{task.name}=" if any(a.task == task.name for a in given) else ""
            written = _find_written(implementation, given)
            yield f"{flag}={prefix}{write_specification(written, here)}"
    for name in settings.tasks:
        yield f"--mg-task={name}"
    local = settings.executor == "local"
    isolation = settings.executor_config.get("isolation") if local else None
    for option, value, default in (
        # Under a gate the default follows from files, which may change.
        ("--mg-seed", settings.seed, None if settings.gate else 0),
        ("--mg-n", settings.n, None),
        ("--mg-timeout-s", settings.timeout_s, None),
        ("--mg-mem-mb", settings.mem_mb, None),
        ("--mg-executor", settings.executor, "local"),
        ("--mg-isolation", isolation, None),
        ("--mg-candidate-executor", settings.candidate_executor, None),
        ("--mg-baseline-executor", settings.baseline_executor, None),
        ("--mg-fail-on", settings.fail_on, "violation"),
    ):
        if value != default:
            yield f"{option}={value}"
    left_out = list_left_out(settings)
    for flag, _, name in _CONFIGURATIONS:
        configuration: Mapping[str, Any] = getattr(settings, name) or {}
        shown = {key: value for key, value in configuration.items() if key != "isolation"}
        if shown and flag not in left_out:
            yield f"{flag}={json.dumps(shown)}"


def _find_executors(settings: Settings, name: str) -> set[str]:
    """Return the names of the executors that an option, such as ``candidate_executor``, may name.

    With the common one these are those too that implementations choose by themselves.
    """
    roles = ("candidate", "baseline") if name == "executor" else (name.partition("_")[0],)
    found = {executor for role in roles for executor, _ in settings.list_executors(role)}
    return found | {settings.executor} if name == "executor" else found


def _find_written(implementation: Implementation, given: tuple[Assignment, ...]) -> Implementation:
    """Return the implementation as the user gave it: without the task's own function."""
    for assignment in given:
        own = assignment.implementation
        if own.target == implementation.target and own.function in (None, implementation.function):
            return own
    return implementation
