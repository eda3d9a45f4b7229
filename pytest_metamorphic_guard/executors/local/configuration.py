"""The configuration of the executor ``local``, checked when it is made."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Configuration", "read_configuration"]

ISOLATIONS = ("worker", "fork", "fresh", "spawn", "none")
# Where there is no limit on memory.
_SHARED_MB = 1_024
_LARGEST_HASH_SEED = (1 << 32) - 1
HARDENINGS = ("auto", "require", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What ``--mg-executor-config`` may contain for ``local``.

    Attributes:
        isolation: How much of one call's process the next one sees: ``worker`` keeps one warm
            process; ``fork`` makes a pristine copy of one that imported the candidate; ``fresh``
            also imports it anew; ``spawn`` starts an interpreter; ``none`` calls it in the host.
        harden: Whether the kernel confines processes: ``auto`` as far as it can, ``require`` fully
            or not at all, ``off`` not.
        namespaces: Whether processes also get namespaces of their own (users, processes, network).
        allow_subprocess: Whether candidates may start processes.
        allow_network: Whether candidates may use the network.
        read: Files and directories that candidates may read besides the usual ones.
        write: Files and directories that candidates may change besides their own.
        env: Names of environment variables that candidates get besides the usual ones.
        import_timeout_s: Seconds that the import of a candidate may take.
        import_mem_mb: MiB that the import of a module may take that defines a class of an input.
        max_result_mb: Largest encoded result in MiB.
        max_output_kb: Most output, in KiB per stream, that the payload of one call contains.
        file_mb: Largest file that a candidate may write, in MiB, its output included.
        open_files: Most file descriptors that a candidate may have open.
        max_workers: Most processes that are kept warm; beyond it the least recently used one ends.
        hash_seed: ``PYTHONHASHSEED`` of the processes.
    """

    isolation: str = "worker"
    harden: str = "auto"
    namespaces: bool = False
    allow_subprocess: bool = False
    allow_network: bool = False
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    import_timeout_s: float = 30.0
    import_mem_mb: int = 4096
    max_result_mb: float = 16.0
    max_output_kb: float = 64.0
    file_mb: int = 16
    open_files: int = 512
    max_workers: int = 8
    hash_seed: int = 0

    @property
    def result_bytes(self) -> int:
        """Largest encoded result in bytes."""
        return int(self.max_result_mb * (1 << 20))

    def find_shared_mb(self, mem_mb: int) -> int:
        """Return how much shared memory there is, in MiB, where the memory limit is ``mem_mb``."""
        # Threads share what they have anyway: they need it for locks alone.
        return (mem_mb or _SHARED_MB) if self.allow_subprocess else 1


_CHOICES = {"isolation": ISOLATIONS, "harden": HARDENINGS}


def read_configuration(config: Mapping[str, object]) -> Configuration:
    """Return the configuration that a mapping describes.

    Raises:
        ValueError: A key is unknown, or a value is not what its key takes.
    """
    known = {field.name: field.default for field in dataclasses.fields(Configuration)}
    values: dict[str, object] = {}
    for key, value in config.items():
        if key not in known:
            raise ValueError(
                f"the executor 'local' has no option {key!r}{suggest(key, known)}"
                f" (options: {', '.join(sorted(known))})"
            )
        if key == "hash_seed":
            values[key] = _read_hash_seed(value)
        else:
            values[key] = _read_value(key, value, known[key])
    return Configuration(**values)  # type: ignore[arg-type]


def _read_value(key: str, value: object, default: object) -> object:
    if key in _CHOICES:
        if value in _CHOICES[key]:
            return value
        expected = "one of " + ", ".join(_CHOICES[key])
        raise _refuse(key, value, expected + suggest(str(value), _CHOICES[key]))
    match default:
        case bool():
            if isinstance(value, bool):
                return value
            raise _refuse(key, value, "true or false")
        case tuple():
            if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
                return tuple(value)
            raise _refuse(key, value, "a list of strings")
        case int() | float():
            whole = isinstance(default, int)
            numeric = isinstance(value, int if whole else int | float)
            if numeric and not isinstance(value, bool) and value > 0:  # type: ignore[operator]
                return value
            raise _refuse(key, value, "a positive whole number" if whole else "a positive number")
        case _:
            raise AssertionError(key)


def _read_hash_seed(value: object) -> int:
    if type(value) is int and 0 <= value <= _LARGEST_HASH_SEED:
        return value
    raise _refuse("hash_seed", value, f"a whole number from 0 to {_LARGEST_HASH_SEED}")


def _refuse(key: str, value: object, expected: str) -> ValueError:
    return ValueError(f"option {key!r} of the executor 'local' is {value!r}, expected {expected}")
