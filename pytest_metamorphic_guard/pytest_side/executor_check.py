"""Makes the executors that a run needs before its first item, so that a fault is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.pytest_side.abort import refuse_run
from pytest_metamorphic_guard.pytest_side.task_classes import find_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_metamorphic_guard.pytest_side.session import GuardSession
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["ExecutorMaking"]

_ROLES = ("candidate", "baseline")


class ExecutorMaking:
    """Makes the executor of every role that an item has.

    Args:
        session: What owns them.
    """

    def __init__(self, session: GuardSession) -> None:
        self._session = session

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse the run where one cannot be made."""
        config = self._session.config
        if config.option.collectonly:
            return
        faults = []
        for role, implementation in sorted(self._find_called(items), key=_rank):
            try:
                self._session.evaluation.executors.get(role, implementation)
                self._session.evaluation.executors.get_reseeded(role, implementation)
            except MetamorphicGuardError as error:
                faults.append(self._session.redaction.hide(str(error)))
        if faults:
            # Both roles mostly share one executor, and its fault.
            refuse_run(config, "\n".join(dict.fromkeys(faults)), items)

    def _find_called(self, items: Iterable[pytest.Item]) -> set[tuple[str, Implementation]]:
        settings = self._session.settings
        found: set[tuple[str, Implementation]] = set()
        for item in items:
            plan = find_plan(item)
            if plan is None:
                fixtures = getattr(item, "fixturenames", ())
                for role in _ROLES:
                    if f"mg_{role}" in fixtures:
                        given = settings.list_called(role)
                        found |= {(role, one) for one in given if one is not None}
            elif plan.candidates:
                found |= {("candidate", one) for one in plan.candidates.values()}
                baseline = settings.find_baseline(plan.task.name, plan.task.function)
                if baseline is not None:
                    found.add(("baseline", baseline))
        return found


def _rank(called: tuple[str, Implementation]) -> tuple[int, str]:
    role, implementation = called
    return _ROLES.index(role), implementation.specification
