"""Metamorphic relations as pytest items, run in isolation against a candidate and its baseline."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_metamorphic_guard.errors import (
        ImplementationError,
        MetamorphicGuardError,
        PluginError,
        TaskError,
    )
    from pytest_metamorphic_guard.evaluation.interface import EvaluationConfig, EvaluationResult
    from pytest_metamorphic_guard.evaluation.program import run
    from pytest_metamorphic_guard.pytest_side.warning_classes import (
        MetamorphicGuardWarning,
        MonitorAlertWarning,
    )
    from pytest_metamorphic_guard.relations.expectations import (
        decreasing,
        equal,
        increasing,
        is_permutation,
        is_prefix,
        is_subset,
        is_superset,
        non_decreasing,
        non_increasing,
        not_equal,
        properties_hold,
    )
    from pytest_metamorphic_guard.runner.calling import CallFailed
    from pytest_metamorphic_guard.tasks import (
        MetamorphicRelation,
        Metric,
        Property,
        Task,
        TaskSpec,
    )
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.values.approximation import approx
    from pytest_metamorphic_guard.values.equivalence import equal_values, same_zone
    from pytest_metamorphic_guard.values.records import Opaque, Record

# pytest imports this package in every run on the machine to reach its plugin module, so a name
# loads its module when it is first used.
_MODULES = {
    "CallFailed": "runner.calling",
    "EvaluationConfig": "evaluation.interface",
    "EvaluationResult": "evaluation.interface",
    "Implementation": "tasks.implementations",
    "ImplementationError": "errors",
    "MetamorphicGuardError": "errors",
    "MetamorphicGuardWarning": "pytest_side.warning_classes",
    "MetamorphicRelation": "tasks",
    "Metric": "tasks",
    "MonitorAlertWarning": "pytest_side.warning_classes",
    "Opaque": "values.records",
    "PluginError": "errors",
    "Property": "tasks",
    "Record": "values.records",
    "Task": "tasks",
    "TaskError": "errors",
    "TaskSpec": "tasks",
    "approx": "values.approximation",
    "decreasing": "relations.expectations",
    "equal": "relations.expectations",
    "equal_values": "values.equivalence",
    "increasing": "relations.expectations",
    "is_permutation": "relations.expectations",
    "is_prefix": "relations.expectations",
    "is_subset": "relations.expectations",
    "is_superset": "relations.expectations",
    "non_decreasing": "relations.expectations",
    "non_increasing": "relations.expectations",
    "not_equal": "relations.expectations",
    "properties_hold": "relations.expectations",
    "run": "evaluation.program",
    "same_zone": "values.equivalence",
}

__all__ = [
    "CallFailed",
    "EvaluationConfig",
    "EvaluationResult",
    "Implementation",
    "ImplementationError",
    "MetamorphicGuardError",
    "MetamorphicGuardWarning",
    "MetamorphicRelation",
    "Metric",
    "MonitorAlertWarning",
    "Opaque",
    "PluginError",
    "Property",
    "Record",
    "Task",
    "TaskError",
    "TaskSpec",
    "approx",
    "decreasing",
    "equal",
    "equal_values",
    "increasing",
    "is_permutation",
    "is_prefix",
    "is_subset",
    "is_superset",
    "non_decreasing",
    "non_increasing",
    "not_equal",
    "properties_hold",
    "run",
    "same_zone",
]


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
