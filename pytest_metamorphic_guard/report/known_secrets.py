"""The secrets that a run was trusted with: those of its executors and of its environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.report.redaction import find_secrets, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.settings import Settings

__all__ = ["list_secrets"]

_IN_BRACES = re.compile(r"\{(\w+)\}")


def list_secrets(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the texts that nothing a run shows may hold.

    They are the values under the names of secrets in the configurations of the executors and in the
    environment, and those of the variables that a configuration names under ``env``, or a key that
    ends in ``_env``. A path that exists is none.

    Args:
        settings: The options of the run.
        environment: The variables of the process.
    """
    configurations = [
        config for role in ("candidate", "baseline") for _, config in settings.list_executors(role)
    ]
    given = {
        name
        for one in configurations
        for key, value in one.items()
        if key == "env" or key.endswith("_env")
        for name in _list_names(value)
    }
    held = {
        name: value
        for name, value in environment.items()
        if (name in given or is_secret_name(name)) and not _is_path(value)
    }
    found = find_secrets(configurations) + find_secrets({"secret": held})
    return tuple(sorted(set(found)))


def _list_names(names: object) -> Iterator[str]:
    """Return the names that a value may hold: as a text, in braces in one, or in a container."""
    if isinstance(names, str):
        yield from (names, *_IN_BRACES.findall(names))
    elif isinstance(names, Mapping | list | tuple):
        for part in names.values() if isinstance(names, Mapping) else names:
            yield from _list_names(part)


def _is_path(value: str) -> bool:
    try:
        return all(Path(part).exists() for part in value.split(os.pathsep))
    except (OSError, ValueError):
        return False
