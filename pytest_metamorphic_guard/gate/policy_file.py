"""Rules as TOML: one policy for all tasks, overrides for some, thresholds for single relations."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.gate.policies import Policy, PolicyError, parse_policy
from pytest_metamorphic_guard.gate.rules import (
    FAIL_ON_ALERT,
    FailOnAlert,
    Rules,
    TaskRules,
    find_count_fault,
    find_rate_fault,
)

__all__ = ["read_rules"]

_RUN_KEYS = ("policy", "min_pass_rate", "fail_on_alert", "early_stop", "extend", "tasks")
_TASK_KEYS = ("policy", "min_pass_rate", "relations")
_RELATION_KEYS = ("min_pass_rate",)


def read_rules(
    content: str | Mapping[str, object],
    *,
    source: str = "policy file",
    known: Mapping[str, Collection[str]] | None = None,
    defaults: Rules | None = None,
) -> Rules:
    """Read a policy file.

    Args:
        content: TOML text, or what it was parsed to.
        source: The file's name, for messages.
        known: The relations of every task by the task's name; a name beyond these is a fault.
        defaults: What holds for the run where the file says nothing.

    Raises:
        PolicyError: With all faults at once, each with the path of its key.
    """
    data = _parse(content, source) if isinstance(content, str) else content
    defaults = defaults or Rules()
    reading = _Reading(known)
    reading.check_keys(data, _RUN_KEYS, "")
    policy = reading.read_policy(data, "")
    rate = reading.read_rate(data, "")
    fail_on_alert = reading.read_fail_on_alert(data)
    early_stop = reading.read_flag(data, "early_stop")
    extend = reading.read_count(data, "extend")
    tasks = reading.read_tasks(data)
    if reading.faults:
        raise PolicyError(source, reading.faults)
    return Rules(
        policy=policy or defaults.policy,
        min_pass_rate=defaults.min_pass_rate if rate is None else rate,
        fail_on_alert=fail_on_alert or defaults.fail_on_alert,
        early_stop=defaults.early_stop if early_stop is None else early_stop,
        extend=defaults.extend if extend is None else extend,
        tasks={**defaults.tasks, **tasks},
    )


def _parse(text: str, source: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyError(source, [f"not TOML: {error}"]) from error


@dataclass(slots=True)
class _Reading:
    """One pass over a file that notes every fault and goes on."""

    known: Mapping[str, Collection[str]] | None
    faults: list[str] = field(default_factory=list)

    def check_keys(self, table: Mapping[str, object], allowed: Collection[str], path: str) -> None:
        for key in table:
            if key not in allowed:
                expected = f"unknown key; expected {', '.join(allowed)}"
                self.faults.append(f"{path}{key}: {expected}{suggest(key, allowed)}")

    def read_table(self, table: Mapping[str, object], key: str, path: str) -> Mapping[str, object]:
        value = table.get(key, {})
        if isinstance(value, Mapping):
            return cast("Mapping[str, object]", value)
        self.faults.append(f"{path}{key}: expected a table, got {value!r}")
        return {}

    def read_policy(self, table: Mapping[str, object], path: str) -> Policy | None:
        text = table.get("policy")
        if text is None:
            return None
        if not isinstance(text, str):
            self.faults.append(
                f"{path}policy: expected text such as 'noninferior:margin=0.02', got {text!r}"
            )
            return None
        try:
            return parse_policy(text)
        except PolicyError as error:
            self.faults.extend(f"{path}policy: {fault}" for fault in error.faults)
            return None

    def read_rate(self, table: Mapping[str, object], path: str) -> float | None:
        value = table.get("min_pass_rate")
        if value is None:
            return None
        fault = find_rate_fault(value)
        if fault:
            self.faults.append(f"{path}min_pass_rate: {fault}")
            return None
        return float(cast("float", value))

    def read_fail_on_alert(self, table: Mapping[str, object]) -> FailOnAlert | None:
        value = table.get("fail_on_alert")
        for severity in FAIL_ON_ALERT:
            if value == severity:
                return severity
        if value is not None:
            expected = f"expected {', '.join(FAIL_ON_ALERT)}, got {value!r}"
            hint = suggest(str(value), FAIL_ON_ALERT)
            self.faults.append(f"fail_on_alert: {expected}{hint}")
        return None

    def read_flag(self, table: Mapping[str, object], key: str) -> bool | None:
        value = table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.faults.append(f"{key}: expected true or false, got {value!r}")
        return None

    def read_count(self, table: Mapping[str, object], key: str) -> int | None:
        value = table.get(key)
        fault = None if value is None else find_count_fault(value)
        if fault:
            self.faults.append(f"{key}: {fault}")
            return None
        return cast("int | None", value)

    def read_tasks(self, data: Mapping[str, object]) -> dict[str, TaskRules]:
        tasks = {}
        tables = self.read_table(data, "tasks", "")
        for name in tables:
            path = f"tasks.{name}"
            if self.known is not None and name not in self.known:
                hint = suggest(name, self.known) or f"; tasks: {', '.join(self.known) or 'none'}"
                self.faults.append(f"{path}: no such task{hint}")
            table = self.read_table(tables, name, "tasks.")
            self.check_keys(table, _TASK_KEYS, f"{path}.")
            tasks[name] = TaskRules(
                policy=self.read_policy(table, f"{path}."),
                min_pass_rate=self.read_rate(table, f"{path}."),
                relations=self.read_relations(table, name),
            )
        return tasks

    def read_relations(self, task_table: Mapping[str, object], task: str) -> dict[str, float]:
        relations = {}
        path = f"tasks.{task}."
        known = None if self.known is None else self.known.get(task)
        tables = self.read_table(task_table, "relations", path)
        for name in tables:
            own = f"{path}relations.{name}"
            if known is not None and name not in known:
                hint = suggest(name, known) or f"; relations: {', '.join(known) or 'none'}"
                self.faults.append(f"{own}: no such relation{hint}")
            table = self.read_table(tables, name, f"{path}relations.")
            self.check_keys(table, _RELATION_KEYS, f"{own}.")
            rate = self.read_rate(table, f"{own}.")
            if rate is not None:
                relations[name] = rate
        return relations
