"""The programmatic interface, importable as ``metamorphic_guard.api``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig, EvaluationResult
    from pytest_metamorphic_guard.evaluation.program import run
    from pytest_metamorphic_guard.tasks import MetamorphicRelation, Metric, Property, TaskSpec
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = [
    "EvaluationConfig",
    "EvaluationResult",
    "Implementation",
    "MetamorphicRelation",
    "Metric",
    "Property",
    "TaskSpec",
    "run",
]

# Plugins load this module with the other stable ones and few use it, so a name loads its own
# module when it is first used.
_MODULES = {
    "EvaluationConfig": "evaluation.interface",
    "EvaluationResult": "evaluation.interface",
    "Implementation": "tasks.implementations",
    "MetamorphicRelation": "tasks",
    "Metric": "tasks",
    "Property": "tasks",
    "TaskSpec": "tasks",
    "run": "evaluation.program",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"pytest_metamorphic_guard.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
