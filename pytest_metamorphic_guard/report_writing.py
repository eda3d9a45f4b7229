"""Fills the report's records from the session and writes the file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_metamorphic_guard.report.document import to_document, write_document
from pytest_metamorphic_guard.report.records import (
    ExecutorRecord,
    ImplementationRecord,
    RunRecord,
    ViolationRecord,
)

if TYPE_CHECKING:
    from pytest_metamorphic_guard.results import ResultKeeper
    from pytest_metamorphic_guard.session import GuardSession

__all__ = ["describe_run", "write_report"]

_DISTRIBUTION = "pytest-metamorphic-guard"


def describe_run(keeper: ResultKeeper, started: float, duration_s: float) -> RunRecord:
    """Return everything that a report says about a session."""
    session = keeper.session
    return RunRecord(
        version=importlib.metadata.version(_DISTRIBUTION),
        seed=session.settings.seed,
        partial=keeper.partial,
        started_at=datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
        duration_s=round(duration_s, 3),
        options=keeper.describe_options(),
        environment={
            "python": platform.python_version(),
            "implementation": sys.implementation.name,
            "platform": platform.platform(),
            "pytest": pytest.__version__,
            "hypothesis": importlib.metadata.version("hypothesis"),
        },
        ranking=keeper.ranking,
        implementations=_list_implementations(session),
        executors=_list_executors(session),
        items=keeper.gathered.item_records,
        violations=_list_violations(keeper),
        monitors=keeper.monitor_results,
    )


def write_report(run: RunRecord, path: Path) -> Path:
    """Write the report in one step, so that no reader ever sees half of it.

    Raises:
        pytest.UsageError: The folder cannot be written to.
    """
    text = write_document(to_document(run))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise pytest.UsageError(f"--mg-report={path}: cannot write it: {error.strerror}") from None
    return path


def _list_implementations(session: GuardSession) -> tuple[ImplementationRecord, ...]:
    found = []
    for role, assignments in (
        ("baseline", session.settings.baselines),
        ("candidate", session.settings.candidates),
    ):
        for assignment in assignments:
            implementation = assignment.implementation
            found.append(
                ImplementationRecord(
                    role=role,  # type: ignore[arg-type]
                    name=implementation.label,
                    specification=implementation.specification,
                    function=implementation.function,
                    sha256=_hash(implementation.target),
                )
            )
    return tuple(found)


def _hash(target: str) -> str | None:
    content = target.encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError, ValueError):
        content = Path(target).read_bytes()
    return hashlib.sha256(content).hexdigest()


def _list_executors(session: GuardSession) -> tuple[ExecutorRecord, ...]:
    return tuple(
        ExecutorRecord(
            role=role,  # type: ignore[arg-type]
            name=session.settings.find_executor(role),
            distribution=session.find_distribution(role),
            config=session.settings.executor_config,
        )
        for role in ("baseline", "candidate")
    )


def _list_violations(keeper: ResultKeeper) -> tuple[ViolationRecord, ...]:
    return tuple(
        ViolationRecord(
            node_id=node,
            task=result.verdict.task,
            relation=result.verdict.entry,
            candidate=result.verdict.candidate,
            confirmation=result.verdict.confirmation or "unchecked",
            regression=result.verdict.regression,
            source_input=result.inputs,
            outputs=(),
            message=result.text,
            replay=result.encoded_inputs or None,
        )
        for node, result in sorted(keeper.gathered.items.items())
        if result.verdict.status == "violated"
    )
