"""Plugins: found by entry point, loaded by name, and refused by name when they are faulty."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

from pytest_metamorphic_guard.contracts.executors import ENTRY_POINT_GROUP as EXECUTOR_GROUP
from pytest_metamorphic_guard.contracts.executors import SupportsExecute, find_offered
from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity
from pytest_metamorphic_guard.contracts.places import explain_place, is_place, load_place
from pytest_metamorphic_guard.errors import MetamorphicGuardError, suggest

__all__ = [
    "CONTRACT_VERSION",
    "TASK_GROUP",
    "FoundPlugin",
    "LoadedExecutor",
    "UnknownPluginError",
    "find_plugins",
    "load_executor",
    "load_plugin",
    "read_metadata",
    "require_plugin",
]

# The version of the Metamorphic Guard plugin contracts that guard_min and guard_max refer to.
CONTRACT_VERSION = Version("3.7.1")
TASK_GROUP = "metamorphic_guard.tasks"
_OURS = "pytest-metamorphic-guard"


class UnknownPluginError(MetamorphicGuardError):
    """No plugin has the name that was asked for.

    Args:
        kind: What was looked for, such as ``"executor"``.
        name: The name asked for.
        known: The names that are installed.
    """

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def __str__(self) -> str:
        installed = ", ".join(self.known) or "none"
        near = suggest(self.name, self.known)
        return f"no {self.kind} {self.name!r}; installed: {installed}{near}"


class FoundPlugin(NamedTuple):
    """An entry point and the distribution it comes from; nothing of it is loaded yet."""

    identity: PluginIdentity
    entry_point: importlib.metadata.EntryPoint


class LoadedExecutor(NamedTuple):
    """One instance of an executor with its origin."""

    identity: PluginIdentity
    executor: SupportsExecute

    @property
    def is_ours(self) -> bool:
        """Whether it is a built-in executor, which keeps the limits it is given."""
        return self.identity.distribution == _OURS

    def with_hash_seed(self, seed: int) -> LoadedExecutor | None:
        """Return another one that calls under this ``PYTHONHASHSEED``; None where there is none.

        Raises:
            PluginError: It fails, or what it returns has no ``execute``.
        """
        return self._make_other("with_hash_seed", seed)

    def with_parallel(self, number: int) -> LoadedExecutor | None:
        """Return another one that takes so many calls at once; None where there is none.

        Raises:
            PluginError: It fails, or what it returns has no ``execute``.
        """
        return self._make_other("with_parallel", number)

    @property
    def parallel(self) -> int:
        """How many calls it takes at once.

        Raises:
            PluginError: What it says is no number from 1.
        """
        said = getattr(self.executor, "parallel", 1)
        if type(said) is not int or said < 1:
            raise self.identity.fault(f"parallel is {said!r:.80}, expected a whole number from 1")
        return said

    def _make_other(self, name: str, number: int) -> LoadedExecutor | None:
        make = find_offered(self.executor, name)
        if make is None:
            return None
        try:
            made = make(number)
        except (Exception, SystemExit) as error:
            raise self.identity.fault(f"{name}() raised {type(error).__name__}: {error}") from error
        if made is None:
            return None
        if not callable(getattr(made, "execute", None)):
            fault = f"{name}() returned a {type(made).__name__} without a method 'execute'"
            raise self.identity.fault(fault)
        return LoadedExecutor(self.identity, made)


def find_plugins(group: str, kind: str) -> dict[str, FoundPlugin]:
    """Return the plugins of a group by lower-case name, in alphabetical order.

    Where two distributions use one name, ours wins, then the first in alphabetical order.
    """
    found: dict[str, FoundPlugin] = {}
    points = [(p, _distribution(p)) for p in importlib.metadata.entry_points(group=group)]
    for point, distribution in sorted(points, key=lambda p: (p[0].name.lower(), *_rank(p[1]))):
        identity = PluginIdentity(kind, point.name, distribution)
        found.setdefault(point.name.lower(), FoundPlugin(identity, point))
    return found


def load_plugin(group: str, kind: str, name: str) -> tuple[PluginIdentity, Any]:
    """Load what an entry point, ``module:attribute`` or ``path.py:attribute`` names.

    Raises:
        UnknownPluginError: Nothing has this name.
        PluginError: It does not load, or wants another version of the contracts.
    """
    plugin = require_plugin(group, kind, name)
    identity = PluginIdentity(kind, name) if plugin is None else plugin.identity
    advice = "Mend it" if plugin is None else "Reinstall or remove it"
    try:
        if plugin is None:
            loaded, module = load_place(name)
        else:
            loaded, module = plugin.entry_point.load(), plugin.entry_point.module
    except (Exception, SystemExit) as error:
        fault = _explain_extra(identity, error)
        fault = fault or f"failed to load: {type(error).__name__}: {error}. {advice}"
        raise identity.fault(fault) from error
    _check_version(identity, read_metadata(loaded, module))
    return identity, loaded


def require_plugin(group: str, kind: str, name: str) -> FoundPlugin | None:
    """Return the plugin of a name; None for a name that says where it is. Nothing is loaded.

    Raises:
        UnknownPluginError: Nothing has this name.
        PluginError: Nothing can be at the place that the name says.
    """
    plugins = find_plugins(group, kind)
    plugin = plugins.get(name.lower())
    if plugin is not None:
        return plugin
    if not is_place(name):
        raise UnknownPluginError(kind, name, tuple(plugins))
    fault = explain_place(name)
    if fault is not None:
        raise PluginIdentity(kind, name).fault(fault)
    return None


def load_executor(name: str, config: Mapping[str, Any]) -> LoadedExecutor:
    """Make one instance of the executor called ``name``.

    Raises:
        UnknownPluginError: No executor has this name.
        PluginError: It does not load, cannot be made, or has no ``execute``.
    """
    identity, factory = load_plugin(EXECUTOR_GROUP, "executor", name)
    if not callable(factory):
        raise identity.fault(f"is a {type(factory).__name__}, expected a class or factory")
    try:
        made = factory(config=dict(config))
    except (Exception, SystemExit) as error:
        fault = _explain_extra(identity, error) or _explain_construction(factory, config, error)
        raise identity.fault(fault) from error
    if not callable(getattr(made, "execute", None)):
        raise identity.fault(f"made a {type(made).__name__} without a method 'execute'")
    return LoadedExecutor(identity, made)


def read_metadata(loaded: object, module: str) -> Mapping[str, Any]:
    """Return ``PLUGIN_METADATA`` of the loaded object, else of its module, else an empty dict."""
    metadata = getattr(loaded, "PLUGIN_METADATA", None)
    if metadata is None:
        metadata = getattr(importlib.import_module(module), "PLUGIN_METADATA", None)
    return metadata if isinstance(metadata, Mapping) else {}


def _explain_extra(identity: PluginIdentity, error: BaseException) -> str | None:
    """Say what to install where one of ours lacks a library that its extra brings; else None."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if identity.distribution != _OURS or not missing or missing.startswith("pytest_metamorphic"):
        return None
    extras = importlib.metadata.metadata(_OURS).get_all("Provides-Extra") or []
    if identity.name.lower() not in extras:
        return None
    extra = f"{_OURS}[{identity.name.lower()}]"
    return f"needs {missing.partition('.')[0]!r}, which is not installed: pip install '{extra}'"


