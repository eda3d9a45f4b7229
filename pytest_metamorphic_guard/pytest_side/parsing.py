"""The values of the options, read once into `Settings`, and all that is wrong with them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pytest

from pytest_metamorphic_guard.contracts.places import rebase_place
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.evaluation.seeding import find_kept_seed, make_seed
from pytest_metamorphic_guard.gate.policies import PolicyError, parse_policy
from pytest_metamorphic_guard.gate.rules import FAIL_ON_ALERT, Rules
from pytest_metamorphic_guard.pytest_side.converting import (
    read_amount,
    read_choice,
    read_parallel,
    read_positive,
    read_seed,
    read_switch,
    read_whole,
)
from pytest_metamorphic_guard.pytest_side.options import OPTIONS, WRONG_TYPE, Option
from pytest_metamorphic_guard.pytest_side.shard_option import find_shard_faults, parse_shard
from pytest_metamorphic_guard.pytest_side.strength_options import read_strength
from pytest_metamorphic_guard.settings import FailOn, Settings, Shard, Shrink
from pytest_metamorphic_guard.tasks.claims import calls_python, is_recorded, takes_all
from pytest_metamorphic_guard.tasks.implementations import parse_assignment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_metamorphic_guard.tasks.implementations import Assignment

__all__ = ["Reader", "find_idle", "read_rules", "read_settings"]

_FOR_GATES = ("policy", "extend", "early_stop", "on_inconclusive")
_INI_TYPES = {"string": "a text", "int": "a whole number", "float": "a number"}


class Given(NamedTuple):
    """A value with the place it was given at, for messages, and the folder its paths refer to."""

    text: str
    source: str
    folder: Path


def read_settings(config: pytest.Config) -> Settings:  # one of its lines per option
    """Read all options; the command line wins over the environment, that over the file.

    Raises:
        pytest.UsageError: With every wrong value, one line each.
    """
    reader = Reader(config)
    executor = reader.read_place("executor") or "local"
    values: dict[str, Any] = {
        "tasks": tuple(given.text for given in reader.find("task")),
        "n": reader.read("n", read_whole(1)),
        "seed": reader.read("seed", read_seed),
        "timeout_s": reader.read("timeout_s", read_positive),
        "mem_mb": reader.read("mem_mb", read_whole(0)),
        "executor": executor,
        "executor_config": reader.read("executor_config", _config_of(reader, "executor_config")),
        **{
            name: reader.read(name, _config_of(reader, name))
            for name in ("candidate_executor_config", "baseline_executor_config")
        },
        "parallel": reader.read("parallel", read_parallel),
        "budget_usd": reader.read("budget", read_amount),
        "shrink": reader.read("shrink", read_choice(*get_args(Shrink))),
        "fail_on": reader.read("fail_on", read_choice(*get_args(FailOn))),
        "candidate_executor": reader.read_place("candidate_executor"),
        "baseline_executor": reader.read_place("baseline_executor"),
        "measure": reader.read("measure", read_switch),
        "gate": reader.read("gate", read_switch),
        "on_inconclusive": reader.read("on_inconclusive", read_choice("fail", "warn")),
        "monitors": tuple(rebase_place(g.text, g.folder) for g in reader.find("monitor")),
        "report": reader.read_path("report"),
        "report_folder": any(given.text.endswith("/") for given in reader.find("report")[-1:]),
        "html": reader.read_path("html"),
        "code_quality": reader.read_path("code_quality"),
        "compare": reader.read_path("compare"),
        "history": reader.read_path("history"),
        "known": reader.read_path("known"),
        "known_strict": reader.read("known_strict", read_switch),
        "write_known": reader.read_path("write_known"),
        "replay": reader.read_path("replay"),
    }
    isolation = reader.read("isolation", str)
    if isolation is not None:
        values["executor_config"] = {**(values["executor_config"] or {}), "isolation": isolation}
    if values["gate"] and values["fail_on"] is None:
        # What the baseline violates too is no reason to keep the baseline.
        values["fail_on"] = "regression"
    for role in ("candidate", "baseline"):
        values[f"{role}s"] = reader.read_implementations(
            role, values[f"{role}_executor"] or executor
        )
    values["shard"] = reader.read_shard(values["replay"])
    values |= read_strength(reader, values)
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    recorded = any(is_recorded(a.implementation.target) for a in values["baselines"])
    if recorded and values["shrink"] is None:
        values["shrink"] = "off"  # there are no answers for smaller inputs
    if values["seed"] is not None:
        values["seed_source"] = "given"
    elif (kept := find_kept_seed(a.implementation.target for a in values["baselines"])) is not None:
        # Under another seed, inputs are drawn for which there is no answer.
        values["seed"], values["seed_source"] = kept, "given"
    elif values["gate"]:
        judged = ([a.implementation for a in values[role]] for role in ("candidates", "baselines"))
        values["seed"], values["seed_source"] = make_seed(*judged), "contents"
    return Settings(**{key: value for key, value in values.items() if value is not None})


class Reader:
    """Finds the values of options and collects what is wrong with them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.faults: list[str] = []
        self._by_name = {option.name: option for option in OPTIONS}

    def find(self, name: str) -> list[Given]:
        option = self._by_name[name]
        here = self.config.invocation_params.dir
        typed = self.config.getoption(option.key)
        if typed is not None:
            texts = typed if option.several else [typed]
            return [Given(text, option.flag, here) for text in texts]
        text = os.environ.get(option.variable)
        if text:
            return [Given(line, option.variable, here) for line in _lines(text, option)]
        path = self.config.inipath
        source = f"{option.key} in {path.name if path else 'the configuration'}"
        try:
            written = self.config.getini(option.key)
        except WRONG_TYPE as error:
            expected = "true or false" if option.switch else _INI_TYPES[option.ini_type]
            # pytest names the option where the file has types, and not where it only has texts.
            said = str(error)
            fault = said if option.key in said else f"{source}: expected {expected}"
            self.faults += [] if fault in self.faults else [fault]
            return []
        if written is None or written == "":
            return []
        folder = path.parent if path else here
        lines = written if option.several else [str(written)]
        return [Given(line, source, folder) for line in lines]

    def read_implementations(self, role: str, executor: str) -> tuple[Assignment, ...]:
        found, reads = (
            [],
            {"raw_texts": not calls_python(executor), "claims": not takes_all(executor)},
        )
        for given in self.find(role):
            try:
                found.append(parse_assignment(given.text, given.folder, **reads))
            except ImplementationError as error:
                self.faults.append(f"{given.source}={_abbreviate(given.text)}: {error.fault}")
        return tuple(found)

    def read_shard(self, replay: Path | None) -> Shard | None:
        shard: Shard | None = self.read("shard", parse_shard)
        if shard is not None:
            self.faults += find_shard_faults(shard, replay, [g.text for g in self.find("seed")])
        return shard

    def read_path(self, name: str) -> Path | None:
        found = self.find(name)
        return found[-1].folder / found[-1].text if found else None

    def read_place(self, name: str) -> str | None:
        found = self.find(name)
        return rebase_place(found[-1].text, found[-1].folder) if found else None

    def read(self, name: str, convert: Callable[[str], Any]) -> Any:
        found = self.find(name)
        if not found:
            return None
        given = found[-1]
        try:
            return convert(given.text)
        except ValueError as error:
            self.faults.append(f"{given.source}={_abbreviate(given.text)}: {error}")
            return None


