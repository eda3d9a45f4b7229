"""What a program may execute, read and write, worked out by the host."""

from __future__ import annotations

import glob
import os
import shutil
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.local.permissions import (
    NETWORK,
    SYSTEM,
    list_broad,
    list_parts,
)
from pytest_metamorphic_guard.executors.local.withholding import leave_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_metamorphic_guard.executors.command.configuration import Configuration

__all__ = ["Reach", "find_program", "find_reach"]

# What runtimes read at their start beside their own files.
_RUNTIMES = ("/etc/ssl/openssl.cnf", "/etc/perl", "/etc/alternatives", "/etc/java*", "/etc/magic")
_MOST_INTERPRETERS = 4
_HEAD_BYTES = 4096
_ELF_64, _SEGMENT_BYTES, _INTERPRETER = 2, 56, 3


@dataclass(frozen=True, slots=True)
class Reach:
    """What stays allowed.

    Attributes:
        executable: Files that the kernel may execute: the program, the interpreters that its first
            line names, and the loaders of these.
        readable: Files and directories.
        listed: Directories of which only the names may be listed.
        writable: Files and directories that may be changed.
    """

    executable: tuple[str, ...]
    readable: tuple[str, ...]
    listed: tuple[str, ...]
    writable: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the same for the process that applies it."""
        return {name: list(getattr(self, name)) for name in self.__slots__}


def find_program(word: str) -> str:
    """Return the path of a program.

    Raises:
        OSError: There is none, or it may not be executed.
    """
    found = shutil.which(word)
    if found is None:
        what = "may not be executed" if os.path.isfile(word) else "was not found"
        raise OSError(f"the program {word!r} {what}")
    return os.path.abspath(found)


def find_reach(
    program: str,
    words: Collection[str],
    directory: str,
    configuration: Configuration,
    withheld: Collection[str],
) -> Reach:
    """Return what a program may do.

    It may read the system's programs and libraries, its own folder, and files that its words name,
    with the folders that these stand in; of folders that hold everything else as well, such as the
    user's home, only these files.

    Args:
        program: Its path.
        words: The other words of the command.
        directory: Its own directory.
        configuration: The executor's.
        withheld: Files that it may not read wherever they lie, unless the configuration names them.
    """
    executable = list(dict.fromkeys(_list_executed(program)))
    wanted = [os.path.dirname(path) for path in (program, *executable)]
    # A runtime has its libraries beside the folder of its programs.
    wanted += [os.path.dirname(folder) for folder in wanted if os.path.basename(folder) == "bin"]
    named = [path for word in words if (path := word.rpartition("=")[2]).startswith("/")]
    named = [path for path in named if os.path.exists(path)]
    wanted += [path if os.path.isdir(path) else os.path.dirname(path) for path in named]
    readable = [
        *SYSTEM,
        *_find_runtimes(),
        *executable,
        *(p for p in named if not os.path.isdir(p)),
    ]
    readable += map(os.path.abspath, configuration.read)
    if configuration.allow_network:
        readable += NETWORK
    broad = frozenset(list_broad())
    for folder in dict.fromkeys(wanted):
        parts = list_parts(folder, broad)
        readable += [folder] if parts is None else parts
    allowed = {os.path.realpath(path) for path in configuration.read}
    hidden = [path for path in withheld if os.path.realpath(path) not in allowed]
    kept, listed = leave_out(list(dict.fromkeys(readable)), hidden)
    return Reach(
        executable=tuple(executable),
        readable=tuple(kept),
        listed=tuple(listed),
        writable=(directory, "/dev/null", *map(os.path.abspath, configuration.write)),
    )


def _find_runtimes() -> Iterator[str]:
    for pattern in _RUNTIMES:
        yield from glob.glob(pattern)


def _list_executed(program: str, depth: int = 0) -> Iterator[str]:
    """Yield the files that the kernel opens for execution, the program first."""
    real = os.path.realpath(program)
    # A virtual environment is found by the name of the interpreter, and not by where that leads.
    yield program
    yield real
    try:
        with open(real, "rb") as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(b"#!") and depth < _MOST_INTERPRETERS:
                for word in _list_interpreters(head):
                    yield from _list_executed(word, depth + 1)
            elif head.startswith(b"\x7fELF"):
                yield from _find_loader(head)
    except OSError:
        return  # whoever may not read it may execute it all the same


def _list_interpreters(head: bytes) -> Iterator[str]:
    words = [os.fsdecode(word) for word in head[2:].partition(b"\n")[0].split()]
    if not words:
        return
    yield words[0]
    if os.path.basename(words[0]) == "env":
        named = (word for word in words[1:] if not word.startswith("-") and "=" not in word)
        found = shutil.which(next(named, ""))
        if found is not None:
            yield found


def _find_loader(head: bytes) -> Iterator[str]:
    """Yield the dynamic loader that an ELF file of 64 bits asks for, if it does.

    Source: ``elf(5)``; little-endian, as both architectures are that are confined.
    """
    if len(head) < _SEGMENT_BYTES + 8 or head[4] != _ELF_64:
        return
    (start,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    for index in range(count):
        at = start + index * size
        if at + _SEGMENT_BYTES > len(head):
            return
        if struct.unpack_from("<I", head, at)[0] == _INTERPRETER:
            (offset,) = struct.unpack_from("<Q", head, at + 8)
            (length,) = struct.unpack_from("<Q", head, at + 32)
            name = head[offset : offset + length].rstrip(b"\0")
            if name:
                yield os.path.realpath(os.fsdecode(name))
            return
