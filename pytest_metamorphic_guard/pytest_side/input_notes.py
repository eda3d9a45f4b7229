"""What the inputs of tasks leave out, from every process that collected them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_metamorphic_guard.tasks import Task

__all__ = ["InputNotes"]

_OUTPUT = "mg_left_out_inputs"
_MOST = 5


class InputNotes:
    """Gathers what the run says of inputs: every process collects the same tasks.

    Args:
        config: pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._left_out: dict[str, list[str]] = {}

    @property
    def lines(self) -> list[str]:
        """One line per task whose inputs leave something out."""
        return [
            f"{task}: its inputs leave out {_list(phrases)}"
            for task, phrases in sorted(self._left_out.items())
        ]

    def note(self, task: Task) -> None:
        """Remember what the inputs of a task leave out."""
        if task.inputs.left_out:
            self._left_out[task.name] = list(task.inputs.left_out)

    # --- hooks

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None and self._left_out:
            output[_OUTPUT] = self._left_out

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        # A worker that crashed has no output; the others collected the same.
        self._left_out.update(getattr(node, "workeroutput", {}).get(_OUTPUT, {}))


def _list(phrases: list[str]) -> str:
    more = len(phrases) - _MOST
    return "; ".join(phrases[:_MOST]) + (f"; and {more} more" if more > 0 else "")
