"""What a specification such as ``new.py:solve`` names. Nothing of it is imported here."""

from __future__ import annotations

import re
import sys
from dataclasses import InitVar, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.command_words import is_command
from pytest_metamorphic_guard.contracts.texts import clean, clean_line, clean_name
from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.tasks.claims import find_claim, is_recorded, write_target
from pytest_metamorphic_guard.tasks.modules import find_source, has_module
from pytest_metamorphic_guard.tasks.word_checks import is_dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = ["Assignment", "Implementation", "parse_assignment"]

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")
# Every name that a task may have; see `check_task_name`.
_TASK = re.compile(r"([^\[\]:=\s][^\[\]:=\n]*)=(.+)\Z", re.DOTALL)
# The names that are taken for a task's even before what may be a raw text.
_WORD = re.compile(r"[\w.-]+(?:,[\w.-]+)*\Z")
# Without the user and the password that may stand before the host.
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([\w.-]+)", re.IGNORECASE)
DEFAULT_FUNCTION = "solve"
_MOST_SPECIFICATION = 4_000


@dataclass(frozen=True, slots=True)
class Implementation:
    """What is called: a file, module or raw text, and the name of a function in it.

    Attributes:
        target: Absolute path of a source file or a program, a dotted module name, a URL, a command,
            or a raw text: what an executor receives as ``file_path``.
        function: Name of the function, or None where the task's own default counts.
        specification: What the user wrote, as it is shown in messages and commands: the name of a
            candidate's file may hold anything.
        callable_object: The object itself where one was given instead of a specification.
        revision: The commit whose files it is of, in full, where its specification names one.

    ``Implementation(path="new.py")`` is `from_path`.

    Raises:
        ImplementationError: There is no such file, or neither a target nor a path is given.
    """

    target: str = ""
    function: str | None = None
    specification: str = ""
    callable_object: Callable[..., Any] | None = None
    revision: str = ""
    path: InitVar[str | Path | None] = None

    def __post_init__(self, path: str | Path | None) -> None:
        if path is not None:
            found = type(self).from_path(path, self.function)
            object.__setattr__(self, "target", found.target)
            object.__setattr__(self, "specification", found.specification)
        elif not self.target:
            raise ImplementationError("''", "give what to call, such as path='new.py'")
        # Of a name every line is part of one line; a prompt keeps its own.
        make = clean_line if "\n" in self.specification and self.is_file else clean
        object.__setattr__(self, "specification", make(self.specification, _MOST_SPECIFICATION))

    @classmethod
    def from_path(cls, path: str | Path, function: str | None = None) -> Implementation:
        """Name a function of a source file.

        Raises:
            ImplementationError: There is no such file.
        """
        found = Path(path).absolute()
        written = str(path) if function is None else f"{path}:{function}"
        if not found.is_file():
            raise ImplementationError(written, "there is no such file")
        return cls(str(found), function, written)

    @classmethod
    def from_dotted(cls, dotted: str) -> Implementation:
        """Name a function as ``package.module:function``, or ``package.module:Class.method``.

        Raises:
            ImplementationError: The text has another form.
        """
        module, _, function = dotted.partition(":")
        if not _MODULE.match(module) or not is_dotted(function):
            raise ImplementationError(dotted, "expected package.module:function")
        return cls(find_source(module) or module, function, dotted)

    @classmethod
    def from_content(cls, content: str) -> Implementation:
        """Give a raw text, such as a prompt, that reaches the executor untouched."""
        return cls(content, None, content)

    @classmethod
    def from_callable(cls, function: Callable[..., Any]) -> Implementation:
        """Name a function of a module by the function itself.

        Raises:
            ImplementationError: It cannot be found again by its name, as a lambda cannot.
        """
        name = getattr(function, "__qualname__", repr(function))
        module = sys.modules.get(getattr(function, "__module__", "") or "")
        found: Any = module
        for part in name.split("."):
            found = getattr(found, part, None)
        if module is None or found != function:
            said = "give a function, or a method of a class, that its module has under this name"
            raise ImplementationError(name, said)
        path = getattr(module, "__file__", None)
        if function.__module__ == "__main__" and not (path and Path(path).is_file()):
            raise ImplementationError(name, "is in no file: save it in a module, and import that")
        target = path if path and path.endswith(".py") else function.__module__
        written = f"{function.__module__}:{name}"
        return cls(target, name, written, function)

    @classmethod
    def from_specification(cls, text: str, folder: str | Path = ".") -> Implementation:
        """Read what ``--mg-candidate`` takes, such as a URL or ``command: ./solver --fast``.

        Args:
            text: The specification.
            folder: Relative paths are relative to it.

        Raises:
            ImplementationError: It names nothing that can be called.
        """
        found = _parse_implementation(text, Path(folder), claims=True)
        if found is None:
            raise ImplementationError(text, _explain(text, Path(folder)))
        return found

    @property
    def claim(self) -> str | None:
        """The executor that it chooses by itself, as a URL does; None where it chooses none."""
        return find_claim(self.target)

    @property
    def label(self) -> str:
        """A short name without brackets or colons.

        It is the file's stem, the module, the host of a URL, the program of a command, or ``text``.
        """
        if self.is_file:
            return clean_name(Path(self.target).stem)
        if is_command(self.target):
            return clean_name(Path(self.target.split()[1]).stem)
        host = _HOST.match(self.target)
        if host is not None and self.claim is not None:
            return clean_name(host[1])
        if _MODULE.match(self.target):
            return self.target.rpartition(".")[2]
        return "text"

    @property
    def is_file(self) -> bool:
        """Whether the target is a file that exists."""
        try:
            return Path(self.target).is_file()
        except (OSError, ValueError):
            return False

    def with_function(self, default: str) -> Implementation:
        """Return the same with the task's default function where none was named."""
        return self if self.function is not None else replace(self, function=default)


