"""The options: their names on the command line, in the environment and in the file."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

import pytest

__all__ = [
    "NO_BASELINE",
    "NO_CANDIDATE",
    "OPTIONS",
    "WRONG_TYPE",
    "Option",
    "add_options",
    "is_active",
    "mark_bare",
]

# What an item says that is skipped for want of a candidate, by which its report is known.
NO_CANDIDATE = "no candidate: pass --mg-candidate=path.py"
NO_BASELINE = "no baseline: pass --mg-baseline=path.py"


class Option(NamedTuple):
    """One option under its three names: ``--mg-name``, ``MG_NAME`` and ``mg_name``.

    Attributes:
        name: Its field in `Settings`, with underscores.
        metavar: What stands for the value in ``--help``.
        help: One sentence for ``--help``.
        several: May be given more than once; one value per line elsewhere.
        switch: Takes no value on the command line, and true or false elsewhere.
        ini_type: The type that a native TOML table must use.
        bare: The command line may name it without a value, which then is an empty text.
    """

    name: str
    metavar: str
    help: str
    several: bool = False
    switch: bool = False
    ini_type: Any = "string"
    bare: bool = False

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--mg-" + self.name.replace("_", "-")

    @property
    def key(self) -> str:
        """Its name in the configuration file."""
        return "mg_" + self.name

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return "MG_" + self.name.upper()


# Of a file or module a function, and no test of it.
_SPECIFIED = re.compile(r"[^-:][^:]*:[^:]+")
_SPEC = (
    "path.py, path.py:function, package.module:function, http://..., 'command: ...', a program, or "
    "TASK= before one of these"
)
OPTIONS = (
    Option("candidate", "SPEC", f"Implementation under test: {_SPEC}. Repeatable.", several=True),
    Option("baseline", "SPEC", "Implementation to compare with, as --mg-candidate.", several=True),
    Option(
        "task", "NAME", "Run only this task; also one that a distribution registers.", several=True
    ),
    Option("n", "N", "Cases per item (default: 100, or the hypothesis profile's).", ini_type="int"),
    Option(
        "seed",
        "SEED",
        "Seed of every random choice, or 'random' (default: 0; for a gate it follows from the "
        "contents of candidate and baseline).",
    ),
    Option("timeout_s", "SECONDS", "Time limit of one call (default: 5).", ini_type="float"),
    Option("mem_mb", "MIB", "Memory limit of one call, 0 for none (default: 512).", ini_type="int"),
    Option(
        "executor",
        "NAME",
        "Executor that runs the calls (default: local): a name, module:Class or path.py:Class.",
    ),
    Option("executor_config", "JSON", "Configuration of the executor, or @FILE with it."),
    Option(
        "parallel",
        "N",
        "Calls at once per implementation: a number, or auto for one per processor (default: as "
        "many as the executor says, which for local is 1).",
    ),
    Option(
        "budget",
        "USD",
        "US dollars that the calls may cost, where their executor says what they do; then the run "
        "makes no further call, and a gate is inconclusive.",
        ini_type="float",
    ),
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
    Option(
        "extend", "N", "Go on beyond --mg-n until the gate can decide, up to N.", ini_type="int"
    ),
    Option("early_stop", "", "Let the gate decide before every input has run.", switch=True),
    Option(
        "monitor", "SPEC", "Watch every call: NAME or NAME:key=value,... Repeatable.", several=True
    ),
    Option("fail_on_alert", "WHAT", "Alerts that fail the run: error, warning or never."),
    Option("report", "PATH", "Write a JSON report; in a folder it gets a name of its own."),
    Option("html", "PATH", "Write one page for people, which opens without a network."),
    Option("code_quality", "PATH", "Write the violations as GitLab's code quality report."),
    Option("compare", "PATH", "Say what changed since a report, or the newest one of a folder."),
    Option("history", "PATH", "Keep the report of every run in this folder; show the last ones."),
    Option(
        "known",
        "PATH",
        "TOML file of known violations: they fail nothing until they expire.",
    ),
    Option("known_strict", "", "Fail where a known violation no longer occurs.", switch=True),
    Option(
        "write_known",
        "PATH",
        "Write what failed as known violations into a new file, to be read and completed.",
    ),
    Option(
        "shard",
        "I/N",
        "Run the I-th of N shares of every sample, as 2/8; merge the reports with "
        "python -m pytest_metamorphic_guard.merge.",
    ),
    Option(
        "record",
        "PACKAGE.MODULE:FUNCTION",
        "Keep the arguments of this function while tests run, for recorded(). Repeatable.",
        several=True,
    ),
    Option("record_to", "PATH", "Where --mg-record keeps them (default: calls.jsonl)."),
    Option(
        "record_limit", "N", "Calls that --mg-record keeps at most (default: 1000).", ini_type="int"
    ),
    Option(
        "record_baseline",
        "PATH",
        "Keep the answers of the baseline, for --mg-baseline=recorded:PATH.",
    ),
    Option(
        "update_answers", "", "Let --mg-record-baseline change answers that it kept.", switch=True
    ),
    Option(
        "strength",
        "SPEC",
        "Measure how many small changes the relations notice, of the baseline or of SPEC.",
        several=True,
        bare=True,
    ),
    Option(
        "strength_limit",
        "LIMIT",
        "Most changes and seconds for each task, as 200, 60s or 200,60s (default: 100,300s).",
    ),
    Option(
        "vacuity",
        "WHAT",
        "What it does when an answer that does nothing satisfies all relations of a task: warn, "
        "error or off (default: warn with --mg-gate, else off).",
    ),
    Option(
        "suggest",
        "PATH",
        "Search for relations that hold of the baseline, and write them to a new test file, or "
        "print them; runs no test.",
        bare=True,
    ),
    Option(
        "suggest_inputs",
        "FILE",
        "Inputs for --mg-suggest: JSON lines, CSV, parquet, or calls that --mg-record has kept.",
    ),
    Option("replay", "REPORT", "Run exactly the violated inputs of a JSON report."),
    Option(
        "why",
        "WORD",
        "Explain the messages about a topic, and run nothing; 'all' lists the topics.",
    ),
)


# What pytest raises, before and since 9.2, where a value in a file has not its option's type.
WRONG_TYPE = (TypeError, ValueError, pytest.UsageError)


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
        if option.bare:
            shape |= {"nargs": "?", "const": ""}
        group.addoption(
            option.flag, dest=option.key, default=None, help=option.help.replace("%", "%%"), **shape
        )
        ini_type: Any = "bool" if option.switch else option.ini_type
        if option.several:
            ini_type = "linelist"
        parser.addini(option.key, option.help, type=ini_type, default=None)


def mark_bare(args: list[str]) -> None:
    """Keep an option that needs no value from taking the argument behind it, such as a test file.

    Only what stands behind ``=`` is its value, or what can be no path, as ``old.py:solve``.
    """
    flags = {option.flag for option in OPTIONS if option.bare}
    for place, arg in enumerate(args):
        if arg == "--":
            break
        following = args[place + 1] if place + 1 < len(args) else ""
        if arg in flags and not _SPECIFIED.fullmatch(following):
            args[place] = f"{arg}="


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
    except WRONG_TYPE:  # what is wrong is said when it is read
        return True
