"""What --mg-suggest and its like say: where suggestions go, and where inputs come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_metamorphic_guard.pytest_side.parsing import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_metamorphic_guard.settings import Settings

__all__ = ["SuggestOptions", "read_suggest_options"]

_OFF = frozenset({"0", "false", "no", "off"})
_ON = frozenset({"", "1", "true", "yes", "on"})


class SuggestOptions(NamedTuple):
    """Where suggestions are written, and the file of inputs; None for neither."""

    path: Path | None
    inputs: Path | None


def read_suggest_options(config: pytest.Config, settings: Settings) -> SuggestOptions | None:
    """Read what is to be suggested; None where nothing is.

    Raises:
        pytest.UsageError: With every wrong value.
    """
    reader = Reader(config)
    given = reader.find("suggest")
    inputs = reader.read_path("suggest_inputs")
    if not given or given[-1].text.strip().lower() in _OFF:
        return None
    text = given[-1].text.strip()
    path = None if text.lower() in _ON else given[-1].folder / text
    if path is not None:
        reader.faults += _find_faults(path, f"{given[-1].source}={text}")
    if inputs is not None and not inputs.is_file():
        reader.faults.append(f"--mg-suggest-inputs={inputs}: there is no such file")
    reader.faults += [
        f"--mg-suggest runs no test, and --mg-{other} needs some: run one after the other"
        for other in ("gate", "strength", "replay", "shard")
        if getattr(settings, other) not in (None, False)
    ]
    if not settings.baselines:
        reader.faults.append("--mg-suggest: no baseline: pass --mg-baseline=old.py:solve")
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    return SuggestOptions(path, inputs)


def _find_faults(path: Path, given: str) -> list[str]:
    if path.exists():
        return [f"{given}: exists already, and is kept as it is: name another file"]
    if path.suffix != ".py":
        return [f"{given}: expected the name of a new test file, such as test_prices.py"]
    if not path.parent.is_dir():
        return [f"{given}: there is no folder {path.parent}"]
    return []