def read_rules(config: pytest.Config) -> Rules:
    """Read what the gate judges by.

    Raises:
        pytest.UsageError: With every wrong value.
    """
    reader = Reader(config)
    values: dict[str, Any] = {
        "fail_on_alert": reader.read("fail_on_alert", read_choice(*FAIL_ON_ALERT)),
        "early_stop": reader.read("early_stop", read_switch),
        "extend": reader.read("extend", read_whole(1)),
    }
    rules = Rules(**{key: value for key, value in values.items() if value is not None})
    try:
        for given in reader.find("policy")[-1:]:
            path = given.folder / given.text
            if given.text.endswith(".toml") or path.is_file():
                # Not loaded for a run without such a file, which starts sooner.
                from pytest_metamorphic_guard.gate.policy_file import read_rules as read_policy_file

                text = path.read_text(encoding="utf-8")
                rules = read_policy_file(text, source=given.text, defaults=rules)
            else:
                rules = replace(rules, policy=parse_policy(given.text))
    except PolicyError as error:
        reader.faults.append(f"--mg-policy: {error}")
    except OSError as error:
        reader.faults.append(f"{given.source}={given.text}: cannot read it: {error.strerror}")
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    return rules


def find_idle(config: pytest.Config, settings: Settings) -> list[str]:
    """Return the options on the command line that have no effect without a gate, if there is none.

    In a file they may wait for the runs that have one.
    """
    if settings.gate:
        return []
    typed = {o.name: o for o in OPTIONS if config.getoption(o.key) is not None}
    # A policy file also has rates that count without a gate.
    if str(config.getoption("mg_policy")).endswith(".toml"):
        del typed["policy"]
    return [typed[name].flag for name in _FOR_GATES if name in typed]


def _lines(text: str, option: Option) -> list[str]:
    if not option.several:
        return [text]
    return [line.strip() for line in text.splitlines() if line.strip()]


def _abbreviate(text: str) -> str:
    line = text.splitlines()[0] if text else "''"
    return line if len(line) <= 60 else line[:57] + "..."  # noqa: PLR2004 - one terminal row


def _config_of(reader: Reader, name: str) -> Callable[[str], dict[str, Any]]:
    def convert(text: str) -> dict[str, Any]:
        if text.startswith("@"):
            path = reader.find(name)[-1].folder / text[1:]
            try:
                text = path.read_text(encoding="utf-8")
            except OSError as error:
                raise ValueError(f"cannot read {path}: {error.strerror}") from None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"expected a JSON object: {error}") from None
        if not isinstance(value, dict):
            fault = f"expected a JSON object, got a {type(value).__name__}"
            raise ValueError(fault)  # noqa: TRY004 - it is the text that is wrong
        return value

    return convert
