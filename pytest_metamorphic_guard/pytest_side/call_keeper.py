"""--mg-record: keeps the arguments of calls of functions while any test suite runs."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import inspect
import os
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pytest_metamorphic_guard.pytest_side.abort import refuse_run
from pytest_metamorphic_guard.report.redaction import REDACTED, Redaction, is_secret_name
from pytest_metamorphic_guard.tasks.existing.kept_calls import RecordedCall, read_calls
from pytest_metamorphic_guard.tasks.existing.plain_data import NotPlain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Recording"]

_OUTPUT = "mg_recorded"
_MOST_CHARACTERS = 100_000


class Recording:
    """Puts a function that keeps its arguments in the place of each that is named.

    Args:
        config: pytest's configuration.
        places: The functions, as ``package.module:function``.
        path: The file of calls; those that are in it stay.
        most: How many calls are kept at most in all.
    """

    def __init__(
        self, config: pytest.Config, places: tuple[str, ...], path: Path, most: int
    ) -> None:
        self._config = config
        self._places = places
        self._path = path
        self._most = most
        self._waiting = list(places)
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._kept: set[str] = set()
        self._left_out: Counter[str] = Counter()
        self._calls = 0
        self._parts: list[Path] = []
        self._redaction = Redaction()
        self.lines: list[str] = []
        worker = getattr(config, "workerinput", None)
        if worker is not None:
            name = f"{path.name}.{worker['testrunuid']}.{worker['workerid']}.part"
            self._part: Path | None = path.with_name(name)
        else:
            self._part = None

    # --- hooks

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        # What is imported from now on gets the function that keeps. A module that is found only
        # when tests are collected has to wait.
        for place in self._waiting.copy() if self._runs_tests else ():
            # Whatever is wrong is said when it is tried again.
            with contextlib.suppress(Exception):
                if importlib.util.find_spec(place.partition(":")[0]) is not None:
                    self._wrap(place)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        faults = []
        for place in self._waiting.copy() if self._runs_tests else ():
            try:
                self._wrap(place)
            except Exception as error:  # noqa: BLE001 - what a user's module raises
                faults.append(f"--mg-record={place}: {type(error).__name__}: {error}")
        if faults:
            refuse_run(self._config, "\n".join(faults), items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get(_OUTPUT)
        worker = node.workerinput
        name = f"{self._path.name}.{worker['testrunuid']}.{worker['workerid']}.part"
        self._parts.append(self._path.with_name(name))
        if output is not None:
            self._calls += output["calls"]
            self._left_out.update(output["left_out"])

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = {"calls": self._calls, "left_out": dict(self._left_out)}
            return
        for part in self._parts:
            # A worker that kept nothing has none.
            with contextlib.suppress(FileNotFoundError):
                self._kept.update(filter(None, part.read_text(encoding="utf-8").split("\n")))
                part.unlink()
        self._write()

    # --- what is kept

    @property
    def _runs_tests(self) -> bool:
        return not self._config.pluginmanager.hasplugin("dsession")

    def _wrap(self, place: str) -> None:
        module_name, _, name = place.partition(":")
        module = importlib.import_module(module_name)
        original = getattr(module, name)
        if inspect.isclass(original) or not callable(original):
            raise TypeError(f"{name} is no function")
        kept = self._make(place, original, inspect.signature(original))
        self._waiting.remove(place)
        # Other modules may have imported it by name.
        for other in list(sys.modules.values()):
            for key, value in list(getattr(other, "__dict__", {}).items()):
                if value is original:
                    other.__dict__[key] = kept

    def _make(
        self, place: str, original: Callable[..., Any], signature: inspect.Signature
    ) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(original):

            @functools.wraps(original)
            async def keep_awaited(*args: Any, **named: Any) -> Any:
                self._keep(place, signature, args, named)
                return await original(*args, **named)

            return keep_awaited

        @functools.wraps(original)
        def keep(*args: Any, **named: Any) -> Any:
            self._keep(place, signature, args, named)
            return original(*args, **named)

        return keep

    def _keep(
        self, place: str, signature: inspect.Signature, args: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        if os.getpid() != self._process:
            return  # a process that a test started has no end that this one knows of
        with self._lock:
            self._calls += 1
            try:
                line = self._describe(place, signature, args, named)
            except NotPlain as fault:
                self._left_out[f"have a {fault}, which is no plain data"] += 1
                return
            except Exception as error:  # noqa: BLE001 - the call itself says it, or is a stranger's
                self._left_out[f"cannot be read ({type(error).__name__})"] += 1
                return
            if line in self._kept:
                return
            if len(line) > _MOST_CHARACTERS:
                self._left_out["are too large"] += 1
            elif len(self._kept) >= self._most:
                self._left_out[f"are beyond the {self._most} that are kept at most"] += 1
            else:
                self._add(line)

    def _add(self, line: str) -> None:
        self._kept.add(line)
        if self._part is None:
            return
        try:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            with self._part.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:  # the call of the user's own test goes on
            self._left_out[f"cannot be written ({error.strerror})"] += 1

    def _describe(
        self, place: str, signature: inspect.Signature, args: tuple[Any, ...], named: dict[str, Any]
    ) -> str:
        bound = signature.bind(*args, **named)
        bound.apply_defaults()
        arguments = {}
        for name, value in bound.arguments.items():
            parameter = signature.parameters[name]
            further = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
            if further and not value:
                continue
            is_default = parameter.default is not parameter.empty and value is parameter.default
            if further or (parameter.kind is parameter.KEYWORD_ONLY and not is_default):
                # Inputs are passed by position.
                raise NotPlain(f"value for {parameter}")
            if parameter.kind is not parameter.KEYWORD_ONLY:
                arguments[name] = self._hide(name, value)
        return RecordedCall(place, arguments).to_line()

    def _hide(self, name: str, value: Any) -> Any:
        """Return a value with secrets taken out, by the names that they have."""
        if is_secret_name(name):
            return REDACTED
        if type(value) is str:
            return self._redaction.clean(value)
        if type(value) is dict:
            return {key: self._hide(str(key), item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self._hide("", item) for item in value)
        return value

    def _write(self) -> None:
        known: dict[str, None] = {}
        if self._path.is_file():
            try:
                known = dict.fromkeys(
                    call.to_line() for call in read_calls(self._path.read_text(encoding="utf-8"))
                )
            except (OSError, ValueError) as error:
                self.lines = [f"no calls recorded: {self._path}: {error}"]
                return
        # In an order that no distribution over processes changes.
        new = sorted(self._kept - known.keys(), key=lambda line: (len(line), line))
        beyond = max(len(known) + len(new) - self._most, 0)
        if beyond:
            self._left_out[f"are beyond the {self._most} that are kept at most"] += beyond
            new = new[: max(self._most - len(known), 0)]
        if new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{line}\n" for line in (*known, *new))
            self._path.write_text(text, encoding="utf-8")
        of = f"{', '.join(self._places)}, from {self._calls} that were made"
        self.lines = [f"recorded {len(new)} new calls of {of}, in {self._path}"]
        self.lines += [
            f"left out: {count} calls {why}" for why, count in sorted(self._left_out.items())
        ]
