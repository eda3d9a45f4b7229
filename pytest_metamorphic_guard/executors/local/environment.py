"""The environment in which candidate code starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.worker_mark import WORKER_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["make_environment"]

_PASSED = (
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "PATH",
    "TZ",
    "TZDIR",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
)
_FIXED = {
    # Threads of numerical libraries multiply memory and noise, and cannot be forked.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Each further arena reserves 64 MiB of the address space that RLIMIT_AS counts.
    "MALLOC_ARENA_MAX": "2",
}


def make_environment(directory: str, extra: Iterable[str], hash_seed: int) -> dict[str, str]:
    """Return the variables for a worker whose own directory is ``directory``.

    Args:
        directory: Becomes its home and its place for temporary files.
        extra: Names of variables that the user wants passed on besides the usual ones.
        hash_seed: A seed of hashes; 0 gives way to the host's own where that is passed on.
    """
    names = [*_PASSED, *(name for name in os.environ if name.startswith("LC_")), *extra]
    environment = {name: os.environ[name] for name in names if name in os.environ}
    for name, value in _FIXED.items():
        environment.setdefault(name, value)
    # The order of a set of strings must not differ between two runs of the same input.
    if hash_seed or "PYTHONHASHSEED" not in environment:
        environment["PYTHONHASHSEED"] = str(hash_seed)
    return environment | {"HOME": directory, "TMPDIR": directory, WORKER_VARIABLE: "1"}
