"""The answers of a baseline, kept where a program's run asks for that."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig

__all__ = ["keeping_answers"]


@contextlib.contextmanager
def keeping_answers(
    evaluation: Evaluation, config: EvaluationConfig, lines: list[str]
) -> Iterator[None]:
    """Keep the baseline's answers of a program's run, where it asks for that.

    Args:
        evaluation: The run.
        config: Says whether, and in which file.
        lines: Where to add what was written.
    """
    if config.record_baseline is None:
        yield
        return
    # Not loaded for a run that keeps none, which starts sooner.
    from pytest_metamorphic_guard.evaluation.answer_keeping import AnswerKeeper

    keeper = evaluation.answers = AnswerKeeper()
    yield
    path, seed = Path(config.record_baseline), evaluation.settings.seed
    lines += keeper.write(path, seed, update=config.update_answers)
