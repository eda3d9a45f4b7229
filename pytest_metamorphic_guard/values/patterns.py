"""Regular expressions, which arrive as records of their text and flags.

A stranger's pattern is never compiled: that alone can take minutes, and to match with it longer
than anybody waits. ``re.compile(output.pattern, output.flags)`` is for whoever trusts it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.frames import RECORD, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.values.records import Record
    from pytest_metamorphic_guard.values.sides import Writer

__all__ = ["KINDS"]

keep_builtins(globals())


def _write(writer: Writer, value: re.Pattern[Any]) -> None:
    writer.mark(RECORD)
    writer.scalar("pattern")
    writer.scalar("re.Pattern")
    writer.sequence(["pattern", "flags"])
    writer.sequence([value.pattern, int(value.flags)])


def _to_record(value: re.Pattern[Any]) -> Record:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.records import Record

    fields = (("pattern", value.pattern), ("flags", int(value.flags)))
    return Record("pattern", "re.Pattern", fields)


def _to_source(value: re.Pattern[Any], write: Callable[[object], str]) -> str:
    # A text is of Unicode unless it says otherwise.
    flags = re.RegexFlag(value.flags & ~(re.UNICODE if isinstance(value.pattern, str) else 0))
    named = [f"re.{flag.name}" for flag in flags]
    return f"re.compile({', '.join([write(value.pattern), *filter(None, ['|'.join(named)])])})"


KINDS: Final = (
    Kind(
        types=lambda: (re.Pattern,),
        shape="exact",
        write=_write,
        unwrap=_to_record,
        to_source=_to_source,
        identify=lambda value: _to_source(value, repr),
    ),
)
