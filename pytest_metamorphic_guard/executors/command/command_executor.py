"""The executor ``command``: a program in any language."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.command_words import is_command, read_command
from pytest_metamorphic_guard.contracts.executors import Executor
from pytest_metamorphic_guard.executors.command.configuration import read_configuration
from pytest_metamorphic_guard.executors.command.json_values import (
    UnfitError,
    check_value,
    write_json,
)
from pytest_metamorphic_guard.executors.command.launching import LostError, RefusedError
from pytest_metamorphic_guard.executors.command.payloads import Payload, make_failure
from pytest_metamorphic_guard.executors.command.program import Program
from pytest_metamorphic_guard.executors.command.reach import find_program, find_reach
from pytest_metamorphic_guard.executors.local.directories import Directories
from pytest_metamorphic_guard.executors.local.environment import make_environment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

__all__ = ["CommandExecutor"]

_MOST_IDLE = 8
# Linux takes no longer word than this, its end included.
_LONGEST_WORD = (128 << 10) - 1


class CommandExecutor(Executor):
    """Calls a program: ``file_path`` is its path, or a command such as ``command: ./solver -x``.

    A program is kept running and exchanges one line of JSON per call with the host, or is started
    for every call; see `Configuration`. It is confined like a worker of ``local``. What is started
    is ended with all that it started: when a call ends badly, with `restart` and with `close`.

    Args:
        config: See `Configuration`.

    Raises:
        ValueError: An option is unknown, or has a wrong value.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self._options = read_configuration(self.config)
        self.parallel = self._options.parallel
        self._lock = threading.Lock()
        self._idle: list[tuple[_Key, Program]] = []
        self._busy: list[Program] = []
        self._directories: Directories | None = None
        self._withheld: dict[str, Collection[str]] = {}
        self._processor: int | None = None

    def execute(
        self, file_path: str, func_name: str, args: tuple[Any, ...], timeout_s: float, mem_mb: int
    ) -> Payload:
        """Make one call; see `Executor.execute`."""
        try:
            for index, value in enumerate(args):
                check_value(value, f"argument {index}", big_integers=self._options.big_integers)
            words, data = self._write_arguments(args)
        except UnfitError as error:
            return make_failure("argument_encoding", str(error))
        try:
            with self._taking(_Key(file_path, mem_mb)) as program:
                if self._options.mode == "warm":
                    return program.ask(func_name, args, timeout_s)
                return program.run(words, data, timeout_s)
        except (OSError, ValueError) as error:
            return make_failure("not_started", str(error))

    def warm_up(self, file_path: str, func_name: str, timeout_s: float, mem_mb: int) -> None:
        """Start the program, where it is kept running."""
        del func_name, timeout_s
        if self._options.mode == "warm":
            # What is wrong is said by the first call.
            with (
                contextlib.suppress(OSError, ValueError, RefusedError, LostError),
                self._taking(_Key(file_path, mem_mb)) as program,
            ):
                program.start()

    def restart(self) -> None:
        """End every program; the next call starts one."""
        # What starts them stays: nothing of a program runs in it.
        with self._lock:
            for _, program in self._idle:
                program.stop()

    def with_parallel(self, number: int) -> CommandExecutor:
        """Return another one that makes so many calls at once, each to a process of its own."""
        return CommandExecutor({**self.config, "parallel": number})

    def share_processor(self, processor: int) -> None:
        """Keep all programs on one processor from now on."""
        self._processor = processor
        self._end_all()

    def withhold(self, file_path: str, files: Mapping[str, str]) -> None:
        """Keep files from the program that ``file_path`` names."""
        if tuple(files) != tuple(self._withheld.get(file_path, ())):
            self._withheld[file_path] = tuple(files)
            self._end_all()

    def abort(self) -> None:
        """End the calls that are under way."""
        with self._lock:
            busy = list(self._busy)
        for program in busy:
            program.abort()

    def close(self) -> None:
        """End every program and remove their directories. It may be called again."""
        self.abort()
        self._end_all()
        directories, self._directories = self._directories, None
        if directories is not None:
            directories.close()

    def _end_all(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for _, program in idle:
            program.close()

    def _write_arguments(self, args: Sequence[Any]) -> tuple[list[str], bytes]:
        """Return the words and the standard input of a call that starts the program.

        Raises:
            UnfitError: The arguments cannot go in this way.
        """
        match self._options.input if self._options.mode == "once" else "":
            case "json":
                return [], write_json(args) + b"\n"
            case "text":
                if len(args) != 1 or not isinstance(args[0], str):
                    raise UnfitError("with 'input': 'text' there is one argument, which is a text")
                return [], args[0].encode()
            case "argv":
                return [_write_word(value, f"argument {i}") for i, value in enumerate(args)], b""
            case _:
                return [], b""

    @contextlib.contextmanager
    def _taking(self, key: _Key) -> Iterator[Program]:
        """Lend a program that nobody else uses."""
        with self._lock:
            found = next((at for at, (of, _) in enumerate(self._idle) if of == key), None)
            program = self._make(key) if found is None else self._idle.pop(found)[1]
            self._busy.append(program)
        try:
            yield program
        finally:
            with self._lock:
                self._busy.remove(program)
                self._idle.append((key, program))
                old = self._idle[: -max(_MOST_IDLE, self.parallel)]
                del self._idle[: len(old)]
            for _, other in old:
                other.close()

    def _make(self, key: _Key) -> Program:
        """Return a program that is not started yet.

        Raises:
            OSError: There is none.
            ValueError: It is no command.
        """
        options = self._options
        if is_command(key.file_path) or not os.path.isfile(key.file_path):
            first, *words = read_command(key.file_path, Path.cwd())
        else:
            first, words = key.file_path, []
        program = find_program(first)
        if self._directories is None:
            self._directories = Directories()
        directory = os.path.realpath(self._directories.make())
        withheld = self._withheld.get(key.file_path, ())
        reach = find_reach(program, words, directory, options, withheld)
        cage = {
            **reach.to_dict(),
            "confine": options.harden != "off",
            "network": options.allow_network,
            "subprocess": options.allow_subprocess,
            "directory": directory,
            "mem_mb": key.mem_mb,
            "file_mb": options.file_mb,
            "open_files": options.open_files,
        }
        told = {
            "program": program,
            "words": [first, *words],
            "environment": make_environment(directory, options.env, 0),
        }
        made = Program(cage, told, options)
        made.processor = self._processor
        return made


@dataclass(frozen=True, slots=True)
class _Key:
    """What tells programs apart."""

    file_path: str
    mem_mb: int


def _write_word(value: object, place: str) -> str:
    word = value if isinstance(value, str) else write_json(value).decode()
    if "\0" in word:
        raise UnfitError(f"{place} holds the character NUL, which no word of a command can")
    if len(word.encode()) > _LONGEST_WORD:
        raise UnfitError(f"{place} is longer than a word of a command can be: use 'input': 'json'")
    return word
