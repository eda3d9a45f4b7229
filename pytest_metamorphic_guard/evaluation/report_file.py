"""Fills the report's records from what a run was told and saw, and writes the file."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import platform
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.executors import ENTRY_POINT_GROUP
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.packages import find_packages
from pytest_metamorphic_guard.loading import find_plugins
from pytest_metamorphic_guard.report.contents import (
    DifferenceRecord,
    ExecutorRecord,
    ImplementationRecord,
    RefusedRecord,
    Role,
    ViolationRecord,
)
from pytest_metamorphic_guard.report.document import write_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.settings import Settings
    from pytest_metamorphic_guard.tasks.implementations import Assignment

__all__ = [
    "ReportError",
    "describe_environment",
    "describe_options",
    "list_differences",
    "list_executors",
    "list_implementations",
    "list_violations",
    "write_report",
]


# Records for monitors hold what candidates returned.
_MOST_SHARD = 256 << 20


class ReportError(MetamorphicGuardError):
    """A report that cannot be written.

    Args:
        path: Where it was to go.
        fault: Why it cannot.
    """

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"--mg-report={self.path}: cannot write it: {self.fault}"


def describe_environment(settings: Settings) -> dict[str, Any]:
    """Return what a run ran on."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": platform.platform(),
        "pytest": importlib.metadata.version("pytest"),
        "hypothesis": importlib.metadata.version("hypothesis"),
        "hash_seed": {
            role: _find_hash_seed(*settings.list_executors(role)[0])
            for role in ("baseline", "candidate")
        },
    }


def _find_hash_seed(executor: str, config: Mapping[str, Any]) -> str | None:
    """Return the ``PYTHONHASHSEED`` of what an executor calls; None where it is not known."""
    match executor.lower():
        case "local" if config.get("isolation") != "none":
            own = config.get("hash_seed", 0)
            passed = "PYTHONHASHSEED" in config.get("env", ()) and not own
            return os.environ.get("PYTHONHASHSEED", "0") if passed else str(own)
        case "local" | "inprocess":
            return os.environ.get("PYTHONHASHSEED", "random")
        case _:
            return None


def describe_options(settings: Settings, rules: Rules) -> dict[str, Any]:
    """Return what a run was told to do."""
    return {
        "n": settings.n,
        "timeout_s": settings.timeout_s,
        "mem_mb": settings.mem_mb,
        "tasks": list(settings.tasks),
        "shrink": settings.shrink,
        "fail_on": settings.fail_on,
        "gate": settings.gate,
        "policy": str(rules.policy),
        "min_pass_rate": rules.min_pass_rate,
        "task_rules": {
            name: {
                "policy": None if own.policy is None else str(own.policy),
                "min_pass_rate": own.min_pass_rate,
                "relations": dict(own.relations),
            }
            for name, own in rules.tasks.items()
        },
        "early_stop": rules.early_stop,
        "extend": rules.extend,
        "fail_on_alert": rules.fail_on_alert,
        "on_inconclusive": settings.on_inconclusive,
        "monitors": list(settings.monitors),
        "vacuity": settings.vacuity,
        "strength": settings.strength is not None,
        "strength_limit": {
            "mutants": settings.strength_limit.mutants,
            "seconds": settings.strength_limit.seconds,
        },
    }


def write_report(document: Mapping[str, Any], path: Path, *, folder: bool = False) -> Path:
    """Write the report in one step, so that no reader ever sees half of it.

    Args:
        document: What `to_document` made of the run.
        path: The file; or a folder, in which a name is made that no other run makes.
        folder: The path is meant as a folder although there is none yet.

    Raises:
        ReportError: The folder cannot be written to.
    """
    if len(document.get("shard", {}).get("data", "")) > _MOST_SHARD:
        fault = f"what merging needs is more than {_MOST_SHARD >> 20} MiB: make more shards"
        raise ReportError(str(path), fault)
    text = write_document(document)
    target = path
    try:
        if folder or path.is_dir():
            started = datetime.fromisoformat(document["times"]["started_at"])
            # Short runs follow one another within a second, and are sorted by their names.
            stamp = started.strftime("%Y%m%dT%H%M%S.%f")[:-3]
            target = path / f"metamorphic-guard-{stamp}Z-{secrets.token_hex(4)}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(text)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(str(path), error.strerror or str(error)) from None
    return target


def list_implementations(
    settings: Settings, refused: Sequence[RefusedCalls] = ()
) -> tuple[ImplementationRecord, ...]:
    """Return the implementations that took part, with their hashes and what was refused to them."""
    roles: tuple[tuple[Role, tuple[Assignment, ...]], ...] = (
        ("baseline", settings.baselines),
        ("candidate", settings.candidates),
    )
    list_installed = functools.cache(importlib.metadata.packages_distributions)
    return tuple(
        ImplementationRecord(
            packages=find_packages(assignment.implementation, list_installed),
            role=role,
            name=assignment.implementation.label,
            specification=assignment.implementation.specification,
            function=assignment.implementation.function,
            sha256=_hash(assignment.implementation.target),
            revision=assignment.implementation.revision or None,
            refused=tuple(
                RefusedRecord(
                    kind=calls.kind, path=calls.path, option=calls.option, calls=calls.calls
                )
                for calls in refused
                if (calls.role, calls.specification)
                == (role, assignment.implementation.specification)
            ),
        )
        for role, assignments in roles
        for assignment in assignments
    )


def list_executors(settings: Settings) -> tuple[ExecutorRecord, ...]:
    """Return the executors of each role: several where candidates choose their own."""
    installed = find_plugins(ENTRY_POINT_GROUP, "executor")
    roles: tuple[Role, ...] = ("baseline", "candidate")
    records = []
    for role in roles:
        for name, config in settings.list_executors(role):
            plugin = installed.get(name.lower())
            distribution = plugin.identity.distribution if plugin else None
            records.append(
                ExecutorRecord(role=role, name=name, distribution=distribution, config=config)
            )
    return tuple(records)


def list_violations(results: Mapping[str, ItemResult]) -> tuple[ViolationRecord, ...]:
    """Return the violations of a run by the node id of their item, also those a rate allows for."""
    return tuple(
        ViolationRecord(
            node_id=node,
            task=result.verdict.task,
            relation=result.verdict.entry,
            candidate=result.verdict.candidate,
            confirmation=result.confirmation or "unchecked",
            regression=result.regression,
            source_input=result.inputs,
            outputs=result.outputs,
            shown=result.shown,
            message=result.text,
            replay=result.encoded_inputs or None,
            id=(result.shown.id or None) if result.shown is not None else None,
        )
        for node, result in sorted(results.items())
        if result.inputs
    )


def list_differences(results: Mapping[str, ItemResult]) -> tuple[DifferenceRecord, ...]:
    """Return where the roles' calls do not end alike, by the node id of the item."""
    return tuple(
        DifferenceRecord(
            node_id=node,
            task=result.verdict.task,
            relation=result.verdict.entry,
            candidate=result.verdict.candidate,
            inputs=found.cases,
            source_input=found.source_input,
            call=found.call,
            baseline=found.baseline,
            outcome=found.candidate,
            replay=found.replay or None,
            id=found.id or None,
        )
        for node, result in sorted(results.items())
        if (found := result.difference) is not None
    )


def _hash(target: str) -> str | None:
    content = target.encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError, ValueError):
        content = Path(target).read_bytes()
    return hashlib.sha256(content).hexdigest()