class Assignment(NamedTuple):
    """An implementation, for some tasks or, with ``task=None``, for every task without its own.

    Attributes:
        implementation: The implementation.
        task: What stands before ``=``: the name of a task, or several names with commas between.
    """

    implementation: Implementation
    task: str | None = None

    def find_tasks(self, known: Collection[str]) -> tuple[str, ...]:
        """Return the names of its tasks; a name of a task that is known may have a comma itself."""
        if self.task is None or self.task in known:
            return () if self.task is None else (self.task,)
        return tuple(name.strip() for name in self.task.split(","))


def parse_assignment(
    text: str, folder: Path, *, raw_texts: bool = False, claims: bool = True
) -> Assignment:
    """Read ``SPEC`` or ``TASK=SPEC``, where ``TASK,TASK=SPEC`` names several tasks.

    Args:
        text: What the user wrote.
        folder: Relative paths are relative to it.
        raw_texts: An executor of the user's is in use: a text that names no file and no module
            reaches it untouched.
        claims: A text that chooses an executor by itself, as a URL does, is read as what it says.

    Raises:
        ImplementationError: It names nothing that can be called, and may be no raw text.
    """
    whole = _read_file(text, folder)
    if whole is not None:
        return Assignment(whole)
    named = _TASK.match(text)
    if named:
        found = _parse_implementation(named[2], folder, claims=claims)
        if found is not None:
            return Assignment(found, named[1])
        is_word = _WORD.match(named[1])
        if raw_texts and is_word and not _is_path(named[2], folder):
            return Assignment(Implementation.from_content(named[2]), named[1])
        if is_word or not raw_texts:
            raise ImplementationError(text, _explain(named[2], folder))
    found = _parse_implementation(text, folder, claims=claims)
    if found is not None:
        return Assignment(found)
    if raw_texts and text and not _is_path(text, folder):
        return Assignment(Implementation.from_content(text))
    raise ImplementationError(text, _explain(text, folder))


def _parse_implementation(text: str, folder: Path, *, claims: bool) -> Implementation | None:
    found = _read_file(text, folder)
    if found is not None:
        return found
    if claims and (is_command(text) or is_recorded(text)):
        try:
            return Implementation(write_target(text, folder), None, text)
        except ValueError as error:
            raise ImplementationError(text, str(error)) from None
    if claims and find_claim(text) is not None:
        return Implementation.from_content(text)
    module, colon, function = text.partition(":")
    placed = _find_placed(text, folder) if colon else None
    if placed is not None or not _MODULE.match(module) or not colon or not is_dotted(function):
        return placed
    source = find_source(module, folder)
    if source is None and not has_module(module):
        return None
    return Implementation(source or module, function, text)


def _find_placed(text: str, folder: Path) -> Implementation | None:
    # Not loaded for a path alone, for a run that starts sooner.
    from pytest_metamorphic_guard.tasks.version_files import find_placed

    placed = find_placed(text, folder)
    if placed is None:
        return None
    return Implementation(placed.file, placed.function, text, revision=placed.revision)


def _read_file(text: str, folder: Path) -> Implementation | None:
    path, colon, function = text.rpartition(":")
    for candidate, name in ((text, None), (path, function)) if colon else ((text, None),):
        if not candidate or (name is not None and not is_dotted(name)):
            continue
        found = folder / candidate
        try:
            if found.is_file():
                return Implementation(str(found.resolve()), name, text)
        except (OSError, ValueError):  # too long or with a NUL: a text, not a path
            continue
    return None


def _is_path(text: str, folder: Path) -> bool:
    # As below.
    from pytest_metamorphic_guard.tasks.mistyped import find_path

    return find_path(text, folder) is not None


def _explain(text: str, folder: Path) -> str:
    path, colon, function = text.rpartition(":")
    if (colon and not is_dotted(function)) and (
        _MODULE.match(path) or _read_file(path, folder) is not None
    ):
        return f"{function!r} is not the name of a function"
    # Not loaded unless something is mistyped, for a run that starts sooner.
    from pytest_metamorphic_guard.tasks.mistyped import find_path, is_folder, suggest_file

    if is_folder(folder, text):
        return f"is a folder; name a file in it, such as {text.rstrip('/')}/solution.py"
    meant = find_path(text, folder)
    if meant is not None:
        return f"there is no file {meant!r} in {folder}{suggest_file(meant, folder)}"
    if text.startswith("git:"):
        return "expected git:REV:path.py:function or git:REV:package.module:function"
    if colon and _MODULE.match(path):
        return f"there is no module {path!r} on the import path"
    return (
        "expected path.py, path.py:function, package.module:function, or TASK= before one of these"
    )
