"""The dicts that the executor ``inprocess`` returns for calls that have no answer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.texts import clean_name
from pytest_metamorphic_guard.executors.missing import describe_missing

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.inprocess_source import Source

__all__ = ["explain_missing", "make_failure"]

_CODES = {
    "argument_encoding": "INPROCESS_ARGUMENT_ENCODING",
    "exception": "INPROCESS_EXCEPTION",
    "function_missing": "INPROCESS_NO_FUNCTION",
    "import_error": "INPROCESS_IMPORT",
    "memory": "INPROCESS_MEMORY",
    "result_endless": "INPROCESS_RESULT_ENDLESS",
    "system_exit": "INPROCESS_SYSTEM_EXIT",
}
# A module may define a million functions.
_MOST_NAMES = 1_000


def make_failure(error_type: str, error: str) -> dict[str, Any]:
    """Return the payload of a call that ended in the way of ``error_type``."""
    return {
        "success": False,
        "result": None,
        "error": error,
        "error_type": error_type,
        "error_code": _CODES[error_type],
        "duration_ms": 0.0,
        "stdout": "",
        "stderr": "",
    }


def explain_missing(source: Source, func_name: str, said: str) -> str:
    """Return why a function cannot be called; `CallError` says what ``said`` is."""
    where = source.file or source.name
    if said.startswith("!"):
        return f"{func_name!r} in {where} is of type {clean_name(said[1:])} and cannot be called"
    if said.startswith("?"):
        return f"{func_name!r} in {where} {said[1:]}"
    names = list(map(clean_name, itertools.islice(said.split(), _MOST_NAMES)))
    return describe_missing(str(where), func_name, names)
