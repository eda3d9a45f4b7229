"""The options: command line, environment and configuration file, read once into `Settings`."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_metamorphic_guard.gate.rules import Rules
    from pytest_metamorphic_guard.settings import Settings

__all__ = ["add_options", "is_active", "read_rules", "read_settings"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option under its three names: ``--mg-name``, ``MG_NAME`` and ``mg_name``.

    Attributes:
        name: Its field in `Settings`, with underscores.
        metavar: What stands for the value in ``--help``.
        help: One sentence for ``--help``.
        several: May be given more than once; one value per line elsewhere.
        switch: Takes no value on the command line, and true or false elsewhere.
        ini_type: The type that a native TOML table must use.
    """

    name: str
    metavar: str
    help: str
    several: bool = False
    switch: bool = False
    ini_type: Any = "string"

    @property
    def flag(self) -> str:
        return "--mg-" + self.name.replace("_", "-")

    @property
    def key(self) -> str:
        return "mg_" + self.name

    @property
    def variable(self) -> str:
        return "MG_" + self.name.upper()


_SPEC = "path.py, path.py:function, package.module:function, or TASK= before one of these"
OPTIONS = (
    Option("candidate", "SPEC", f"Implementation under test: {_SPEC}. Repeatable.", several=True),
    Option("baseline", "SPEC", "Implementation to compare with, as --mg-candidate.", several=True),
    Option(
        "task", "NAME", "Run only this task; also one that a distribution registers.", several=True
    ),
    Option("n", "N", "Cases per item (default: 100, or the hypothesis profile's).", ini_type="int"),
    Option("seed", "SEED", "Seed of every random choice, or 'random' (default: 0)."),
    Option("timeout_s", "SECONDS", "Time limit of one call (default: 5).", ini_type="float"),
    Option("mem_mb", "MIB", "Memory limit of one call, 0 for none (default: 512).", ini_type="int"),
    Option("executor", "NAME", "Executor that runs the calls (default: local)."),
    Option("executor_config", "JSON", "Configuration of the executor, or @FILE with it."),
    Option(
        "shrink", "MODE", "Search for a smaller input: auto (10 s), full or off (default: auto)."
    ),
    Option(
        "fail_on", "WHAT", "violation or, to accept what the baseline violates too, regression."
    ),
    Option(
        "isolation", "LEVEL", "Level of the local executor: worker, fork, fresh, spawn or none."
    ),
    Option("candidate_executor", "NAME", "Executor of the candidate alone."),
    Option("baseline_executor", "NAME", "Executor of the baseline alone."),
    Option("candidate_executor_config", "JSON", "Configuration of the candidate's executor alone."),
    Option("baseline_executor_config", "JSON", "Configuration of the baseline's executor alone."),
    Option("measure", "", "Run every input and count violations, then shrink one.", switch=True),
    Option("gate", "", "Decide whether to adopt the candidate; implies --mg-measure.", switch=True),
    Option(
        "policy", "POLICY", "strict, noninferior:margin=M, superior:min_delta=D, or a TOML file."
    ),
    Option(
        "on_inconclusive", "WHAT", "What an inconclusive gate does: fail or warn (default: fail)."
    ),
    Option("early_stop", "", "Let the gate decide before every input has run.", switch=True),
    Option(
        "monitor", "SPEC", "Watch every call: NAME or NAME:key=value,... Repeatable.", several=True
    ),
    Option("fail_on_alert", "WHAT", "Alerts that fail the run: error, warning or never."),
    Option("report", "PATH", "Write a JSON report; in a folder it gets a name of its own."),
    Option("replay", "REPORT", "Run exactly the violated inputs of a JSON report."),
)


# What pytest raises, before and since 9.2, where a value in a file has not its option's type.
_WRONG_TYPE = (TypeError, ValueError, pytest.UsageError)
_INI_TYPES = {"string": "a text", "int": "a whole number", "float": "a number"}


@dataclass(frozen=True, slots=True)
class Given:
    """A value with the place it was given at, for messages, and the folder its paths refer to."""

    text: str
    source: str
    folder: Path


def add_options(parser: pytest.Parser) -> None:
    """Declare every option on the command line and in the configuration file."""
    group = parser.getgroup(
        "metamorphic-guard", "metamorphic relations of replaced implementations"
    )
    for option in OPTIONS:
        shape: dict[str, Any] = (
            {"action": "store_const", "const": "true"}
            if option.switch
            else {"action": "append" if option.several else "store", "metavar": option.metavar}
        )
        group.addoption(
            option.flag, dest=option.key, default=None, help=option.help.replace("%", "%%"), **shape
        )
        ini_type: Any = "bool" if option.switch else option.ini_type
        if option.several:
            ini_type = "linelist"
        parser.addini(option.key, option.help, type=ini_type, default=None)


def is_active(config: pytest.Config) -> bool:
    """Tell whether anything asks for this plugin before a task is seen."""
    if config.hook.pytest_mg_monitors.get_hookimpls():
        return True
    return any(
        config.getoption(option.key) is not None
        or os.environ.get(option.variable)
        or _is_in_file(config, option)
        for option in OPTIONS
    )


def _is_in_file(config: pytest.Config, option: Option) -> bool:
    try:
        return config.getini(option.key) is not None
    except _WRONG_TYPE:  # what is wrong is said when it is read
        return True


