"""What the host adds to a failure that the sandbox may have caused: which option decides that."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.refused import Refused

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.local.configuration import Configuration

__all__ = ["Hints"]

# EPERM and EACCES, as Python and as other languages write them.
_REFUSED = re.compile(r"\[Errno (?:1|13)\]|os error (?:1|13)\b")
_DENIED = re.compile(r"[Pp]ermission denied|[Oo]peration not permitted")
_MOST_QUOTED = 300
_PATH = re.compile(r"['\"](/[^'\"\0]{1,4000})['\"]")
_UNRESOLVED = re.compile(r"\[Errno -[23]\] |gaierror|[Tt]emporary failure in name resolution")
_NETWORK = re.compile(
    r"\bsocket|\bconnect|urlopen|getaddrinfo|HTTPConnection|\bssl\b", re.IGNORECASE
)
_PROCESSES = re.compile(
    r"_fork_exec|fork_exec|\bos\.(?:fork|exec|posix_spawn|spawn|system|popen)|\bsubprocess\b"
    r"|\bmultiprocessing\b|popen_fork|\bflock\b|ProcessPool",
)
_MEMORY = re.compile(
    r"bad_alloc|out of memory|[Cc]annot allocate|[Uu]nable to allocate|[Ff]ailed to allocate"
    r"|[Aa]llocation failed|memory allocation|[Rr]esource temporarily unavailable|failed to map"
    r"|can't start new thread|MemoryError|[Oo]ut of address space|mmap",
)
_CONFIG = "--mg-executor-config"
_OTHER_LEVELS = 'isolation = "worker" or isolation = "spawn"'
_OWN = ("/proc/self/", "/proc/thread-self/")
_NAMES = {
    "network": "the network",
    "subprocess": "processes and their locks",
    "unknown": "this",
    "process": "it",
    "shared memory": "shared memory",
    "file": "it",
}


class Hints:
    """Names the option behind a failure.

    Args:
        configuration: The executor's.
        mem_mb: Memory limit in MiB; 0 for none.
        is_confined: Whether the process is confined.
    """

    def __init__(self, configuration: Configuration, mem_mb: int, *, is_confined: bool) -> None:
        self._configuration = configuration
        self._mem_mb = mem_mb
        self._is_confined = is_confined

    def explain_failure(self, exception_type: str, message: str, traceback: str) -> str:
        """Return what to add to the text of an exception, or nothing."""
        refused = self.find_refused(message, traceback)
        return self._explain_message(exception_type, message) if refused is None else _say(refused)

    def explain_end(self, stderr: str) -> str:
        """Return what to add to the end of a process that said no more than ``stderr``."""
        if self._mem_mb and _MEMORY.search(stderr):
            return f" ({self._name_memory()})"
        return ""

    def explain_import_end(self, stderr: str) -> str:
        """Return what to add where a process ended while it imported, which memory may cause."""
        lines = [line.strip() for line in stderr.splitlines() if line.strip()]
        wrote = f"; it wrote: {lines[-1][:_MOST_QUOTED]}" if lines else ""
        return f"{wrote} ({self._name_memory()})" if self._mem_mb else wrote

    def explain_import_time(self) -> str:
        """Return what to add where an import took too long."""
        return f" (the limit is import_timeout_s in {_CONFIG})"

    def _name_memory(self) -> str:
        return f"if memory was short: its limit is {self._mem_mb} MiB of address space, --mg-mem-mb"

    def _explain_message(self, exception_type: str, message: str) -> str:
        if self._mem_mb and (exception_type == "MemoryError" or _MEMORY.search(message)):
            return f" (its memory limit is {self._mem_mb} MiB: --mg-mem-mb)"
        return ""

    def find_refused(self, message: str, traceback: str) -> Refused | None:
        """Return what the sandbox refused, as far as the text of an exception tells."""
        if not self._is_confined:
            return None
        allowed = self._configuration
        path = _PATH.search(message)
        is_refused = _REFUSED.search(message) or (path and _DENIED.search(message))
        if not is_refused and not _UNRESOLVED.search(message):
            return None
        if path is not None:
            return self._find_refused_path(path[1])
        evidence = f"{message}\n{_cut(traceback)}"
        if not allowed.allow_network and (not is_refused or _NETWORK.search(evidence)):
            return Refused("network", "allow_network = true")
        if not allowed.allow_subprocess and _PROCESSES.search(evidence):
            return Refused("subprocess", "allow_subprocess = true")
        return Refused("unknown", "read or write or allow_network or allow_subprocess")

    def _find_refused_path(self, path: str) -> Refused | None:
        if path.startswith("/proc/"):
            # On these levels a process is forked from a confined one, and cannot be allowed more
            # than that: it needs a /proc of its own, which the system may refuse.
            is_forked = self._configuration.isolation in ("fork", "fresh")
            if not is_forked or not path.startswith(_OWN):
                return Refused("process", None, path)
            option = _OTHER_LEVELS
            if not self._configuration.namespaces:
                option += " or, where users may make namespaces, namespaces = true"
            return Refused("process", option, path)
        if path.startswith("/dev/shm"):
            return Refused("shared memory", "allow_subprocess = true", path)
        if not os.path.exists(path) and not os.path.isdir(os.path.dirname(path)):
            return None  # nobody could open it
        return Refused("file", f"read = [{path!r}] or write = [{path!r}]", path)


def _say(refused: Refused) -> str:
    what = _NAMES[refused.kind]
    if refused.option is None:
        return (
            f" (the sandbox refuses {what}, and no option allows it: a process may read what the"
            " kernel says about itself alone)"
        )
    return f" (the sandbox refuses {what}; {_CONFIG} allows it with {refused.option})"


def _cut(traceback: str) -> str:
    """Return the last frames, in which the refused call is."""
    return "\n".join(traceback.splitlines()[-8:])
