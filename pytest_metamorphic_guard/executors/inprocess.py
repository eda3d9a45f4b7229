"""The built-in executor ``inprocess``: a direct call, for code that needs no isolation."""

from __future__ import annotations

import contextlib
import copy
import io
import pickle
import time
import traceback
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import (
    ARGUMENTS_KEY,
    DirectedArguments,
    WatchedArguments,
    make_raised,
    make_returned,
)
from pytest_metamorphic_guard.contracts.executors import Executor
from pytest_metamorphic_guard.contracts.outcomes import BASES_KEY
from pytest_metamorphic_guard.contracts.texts import clean_name
from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.executors.callables import CallError, find_function, finish_alone
from pytest_metamorphic_guard.executors.directed import READ, Keepers, direct
from pytest_metamorphic_guard.executors.inprocess_payloads import explain_missing, make_failure
from pytest_metamorphic_guard.executors.inprocess_source import Source, find_source
from pytest_metamorphic_guard.executors.isolation import warn_once
from pytest_metamorphic_guard.values.pickling import dump
from pytest_metamorphic_guard.values.wire.settling import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_metamorphic_guard.contracts.arguments import Directions

__all__ = ["InprocessExecutor"]

_OUTPUT_BYTES = 1 << 16
_MESSAGE_CHARACTERS = 2_000
_TRACEBACK_CHARACTERS = 8_000
_FRAMES = 30
# Results of these types are answers as they are.
_FINAL = frozenset(
    {type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset}
)
_OURS = (__name__.rpartition(".")[0] + ".", "asyncio.")
_IMMUTABLE = frozenset({type(None), bool, int, float, complex, str, bytes})
# Bound before any candidate is imported, which may replace them.
_clock = time.perf_counter_ns
_cpu_clock = time.thread_time_ns


