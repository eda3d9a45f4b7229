"""--mg-record-baseline: keeps the answers of the baseline, from every process of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_metamorphic_guard.evaluation.answer_keeping import AnswerKeeper

__all__ = ["BaselineAnswers"]

_OUTPUT = "mg_answers"


class BaselineAnswers:
    """Writes the file at the end, with what the processes gathered.

    Args:
        config: pytest's configuration.
        keeper: Gathers the answers of this process.
        path: The file.
        seed: Of the sample.
        update: Whether answers that have changed are written.
    """

    def __init__(
        self, config: pytest.Config, keeper: AnswerKeeper, path: Path, seed: int, *, update: bool
    ) -> None:
        self._config = config
        self._keeper = keeper
        self._path = path
        self._seed = seed
        self._update = update
        self.lines: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._keeper.add_all(getattr(node, "workeroutput", {}).get(_OUTPUT, ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self._keeper.list_answers()
            return
        self.lines = self._keeper.write(self._path, self._seed, update=self._update)
        if not self._keeper.is_written and session.exitstatus == pytest.ExitCode.OK:
            # Whoever asked for a file, most often a script, must not take an old one for it.
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
