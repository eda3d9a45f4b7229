"""Monitors as users write them: ``latency`` or ``latency:alert_ratio=1.2,id="slow path"``."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.places import explain_place, is_place
from pytest_metamorphic_guard.errors import MetamorphicGuardError, suggest
from pytest_metamorphic_guard.watch.hosting.results import SEVERITIES, Severity
from pytest_metamorphic_guard.watch.syntax import OptionSyntaxError, parse_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "ALIASES",
    "COMMON_OPTIONS",
    "MonitorSpec",
    "MonitorSpecError",
    "assign_ids",
    "find_monitor_name",
    "find_option",
    "find_option_faults",
    "parse_monitor_spec",
]

# Names under which other distributions know the same monitors.
ALIASES = {
    "fairness": "fairness_gap",
    "resource": "resource_usage",
    "llm_cost_monitor": "llm_cost",
}
# A name, a question mark, and options if there are any.
_OPTIONAL = re.compile(r"([^=?]*)\?\s*(:.*)?", re.DOTALL)
COMMON_OPTIONS = ("id", "required", "severity")


class MonitorSpecError(MetamorphicGuardError):
    """Monitors that cannot be used as they were asked for: all faults at once.

    Args:
        faults: ``(specification, what is wrong with it)`` pairs.
    """

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(f"monitor {spec!r}: {fault}" for spec, fault in self.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSpec:
    """One monitor as it was asked for.

    Attributes:
        text: What the user wrote.
        name: The monitor's name, in lower case.
        options: Options of the monitor itself.
        id: The name its results are kept under, or None.
        severity: What all of its alerts count as, or None.
        required: Whether a decision needs its answer: None says no more than that it was asked for,
            which is enough; True makes a missing answer an error without a decision, too.
    """

    text: str
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    severity: Severity | None = None
    required: bool | None = None


def parse_monitor_spec(text: str) -> MonitorSpec:
    """Read ``name`` or ``name:key=value,...``; ``name?`` says that a decision can do without it.

    Values are numbers, ``true`` and ``false``, ``none``, lists in brackets, and texts; a text that
    holds a comma, a bracket or a space at its ends stands in quotes. ``module:Class`` is a name
    too, since no option can follow it without a ``=``.

    Raises:
        MonitorSpecError: It does not read.
    """
    asked = _OPTIONAL.fullmatch(text)
    name, rest = _split_name(text if asked is None else asked[1] + (asked[2] or ""))
    if not name:
        raise MonitorSpecError([(text, "no name before ':'; write name:option=value")])
    try:
        options = parse_options(rest) if rest is not None else {}
    except OptionSyntaxError as error:
        raise MonitorSpecError([(text, str(error))]) from error
    return _take_common(text, name, options, optional=asked is not None)


def find_monitor_name(name: str, known: Sequence[str]) -> str:
    """Return which of the ``known`` names is meant: the name itself, else what it is an alias of.

    Raises:
        MonitorSpecError: None of them; it lists them.
    """
    by_lower = {other.lower(): other for other in known}
    for candidate in (name.lower(), name.lower().replace("-", "_"), ALIASES.get(name.lower(), "")):
        if candidate in by_lower:
            return by_lower[candidate]
    head = name.partition(":")[0].lower()
    if ":" in name and head in by_lower:
        raise MonitorSpecError([(name, f"expected option=value after '{head}:'")])
    if is_place(name):
        fault = explain_place(name)
        if fault is not None:
            raise MonitorSpecError([(name, fault)])
        return name
    installed = ", ".join(sorted(known)) or "none"
    hint = suggest(name.lower(), [*by_lower, *ALIASES])
    raise MonitorSpecError([(name, f"no such monitor; installed: {installed}{hint}")])


def find_option_faults(factory: Callable[..., Any], options: Mapping[str, Any]) -> list[str]:
    """Say which options the factory does not know, or needs and was not given."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):  # written in C, or not callable; calling it will tell
        return []
    named = {p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    faults = []
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        known = sorted({*named, *COMMON_OPTIONS})
        faults = [
            f"no option {name!r}; options: {', '.join(known)}{suggest(name, known)}"
            for name in options
            if name not in named
        ]
    needed = [name for name, p in named.items() if p.default is p.empty and name not in options]
    return faults + [f"option {name!r} is required" for name in needed]


def find_option(factory: Callable[..., Any], options: Mapping[str, Any], name: str) -> object:
    """Return the value that an option will have: the one given, else its default, else None."""
    if name in options:
        return options[name]
    try:
        parameter = inspect.signature(factory).parameters.get(name)
    except (TypeError, ValueError):
        return None
    return None if parameter is None or parameter.default is parameter.empty else parameter.default


def assign_ids(specs: Sequence[MonitorSpec]) -> list[str]:
    """Return a unique id for each: its own, else its name, else ``name#2`` and so on.

    Raises:
        MonitorSpecError: Two monitors were given the same id.
    """
    wished = [spec.id for spec in specs if spec.id is not None]
    doubled = [spec for spec in specs if spec.id is not None and wished.count(spec.id) > 1]
    if doubled:
        raise MonitorSpecError(
            [(spec.text, f"id {spec.id!r} is given twice; ids must differ") for spec in doubled]
        )
    taken = set(wished)
    ids = []
    for spec in specs:
        unique, number = spec.id or spec.name, 1
        while spec.id is None and unique in taken:
            number += 1
            unique = f"{spec.name}#{number}"
        taken.add(unique)
        ids.append(unique)
    return ids


def _split_name(text: str) -> tuple[str, str | None]:
    """Split at the colon before the options; a colon without them belongs to the name."""
    head, _, rest = text.strip().partition(":")
    if head.endswith(".py"):  # path.py:Class, and a path keeps its capitals
        attribute, colon, options = rest.partition(":")
        return f"{head}:{attribute.strip()}", options if colon else None
    before_equals = rest.partition("=")[0]
    if ":" in before_equals:
        attribute, _, rest = rest.partition(":")
        return f"{head.strip()}:{attribute.strip()}", rest
    if "=" in rest or not rest.strip():
        return head.strip().lower(), rest if ":" in text else None
    if all(part.isidentifier() for part in (*head.strip().split("."), *rest.strip().split("."))):
        return f"{head.strip()}:{rest.strip()}", None
    return head.strip().lower(), rest


def _take_common(text: str, name: str, options: dict[str, Any], *, optional: bool) -> MonitorSpec:
    faults = []
    severity = options.pop("severity", None)
    if severity == "warn":
        severity = "warning"
    if severity is not None and severity not in SEVERITIES:
        faults.append((text, f"severity={severity!r}: expected {', '.join(SEVERITIES)}"))
    required = options.pop("required", False if optional else None)
    if required is not None and not isinstance(required, bool):
        faults.append((text, f"required={required!r}: expected true or false"))
    if optional and required:
        faults.append((text, f"'{name}?' is optional, and required=true; write one of the two"))
    wished = options.pop("id", None)
    if wished is not None and (wished == "" or isinstance(wished, bool | list)):
        faults.append((text, f"id={wished!r}: expected a name"))
    if faults:
        raise MonitorSpecError(faults)
    return MonitorSpec(
        text=text,
        name=name,
        options=options,
        id=None if wished is None else str(wished),
        severity=severity,
        required=required,
    )
