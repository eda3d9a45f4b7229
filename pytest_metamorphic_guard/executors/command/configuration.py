"""The configuration of the executor ``command``, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.local.hardening.support import find_missing
from pytest_metamorphic_guard.executors.options import (
    Option,
    choice,
    flag,
    number,
    read_options,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Configuration", "read_configuration"]


def _names() -> Option:
    return Option(
        "a list of texts",
        lambda value: (
            isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        ),
    )


_OPTIONS: dict[str, Option] = {
    "allow_network": flag(),
    "allow_subprocess": flag(),
    "big_integers": flag(),
    "env": _names(),
    "file_mb": whole(1),
    "harden": choice("auto", "require", "off"),
    "input": choice("argv", "json", "text"),
    "max_output_kb": number(0, above=True),
    "max_result_mb": number(0, above=True),
    "mode": choice("warm", "once"),
    "open_files": whole(1),
    "output": choice("json", "text", "lines"),
    "parallel": whole(1),
    "read": _names(),
    "start_timeout_s": number(0),
    "write": _names(),
}
_FOR_ONCE = ("input", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What ``--mg-executor-config`` may contain for ``command``.

    Attributes:
        mode: ``warm`` keeps the program running and exchanges lines with it; ``once`` starts it for
            every call.
        input: How a call of ``once`` gets its arguments: ``json``, as an array on standard input;
            ``text``, the only one as it is on standard input; ``argv``, each one as a word.
        output: What the standard output of ``once`` is: ``json``, ``text`` or ``lines``.
        big_integers: Whether integers beyond 2**53 are sent, which many programs round.
        harden: Whether the kernel confines the program: ``auto`` as far as it can, ``require``
            fully or not at all, ``off`` not.
        allow_network: Whether the program may use the network.
        allow_subprocess: Whether it may start others.
        read: Files and directories that it may read besides the usual ones.
        write: Files and directories that it may change besides its own.
        env: Names of environment variables that it gets besides the usual ones.
        start_timeout_s: Seconds that its first answer may take beyond the time of a call.
        max_result_mb: Largest answer in MiB; no more is read.
        max_output_kb: Most of its standard error, in KiB, that is kept of a call.
        file_mb: Largest file that it may write, in MiB.
        open_files: Most file descriptors that it may have open.
        parallel: How many calls are made at once, each to a process of its own.
    """

    mode: str = "warm"
    input: str = "json"
    output: str = "json"
    big_integers: bool = False
    harden: str = "auto"
    allow_network: bool = False
    allow_subprocess: bool = False
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    start_timeout_s: float = 10.0
    max_result_mb: float = 16.0
    max_output_kb: float = 64.0
    file_mb: int = 16
    open_files: int = 512
    parallel: int = 1

    @property
    def result_bytes(self) -> int:
        """Largest answer in bytes."""
        return int(self.max_result_mb * (1 << 20))

    @property
    def output_bytes(self) -> int:
        """Most bytes that are kept of standard error."""
        return int(self.max_output_kb * (1 << 10))


def read_configuration(config: Mapping[str, Any]) -> Configuration:
    """Return the configuration that a mapping describes.

    Raises:
        ValueError: An option is unknown, has a wrong value, or is none of the mode.
    """
    given = read_options("command", config, _OPTIONS)
    if given.get("mode", "warm") == "warm":
        idle = [key for key in _FOR_ONCE if key in given]
        if idle:
            raise ValueError(
                f"option {idle[0]!r} of the executor 'command' is for programs that are started "
                "for every call: add 'mode': 'once'"
            )
    missing = find_missing(allow_subprocess=given.get("allow_subprocess", False))
    if given.get("harden") == "require" and missing:
        raise ValueError(
            "option 'harden' of the executor 'command' is 'require', but this system lacks "
            + ", ".join(missing)
        )
    for key in ("read", "write", "env"):
        given[key] = tuple(given.get(key, ()))
    return Configuration(**given)
