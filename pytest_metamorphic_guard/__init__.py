"""Metamorphic relations as pytest items, run in isolation against a candidate and its baseline.

PYTEST_DONT_REWRITE: what this file finds is loaded as installed, and so is this file.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from pytest_metamorphic_guard.contracts.arguments import Call
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
    from pytest_metamorphic_guard.relations.combining import all_of, any_of, negated, on
    from pytest_metamorphic_guard.relations.distributions import same_distribution
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
        same_length,
    )
    from pytest_metamorphic_guard.relations.holes import (
        maps,
        raises,
        scaled,
        shifted,
        sum_of_sources,
        within,
    )
    from pytest_metamorphic_guard.relations.raised import RaisedAnswer
    from pytest_metamorphic_guard.runner.call_errors import CallFailed
    from pytest_metamorphic_guard.tasks import (
        Agreement,
        MetamorphicRelation,
        Metric,
        Property,
        Task,
        TaskSpec,
        catalogue,
    )
    from pytest_metamorphic_guard.tasks.existing.files import from_file
    from pytest_metamorphic_guard.tasks.existing.kept_calls import recorded
    from pytest_metamorphic_guard.tasks.existing.types import from_types
    from pytest_metamorphic_guard.tasks.existing.union import union
    from pytest_metamorphic_guard.tasks.implementations import Implementation
    from pytest_metamorphic_guard.tasks.templates.algebra import (
        associative,
        commutative,
        idempotent,
        involutive,
    )
    from pytest_metamorphic_guard.tasks.templates.conduct import (
        deterministic,
        keeps_arguments,
        never_raises,
    )
    from pytest_metamorphic_guard.tasks.templates.linearity import additive, homogeneous, monotone
    from pytest_metamorphic_guard.tasks.templates.symmetry import equivariant, invariant
    from pytest_metamorphic_guard.tasks.templates.whole_and_parts import batch_invariant, round_trip
    from pytest_metamorphic_guard.values.approximation import approx
    from pytest_metamorphic_guard.values.equivalence import equal_values, same_zone
    from pytest_metamorphic_guard.values.records import Opaque, Record

# pytest imports this package in every run on the machine to reach its plugin module, so a name
# loads its module when it is first used.
_MODULES = {
    "Agreement": "tasks",
    "Call": "contracts.arguments",
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
    "RaisedAnswer": "relations.raised",
    "Record": "values.records",
    "Task": "tasks",
    "TaskError": "errors",
    "TaskSpec": "tasks",
    "additive": "tasks.templates.linearity",
    "all_of": "relations.combining",
    "any_of": "relations.combining",
    "approx": "values.approximation",
    "associative": "tasks.templates.algebra",
    "batch_invariant": "tasks.templates.whole_and_parts",
    "catalogue": "tasks.catalogue",
    "commutative": "tasks.templates.algebra",
    "decreasing": "relations.expectations",
    "deterministic": "tasks.templates.conduct",
    "equal": "relations.expectations",
    "equal_values": "values.equivalence",
    "equivariant": "tasks.templates.symmetry",
    "from_file": "tasks.existing.files",
    "from_types": "tasks.existing.types",
    "homogeneous": "tasks.templates.linearity",
    "idempotent": "tasks.templates.algebra",
    "increasing": "relations.expectations",
    "invariant": "tasks.templates.symmetry",
    "involutive": "tasks.templates.algebra",
    "is_permutation": "relations.expectations",
    "is_prefix": "relations.expectations",
    "is_subset": "relations.expectations",
    "is_superset": "relations.expectations",
    "keeps_arguments": "tasks.templates.conduct",
    "maps": "relations.holes",
    "monotone": "tasks.templates.linearity",
    "negated": "relations.combining",
    "never_raises": "tasks.templates.conduct",
    "non_decreasing": "relations.expectations",
    "non_increasing": "relations.expectations",
    "not_equal": "relations.expectations",
    "on": "relations.combining",
    "properties_hold": "relations.expectations",
    "raises": "relations.holes",
    "recorded": "tasks.existing.kept_calls",
    "round_trip": "tasks.templates.whole_and_parts",
    "run": "evaluation.program",
    "same_distribution": "relations.distributions",
    "same_length": "relations.expectations",
    "same_zone": "values.equivalence",
    "scaled": "relations.holes",
    "shifted": "relations.holes",
    "sum_of_sources": "relations.holes",
    "union": "tasks.existing.union",
    "within": "relations.holes",
}

__all__ = [
    "Agreement",
    "Call",
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
    "RaisedAnswer",
    "Record",
    "Task",
    "TaskError",
    "TaskSpec",
    "additive",
    "all_of",
    "any_of",
    "approx",
    "associative",
    "batch_invariant",
    "catalogue",
    "commutative",
    "decreasing",
    "deterministic",
    "equal",
    "equal_values",
    "equivariant",
    "from_file",
    "from_types",
    "homogeneous",
    "idempotent",
    "increasing",
    "invariant",
    "involutive",
    "is_permutation",
    "is_prefix",
    "is_subset",
    "is_superset",
    "keeps_arguments",
    "maps",
    "monotone",
    "negated",
    "never_raises",
    "non_decreasing",
    "non_increasing",
    "not_equal",
    "on",
    "properties_hold",
    "raises",
    "recorded",
    "round_trip",
    "run",
    "same_distribution",
    "same_length",
    "same_zone",
    "scaled",
    "shifted",
    "sum_of_sources",
    "union",
    "within",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        # Not loaded before: it looks through all that is installed.
        from importlib.metadata import version

        return version("pytest-metamorphic-guard")
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = importlib.import_module(f"{__name__}.{module}")
    # The catalogue is itself a module, of which a user takes what a domain has.
    return found if name == "catalogue" else getattr(found, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _AsInstalled:
    """Finds the modules of this distribution as Python does where there is no pytest.

    pytest rewrites the asserts of every module of a plugin's distribution, and where it cannot keep
    what it compiled it compiles all of them again at each start. An assert of ours is about our own
    state: nobody would read more from it.
    """

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] != __name__ and name != "metamorphic_guard":
            return None
        for finder in sys.meta_path:
            if _is_ours(finder) or _rewrites(finder):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                # The package metamorphic_guard is another distribution's, and only the file ours.
                foreign = path is None and name != __name__ and spec.submodule_search_locations
                return None if foreign else spec
        return None


def _is_ours(finder: object) -> bool:
    # By name: what an earlier import of this file has left is another object.
    return getattr(finder, "__module__", "") == __name__


def _rewrites(finder: object) -> bool:
    return type(finder).__module__ == "_pytest.assertion.rewrite"


def load_as_installed(found: dict[str, Any]) -> None:
    """Put the finder of our modules before that of pytest, which each run puts first.

    Args:
        found: The names of a module that pytest may have found before. The mark in its docstring
            has kept its code as it is, so all it needs is what tells where it was found.
    """
    if not any(map(_rewrites, sys.meta_path)):
        return
    for finder in filter(_is_ours, sys.meta_path.copy()):
        sys.meta_path.remove(finder)
    sys.meta_path.insert(0, _AsInstalled)
    if _rewrites(found["__spec__"].loader):
        name = found["__name__"]
        spec = _AsInstalled.find_spec(name, None if name == __name__ else __path__)
        assert spec is not None
        found.update(__spec__=spec, __loader__=spec.loader, __cached__=spec.cached)


load_as_installed(globals())
