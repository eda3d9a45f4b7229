"""What every process of ours does before it reads candidate code."""

from __future__ import annotations

import faulthandler
import io
import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.executors.local.frames import START, STARTED
from pytest_metamorphic_guard.executors.local.hardening.confinement import Confinement
from pytest_metamorphic_guard.executors.local.hardening.libc import unbuffer_stdout
from pytest_metamorphic_guard.executors.local.hardening.limits import MemoryLimit, set_fixed_limits
from pytest_metamorphic_guard.executors.local.hardening.mounts import mount_shared_memory
from pytest_metamorphic_guard.executors.local.hardening.own_proc import PROC, mount_proc
from pytest_metamorphic_guard.executors.local.hardening.parent import tie_to_parent
from pytest_metamorphic_guard.executors.local.keeper import Sweeper, enter_namespaces, keep
from pytest_metamorphic_guard.executors.local.memory import PeakMemory
from pytest_metamorphic_guard.executors.local.serving import pack_frame
from pytest_metamorphic_guard.executors.local.setup import SHARED_MEMORY, Permissions, Setup
from pytest_metamorphic_guard.values.lookup import set_offers
from pytest_metamorphic_guard.values.wire.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.executors.local.line import Line

__all__ = ["Beginning", "begin", "count_threads", "end_copy", "read_file"]

NO_NAMESPACES = "user namespaces (not allowed to this user)"
# The exit status of a copy that a candidate forked and that came back into our code.
_FORKED_COPY = 71

# What the kernel says of this process; not what it says of the network and of other processes.
_OWN_FILES = tuple(
    f"/proc/self/{name}"
    for name in (
        *("maps", "smaps", "smaps_rollup", "status", "stat", "statm", "cmdline", "comm", "cgroup"),
        *("limits", "io", "auxv"),
    )
)

_getpid = os.getpid
_exit = os._exit
_listdir = os.listdir
_len = len


class Beginning(NamedTuple):
    """What the beginning left behind for what follows.

    Attributes:
        setup: What the host said.
        memory: The limit on memory, not applied yet.
        peak: Reads the peak memory of this process; not in a zygote.
        sweeper: Kills what children leave behind; in a zygote alone.
        threads: Descriptor of the directory that lists the threads of this process, or -1.
        confinement: What confines it, where it is confined.
    """

    setup: Setup
    memory: MemoryLimit
    peak: PeakMemory | None
    sweeper: Sweeper | None
    threads: int
    confinement: Confinement | None

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Directories of the search path that this process may not list."""
        permissions = self.setup.permissions
        return () if permissions is None else permissions.unlisted

    def close(self) -> None:
        """Give up what only the process that began needs, in a child of it."""
        self.memory.close()
        if self.sweeper is not None:
            self.sweeper.close()
        if self.threads >= 0:
            os.close(self.threads)


def begin(line: Line, close: Callable[[], None], *, is_zygote: bool) -> Beginning:
    """Answer the request to start: set limits, go apart, and be confined.

    Args:
        line: The pipes to the host.
        close: Closes what only the serving process needs, in ancestors that stay behind.
        is_zygote: Whether processes will be forked from this one.
    """
    kind, nonce, body = line.receive()
    assert kind == START
    setup = _SetupReader(io.BytesIO(body)).load()
    assert isinstance(setup, Setup)
    set_offers(setup.kinds)
    tie_to_parent(setup.host_pid)
    # Whoever started the host may have it ignored, and then no child could be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    set_fixed_limits(setup.file_mb, setup.open_files)
    missing = []
    is_alone = False
    if setup.use_namespaces:
        try:
            enter_namespaces(close)
            is_alone = True
        except (OSError, AttributeError):
            missing.append(NO_NAMESPACES)
    if setup.is_kept and not is_alone:
        keep(close)
    _open_streams()
    sys.path[:] = setup.search_path
    # These open files of /proc, which confinement puts out of reach.
    memory, threads = MemoryLimit(setup.mem_mb, setup.needs_mb), _open_threads()
    peak = None if is_zygote else PeakMemory()
    sweeper = Sweeper(is_alone=is_alone) if is_zygote else None
    confinement = None
    if setup.permissions is not None:
        confinement = _confine(setup.permissions, setup.shared_mb, is_zygote=is_zygote)
        missing += confinement.missing
    line.send(pack_frame(nonce, STARTED, encode(missing)))
    return Beginning(setup, memory, peak, sweeper, threads, confinement)


def end_copy(original: int) -> None:
    """End this process if candidate code forked it: only the original may go on."""
    if _getpid() != original:
        _exit(_FORKED_COPY)


def count_threads(beginning: Beginning) -> int:
    """Return how many threads this process has; 1 where the system does not tell."""
    try:
        return _len(_listdir(beginning.threads)) if beginning.threads >= 0 else 1
    except OSError:
        return 1


def read_file(module: object) -> str:
    """Return the file that a module says it comes from, or an empty string."""
    file = getattr(module, "__file__", None)
    return file if type(file) is str else ""


class _SetupReader(pickle.Unpickler):
    """Finds classes among the modules of the harness, whose packages cannot be imported here."""

    def find_class(self, module_name: str, global_name: str) -> object:
        return getattr(sys.modules[module_name], global_name)


def _open_streams() -> None:
    """Let everything printed reach the files at once, and a crash say where it happened."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    unbuffer_stdout()
    faulthandler.enable(sys.stderr)


def _confine(permissions: Permissions, shared_mb: int, *, is_zygote: bool) -> Confinement:
    has_place = mount_shared_memory(shared_mb)
    if has_place:
        permissions = permissions._replace(writable=(*permissions.writable, SHARED_MEMORY))
    confinement = Confinement(permissions)
    if not is_zygote:
        confinement.confine(_OWN_FILES)
        confinement.forbid_processes()
        return confinement
    # What the kernel says of a zygote holds for no child of it.
    kept = (path for path in permissions.readable if path.startswith(PROC))
    sees_itself = (
        has_place
        and confinement.can_separate
        and mount_proc(kept, keeps_network=permissions.allow_network)
    )
    confinement.confine(own_folder=PROC if sees_itself else None)
    confinement.prepare_children(apart=sees_itself)
    return confinement


def _open_threads() -> int:
    try:
        return os.open("/proc/self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return -1
