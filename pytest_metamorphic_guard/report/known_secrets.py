"""The secrets that a run was trusted with: those of its executors and of its environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.report.redaction import find_secrets, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_metamorphic_guard.settings import Settings

__all__ = ["list_secrets"]


def list_secrets(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the texts that nothing a run shows may hold.

    They are the values under the names of secrets in the configurations of the executors and in the
    environment, and those of the variables that the executor ``local`` gives to candidates. A path
    that exists is none.

    Args:
        settings: The options of the run.
        environment: The variables of the process.
    """
    configurations = [settings.find_executor_config(role) for role in ("candidate", "baseline")]
    given = [name for one in configurations for name in _list_names(one.get("env"))]
    held = {
        name: value
        for name, value in environment.items()
        if (name in given or is_secret_name(name)) and not _is_path(value)
    }
    found = find_secrets(configurations) + find_secrets({"secret": held})
    return tuple(sorted(set(found)))


def _list_names(names: object) -> Iterator[str]:
    if isinstance(names, list | tuple):
        yield from (name for name in names if isinstance(name, str))


def _is_path(value: str) -> bool:
    try:
        return all(Path(part).exists() for part in value.split(os.pathsep))
    except (OSError, ValueError):
        return False
