"""Exceptions of candidate code as text, made inside the worker."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "Failure",
    "describe_argument_failure",
    "describe_failure",
    "describe_import_failure",
]

_NAME_CHARACTERS = 300
_MESSAGE_CHARACTERS = 2_000
_TRACEBACK_CHARACTERS = 8_000
_FRAMES = 30

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
# What runs coroutines stands between us and them.
_RUNNERS = os.path.join(os.path.dirname(os.path.abspath(os.__file__)), "asyncio") + os.sep
_MACHINERY = "<frozen importlib"

_TracebackException = traceback.TracebackException
_CATEGORIES: tuple[tuple[type[BaseException], str], ...] = (
    (MemoryError, "memory"),
    (SystemExit, "system_exit"),
    (KeyboardInterrupt, "keyboard_interrupt"),
)


class Failure(NamedTuple):
    """How something ended that did not return.

    Attributes:
        category: The payload's ``error_type``.
        exception_type: Name of the exception's class; empty where nothing was raised.
        message: What the exception says, or what the host needs to say it.
        traceback: Text of the candidate's own frames.
        bases: Names of the classes that the exception's class is derived from, a line each.
    """

    category: str
    exception_type: str
    message: str
    traceback: str
    bases: str = ""

    def to_wire(self) -> tuple[str, str, str, str, str]:
        """Return the fields as plain text that any encoding accepts."""
        return (
            _clean(self.category),
            _clean(self.exception_type[:_NAME_CHARACTERS]),
            _clean(self.message[:_MESSAGE_CHARACTERS]),
            _clean(self.traceback[-_TRACEBACK_CHARACTERS:]),
            _clean(self.bases[:_MESSAGE_CHARACTERS]),
        )


def describe_failure(error: BaseException) -> Failure:
    """Describe what a call raised. It never raises: the exception's own code may."""
    kind = type(error)
    category = "exception"
    for known, name in _CATEGORIES:
        if issubclass(kind, known):
            category = name
            break
    try:
        text = _format_traceback(error)
    except BaseException:  # noqa: BLE001 - memory is short, or the candidate patched the library
        text = ""
        # The frames hold the memory that the next lines need.
        error.__traceback__ = None
    return Failure(category, _name_type(kind), _read_message(error), text, _name_bases(kind))


def describe_import_failure(error: BaseException) -> Failure:
    """Describe what the import of the candidate raised."""
    found = describe_failure(error)
    return Failure("import_error", found.exception_type, found.message, found.traceback)


def describe_argument_failure(error: BaseException) -> Failure:
    """Describe why arguments could not be unpickled."""
    found = describe_failure(error)
    category = "memory" if found.category == "memory" else "argument_encoding"
    return Failure(category, found.exception_type, found.message, "")


def _name_type(kind: type[BaseException]) -> str:
    try:
        name = kind.__qualname__
    except BaseException:  # noqa: BLE001 - a metaclass may answer with code
        return "Exception"
    return name if type(name) is str else "Exception"


def _name_bases(kind: type[BaseException]) -> str:
    try:
        bases = type.mro(kind)[1:-1]
    except BaseException:  # noqa: BLE001 - memory is short
        return ""
    return "\n".join(map(_name_type, bases))


def _read_message(error: BaseException) -> str:
    try:
        return "".join((str(error),))[:_MESSAGE_CHARACTERS]
    except BaseException:  # noqa: BLE001 - __str__ is the candidate's
        return "<its text cannot be read>"


def _format_traceback(error: BaseException) -> str:
    innermost = _cut_traceback(error.__traceback__)
    # Those of its causes are cut by the library, which takes a microsecond per frame.
    report = _TracebackException(type(error), error, innermost, limit=-_FRAMES)
    _drop_harness(report, set())
    return "".join(report.format())


def _cut_traceback(found: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that holds its last frames; it may have millions."""
    lead = tail = found
    length = 0
    while lead is not None:
        lead = lead.tb_next
        length += 1
        if length > _FRAMES and tail is not None:
            tail = tail.tb_next
    return tail


def _drop_harness(report: traceback.TracebackException | None, seen: set[int]) -> None:
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    report.stack[:] = [
        frame for frame in report.stack if not frame.filename.startswith((_OURS, _MACHINERY))
    ]
    while report.stack and report.stack[0].filename.startswith(_RUNNERS):
        del report.stack[0]
    _drop_harness(report.__cause__, seen)
    _drop_harness(report.__context__, seen)
    for inner in getattr(report, "exceptions", None) or ():
        _drop_harness(inner, seen)


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