def _explain_construction(factory: Any, config: Mapping[str, Any], error: BaseException) -> str:
    if isinstance(error, TypeError):
        try:
            inspect.signature(factory).bind(config=config)
        except (TypeError, ValueError):
            return f"cannot be made with config=...: {error}. It must accept the keyword 'config'"
    if isinstance(error, ValueError):
        return f"refused its configuration: {error}"
    return f"raised while it was made: {type(error).__name__}: {error}"


def _check_version(identity: PluginIdentity, metadata: Mapping[str, Any]) -> None:
    bounds = (("guard_min", CONTRACT_VERSION.__ge__), ("guard_max", CONTRACT_VERSION.__le__))
    for key, fits in bounds:
        wanted = metadata.get(key)
        if wanted is None:
            continue
        try:
            suitable = fits(Version(str(wanted)))
        except InvalidVersion:
            raise identity.fault(f"PLUGIN_METADATA[{key!r}]={wanted!r} is no version") from None
        if not suitable:
            bound = "at least" if key == "guard_min" else "at most"
            raise identity.fault(
                f"needs version {bound} {wanted} of the Metamorphic Guard contracts, this is "
                f"{CONTRACT_VERSION}: install a version of the plugin that fits"
            )


def _rank(distribution: str | None) -> tuple[bool, str]:
    return (distribution != _OURS, distribution or "")


def _distribution(point: importlib.metadata.EntryPoint) -> str | None:
    return point.dist.metadata["Name"] if point.dist else None
