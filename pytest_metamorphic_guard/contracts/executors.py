"""The executor contract, importable as ``metamorphic_guard.executors``.

A distribution offers an executor through the entry point group ``metamorphic_guard.executors``:
a class, or a factory, that is called with ``config=`` and returns an object with ``execute``.
Inheriting from `Executor` is convenient and not required.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ENTRY_POINT_GROUP",
    "Call",
    "Executor",
    "SupportsExecute",
    "find_offered",
    "find_stand_in",
]

ENTRY_POINT_GROUP = "metamorphic_guard.executors"


class Call(NamedTuple):
    """The arguments of one call, in the order in which `Executor.execute` takes them."""

    file_path: str
    func_name: str
    args: tuple[Any, ...]
    timeout_s: float
    mem_mb: int


@runtime_checkable
class SupportsExecute(Protocol):
    """What the runner asks of an executor: one method."""

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,
    ) -> dict[str, Any]:
        """Call one function once; see `Executor.execute`."""
        ...


class Executor(ABC):
    """Base class of executors: runs one call of an implementation and says how it ended.

    One instance serves one role (baseline or candidate) for a whole session. It may offer, and the
    runner then uses:

    * ``close()``: release everything; called once at the end of the session, whatever ended it.
    * ``warm_up(file_path, func_name, timeout_s, mem_mb)``: prepare for calls of this function.
    * ``restart()``: forget all state, so that the next call runs as if it were the first. The
      runner confirms a violation after it.
    * ``share_processor(processor)``: keep all processes on the processor of this number, as those
      of the other role are, because durations are compared.
    * ``withhold(file_path, files)``: keep files, a mapping of paths to what they are, from one
      candidate; called under a gate before its calls, since a candidate that reads its baseline can
      return its answers.
    * ``set_up(file_path, functions)``: call functions of one candidate, by name and without
      arguments, once in each process after its import and before its first call.
    * ``with_hash_seed(seed)``: return another executor of the same configuration whose processes
      have this ``PYTHONHASHSEED``, or None where that cannot be. Calls are made there once more
      where a monitor compares repetitions; it may offer all of the above.

    * ``parallel``: how many calls it takes at once, an int; 1 if it says nothing. ``execute`` is
      then called from that many threads.
    * ``execute_many(calls)``: answer many calls. ``calls`` is an iterator of `Call`, to be pulled
      as far ahead as calls are kept under way; yield one payload per call, in the order of the
      calls. It ends whenever there is none for the moment, and ``execute_many`` is called again.
      A class that inherits it and has an ``execute`` of its own gets every call there.
    * ``ahead``: how many calls it wants to be given before they are needed, an int; twice
      ``parallel`` if it says nothing. More serve one that sends many at a time.
    * ``with_parallel(number)``: return another executor of the same configuration that takes so
      many calls at once.
    * ``join(run)``: a text that is the same for all executors of one run, in all of its processes,
      and another one in the next run.
    * ``abort()``: end the calls that are under way, called from another thread: nobody waits for
      them any more.

    * ``watches_arguments``: True where ``args`` may be a `WatchedArguments`, which the payload of a
      call that returned then brings back under ``"arguments"``, as the call has left them.

    * ``takes_directions``: True where ``args`` may be a `DirectedArguments`, which says which of
      them go by name, with what an object is made whose method ``func_name`` is, or that they are
      steps. The result of steps is a list with a dict for each: ``value``, or ``exception_type``,
      ``error`` and ``exception_bases``. One that does not say so is given neither.

    Args:
        config: The object given by ``--mg-executor-config``; empty if none was given.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config: dict[str, Any] = dict(config or {})

    @abstractmethod
    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,
    ) -> dict[str, Any]:
        """Call ``func_name(*args)`` of ``file_path`` and return what happened.

        Args:
            file_path: Path of the source file, a dotted module name where no source file exists,
                or a raw text such as a prompt, exactly as the user gave it.
            func_name: Name of the function in that file.
            args: Positional arguments.
            timeout_s: Seconds after which the call must have ended.
            mem_mb: Memory limit in MiB; 0 means no limit.

        Returns:
            A dict with ``success`` (bool), ``result`` (the returned value, if success), ``error``
            (str, if not), ``duration_ms`` (float), ``stdout`` and ``stderr`` (str), and optionally
            ``error_type`` and ``error_code`` (str). With the ``error_type`` ``"unavailable"``,
            ``retry_after_s`` says after how many seconds to ask again. Further keys reach
            monitors unchanged.

        A call that fails is a dict with ``success=False``; an exception that leaves this method is
        reported as a fault of the executor.
        """


def find_offered(executor: object, name: str) -> Callable[..., Any] | None:
    """Return a method that an executor has itself; None for one that it hands on to another.

    What stands before an executor and passes on whatever it does not know would otherwise be left
    out: the other one speaks for itself alone.
    """
    if name in getattr(executor, "__dict__", {}) or hasattr(type(executor), name):
        method = getattr(executor, name)
        return method if callable(method) else None
    return None


def find_stand_in(executor: object, name: str) -> Callable[..., Any] | None:
    """Return a method that makes calls in the place of ``execute``; None where that makes them.

    An executor that inherits it and has an ``execute`` of its own wants calls to go that way.
    """
    if name not in getattr(executor, "__dict__", {}):
        for kind in type(executor).__mro__:
            if name in vars(kind):
                break
            if "execute" in vars(kind):
                return None
    return find_offered(executor, name)