def read_settings(config: pytest.Config) -> Settings:
    """Read all options; the command line wins over the environment, that over the file.

    Raises:
        pytest.UsageError: With every wrong value, one line each.
    """
    # Loaded here because every pytest run loads this module, and few need the rest.
    from pytest_metamorphic_guard.errors import ImplementationError
    from pytest_metamorphic_guard.implementations import parse_assignment
    from pytest_metamorphic_guard.settings import FailOn, Settings, Shrink

    reader = _Reader(config)
    executor = reader.read("executor", str) or "local"
    values: dict[str, Any] = {
        "tasks": tuple(given.text for given in reader.find("task")),
        "n": reader.read("n", _whole(1)),
        "seed": reader.read("seed", _seed),
        "timeout_s": reader.read("timeout_s", _positive),
        "mem_mb": reader.read("mem_mb", _whole(0)),
        "executor": executor,
        "executor_config": reader.read("executor_config", _config_of(reader, "executor_config")),
        **{
            name: reader.read(name, _config_of(reader, name))
            for name in ("candidate_executor_config", "baseline_executor_config")
        },
        "shrink": reader.read("shrink", _choice(*get_args(Shrink))),
        "fail_on": reader.read("fail_on", _choice(*get_args(FailOn))),
        "candidate_executor": reader.read("candidate_executor", str),
        "baseline_executor": reader.read("baseline_executor", str),
        "measure": reader.read("measure", _switch),
        "gate": reader.read("gate", _switch),
        "on_inconclusive": reader.read("on_inconclusive", _choice("fail", "warn")),
        "monitors": tuple(given.text for given in reader.find("monitor")),
        "report": reader.read_path("report"),
        "report_folder": any(given.text.endswith("/") for given in reader.find("report")[-1:]),
        "replay": reader.read_path("replay"),
    }
    isolation = reader.read("isolation", str)
    if isolation is not None:
        values["executor_config"] = {**(values["executor_config"] or {}), "isolation": isolation}
    if values["gate"] and values["fail_on"] is None:
        # What the baseline violates too is no reason to keep the baseline.
        values["fail_on"] = "regression"
    for role in ("candidate", "baseline"):
        raw_texts = (values[f"{role}_executor"] or executor).lower() not in ("local", "inprocess")
        assignments = []
        for given in reader.find(role):
            try:
                assignments.append(parse_assignment(given.text, given.folder, raw_texts=raw_texts))
            except ImplementationError as error:
                reader.faults.append(f"{given.source}={_abbreviate(given.text)}: {error.fault}")
        values[f"{role}s"] = tuple(assignments)
    if reader.faults:
        raise pytest.UsageError("\n".join(reader.faults))
    return Settings(**{key: value for key, value in values.items() if value is not None})


class _Reader:
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
        except _WRONG_TYPE as error:
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

    def read_path(self, name: str) -> Path | None:
        found = self.find(name)
        return found[-1].folder / found[-1].text if found else None

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
    from pytest_metamorphic_guard.gate.policies import PolicyError, parse_policy
    from pytest_metamorphic_guard.gate.policy_file import read_rules as read_policy_file
    from pytest_metamorphic_guard.gate.rules import FAIL_ON_ALERT, Rules

    reader = _Reader(config)
    values: dict[str, Any] = {
        "fail_on_alert": reader.read("fail_on_alert", _choice(*FAIL_ON_ALERT)),
        "early_stop": reader.read("early_stop", _switch),
    }
    rules = Rules(**{key: value for key, value in values.items() if value is not None})
    try:
        for given in reader.find("policy")[-1:]:
            path = given.folder / given.text
            if given.text.endswith(".toml") or path.is_file():
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


def _lines(text: str, option: Option) -> list[str]:
    if not option.several:
        return [text]
    return [line.strip() for line in text.splitlines() if line.strip()]


def _abbreviate(text: str) -> str:
    line = text.splitlines()[0] if text else "''"
    return line if len(line) <= 60 else line[:57] + "..."  # noqa: PLR2004 - one terminal row


def _whole(least: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"expected a whole number from {least}") from None
        if number < least:
            raise ValueError(f"expected a whole number from {least}")
        return number

    return convert


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError("expected a number of seconds above 0") from None
    if not 0 < number < float("inf"):
        raise ValueError("expected a number of seconds above 0")
    return number


def _seed(text: str) -> int:
    if text == "random":
        return secrets.randbits(32)
    try:
        return int(text)
    except ValueError:
        raise ValueError("expected a whole number or 'random'") from None


def _switch(text: str) -> bool:
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("expected true or false")


def _choice(*known: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in known:
            raise ValueError(f"expected {', '.join(known[:-1])} or {known[-1]}")
        return text

    return convert


def _config_of(reader: _Reader, name: str) -> Callable[[str], dict[str, Any]]:
    def convert(text: str) -> dict[str, Any]:
        if text.startswith("@"):
            path = reader.find(name)[-1].folder / text[1:]
            try:
                text = path.read_text(encoding="utf-8")
            except OSError as error:
                raise ValueError(f"cannot read {path}: {error.strerror}") from None
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ValueError(f"expected a JSON object: {error}") from None
        if not isinstance(value, dict):
            fault = f"expected a JSON object, got a {type(value).__name__}"
            raise ValueError(fault)  # noqa: TRY004 - it is the text that is wrong
        return value

    return convert