class InprocessExecutor(Executor):
    """Calls candidates directly in this process.

    Nothing is isolated and no limit is enforced: a candidate that loops, exits the hard way or
    eats memory takes pytest with it. In return a call costs next to nothing, and debuggers and
    coverage see it. Results are records and plain values as those of a worker; an object that
    could not travel is the candidate's own. Each call gets its own copy of the arguments.
    ``file_path`` is the path of a Python file, imported afresh when it changes, or a dotted module
    name.

    Besides the contract's keys a payload has ``resource_usage`` (``cpu_ms``) and, for raised
    exceptions, ``exception_type`` and ``traceback``.

    Args:
        config: No options.

    Raises:
        ValueError: There is an option.
    """

    watches_arguments = True
    takes_directions = True

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        for key in self.config:
            raise ValueError(
                f"the executor 'inprocess' has no option {key!r}, nor any other{suggest(key, ())}"
            )
        self._sources: dict[str, Source] = {}
        warn_once(
            "the executor 'inprocess' runs candidates inside this process:"
            " nothing is isolated, and time and memory are not limited"
        )

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,  # noqa: ARG002 - nothing here can end a call
        mem_mb: int,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Call ``func_name(*args)`` here and now; see `Executor.execute`."""
        try:
            source = self._find(file_path)
        except ValueError as error:
            return make_failure("import_error", str(error))
        out, err = io.BytesIO(), io.BytesIO()
        with (
            source.present(),
            contextlib.redirect_stdout(_open_text(out)) as text_out,
            contextlib.redirect_stderr(_open_text(err)) as text_err,
        ):
            payload = _execute(source, func_name, args)
        payload["stdout"] = _take_text(text_out, out)
        payload["stderr"] = _take_text(text_err, err)
        return payload

    def restart(self) -> None:
        """Have all candidates imported afresh before their next call."""
        for source in self._sources.values():
            source.forget()

    def set_up(self, file_path: str, functions: tuple[str, ...]) -> None:
        """Call functions of a candidate once after each import of it."""
        with contextlib.suppress(ValueError):  # the first call says so
            source = self._find(file_path)
            if source.prepare != functions:
                source.prepare = functions
                source.forget()

    def _find(self, file_path: str) -> Source:
        source = self._sources.get(file_path)
        if source is None:
            source = self._sources[file_path] = find_source(file_path)
        return source


def _open_text(stream: io.BytesIO) -> io.TextIOWrapper:
    # With the attribute ``buffer`` that candidates find on the real ones.
    return io.TextIOWrapper(stream, "utf-8", "backslashreplace", newline="", write_through=True)


def _take_text(text: io.TextIOWrapper, stream: io.BytesIO) -> str:
    if stream.closed:  # by the candidate
        return ""
    text.flush()
    return stream.getvalue()[:_OUTPUT_BYTES].decode("utf-8", "replace")


def _execute(source: Source, func_name: str, args: tuple[Any, ...]) -> dict[str, Any]:
    try:
        if not source.is_loaded:
            source.load()
    except BaseException as error:
        if not _is_candidates(error, source):
            raise
        source.forget()
        where = source.file or source.name
        category = "memory" if isinstance(error, MemoryError) else "import_error"
        return _describe(category, error, f"importing {where} failed: ")
    directions = args.directions if isinstance(args, DirectedArguments) else None
    try:
        function = _find_function(source, func_name, directions)
    except CallError as error:
        return make_failure(error.category, explain_missing(source, func_name, error.said))
    watched = directions.watches if directions else isinstance(args, WatchedArguments)
    try:
        own = _copy(tuple(args))
    except Exception as error:  # noqa: BLE001 - a user's class may refuse to be copied
        text = f"an argument cannot be copied: {type(error).__name__}: {error}"
        return make_failure("argument_encoding", text)
    keep = partial(settle, by_state=directions is not None and directions.by_state)
    payload = _call(source, func_name, partial(function, *own), keep)
    if payload["success"]:
        if directions and directions.steps:
            payload["result"] = [
                make_returned(answer, read=returned == READ) if returned else answer
                for returned, answer in payload["result"]
            ]
        if watched:
            payload[ARGUMENTS_KEY] = list(map(keep, own))
    return payload


def _find_function(source: Source, name: str, directions: Directions | None) -> Callable[..., Any]:
    function = getattr(source.module, name, None)
    if directions is not None:
        keep = partial(settle, by_state=directions.by_state)
        # A later step may change it.
        keepers = Keepers(lambda result: copy.deepcopy(keep(result)), _tell)
        return direct(source.module, name, directions._asdict(), keepers)
    return function if type(function) is FunctionType else find_function(source.module, name)


def _tell(error: Exception) -> dict[str, Any]:
    found = _describe("exception", error)
    message = found["error"].removeprefix(found["exception_type"]).removeprefix(": ")
    return make_raised(found["exception_type"], message, found[BASES_KEY])


def _call(
    source: Source, name: str, function: Callable[[], Any], keep: Callable[[Any], Any]
) -> dict[str, Any]:
    cpu_started = _cpu_clock()
    started = _clock()
    try:
        result = function()
        if type(result) not in _FINAL:
            result = finish_alone(result)
        duration = _clock() - started
    except CallError as error:
        duration = _clock() - started
        said = error.said
        if error.category == "function_missing":
            said = explain_missing(source, name, said)
        payload = make_failure(error.category, said)
    except BaseException as error:
        duration = _clock() - started
        if not _is_candidates(error, source):
            raise
        payload = _describe(_categorize(error), error)
    else:
        payload = {"success": True, "result": keep(result)}
    payload["duration_ms"] = duration / 1e6
    payload["resource_usage"] = {"cpu_ms": (_cpu_clock() - cpu_started) / 1e6}
    return payload


def _is_candidates(error: BaseException, source: Source) -> bool:
    """Whether an exception is the candidate's doing.

    What interrupts a call from outside is not: Ctrl-C, and the end of an item's time, which is
    an exception of its own outside of `Exception`.
    """
    if isinstance(error, Exception | SystemExit | GeneratorExit | BaseExceptionGroup):
        return True
    return type(error).__module__ == "asyncio.exceptions" or source.defines(type(error))


def _categorize(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "memory"
    return "system_exit" if isinstance(error, SystemExit) else "exception"


def _describe(category: str, error: BaseException, prefix: str = "") -> dict[str, Any]:
    name = clean_name(type(error).__qualname__)
    try:
        message = str(error)[:_MESSAGE_CHARACTERS]
    except (Exception, SystemExit):  # noqa: BLE001 - __str__ is the candidate's
        message = "<its text cannot be read>"
    payload = make_failure(category, prefix + (f"{name}: {message}" if message else name))
    # Without the frames of this module, its neighbours, and what runs coroutines.
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_globals.get("__name__", "").startswith(_OURS):
        frames = frames.tb_next
    try:
        text = traceback.format_exception(type(error), error, frames, limit=-_FRAMES)
    except (Exception, SystemExit):  # noqa: BLE001
        text = traceback.format_tb(frames, limit=-_FRAMES)
    bases = [clean_name(base.__qualname__) for base in type(error).__mro__[1:-1]]
    payload[BASES_KEY] = bases
    return payload | {"exception_type": name, "traceback": "".join(text)[-_TRACEBACK_CHARACTERS:]}


def _copy(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return copies of the arguments; a list of numbers or text without a look at each."""
    copied: dict[int, Any] = {}
    for arg in args:
        if type(arg) is list and _IMMUTABLE.issuperset(map(type, arg)):
            copied.setdefault(id(arg), list(arg))
    try:
        return copy.deepcopy(args, copied)
    except TypeError:  # of a view, such as a memoryview, nobody makes a deep copy
        return pickle.loads(dump(args))  # type: ignore[no-any-return]
