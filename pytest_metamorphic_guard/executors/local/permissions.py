"""What candidate code may read and write, worked out by the host."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.local.editable import list_editable
from pytest_metamorphic_guard.executors.local.setup import Permissions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_metamorphic_guard.executors.local.configuration import Configuration
    from pytest_metamorphic_guard.executors.local.setup import Target

__all__ = ["NETWORK", "SYSTEM", "list_broad", "list_parts", "make_permissions"]

SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/ld.so.conf"),
    *("/etc/localtime", "/etc/timezone", "/etc/os-release", "/etc/mime.types", "/nix/store"),
    *("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/sys/vm"),
    *("/proc/version", "/proc/uptime", "/proc/cgroups", "/sys/devices/system/cpu"),
    *("/sys/devices/system/node", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage"),
)
NETWORK = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf"),
    *("/etc/services", "/etc/protocols", "/etc/ssl", "/etc/pki", "/etc/ca-certificates"),
    "/run/systemd/resolve",
)
_IMPORTABLE = (".py", ".so", ".pth", ".zip")


def make_permissions(
    target: Target,
    directory: str,
    search_path: Iterable[str],
    configuration: Configuration,
    withheld: Collection[str] = (),
) -> Permissions:
    """Return what a worker for this target may do.

    It may read the interpreter, what is on the search path, and the target's own folder. Of folders
    that hold everything else as well, such as the user's home, it may read only what can be
    imported from them; of the top folder of a repository nothing that is hidden.

    Args:
        target: What it imports.
        directory: Its own directory, the only one that it may write to.
        search_path: The host's ``sys.path``.
        configuration: The executor's.
        withheld: Files that it may not read wherever they lie, unless the configuration names them.
    """
    wanted = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *search_path]
    wanted.extend(os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    if target.root:
        wanted.append(target.root)
    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    readable = [*SYSTEM, project, target.file, *map(os.path.abspath, configuration.read)]
    readable.extend(list_editable())
    if target.root and "." in target.name:
        # Its package, which in a folder that may not be read as a whole need not look like one.
        readable.append(os.path.join(target.root, target.name.partition(".")[0]))
    if configuration.allow_network:
        readable.extend(NETWORK)
    unlisted = []
    broad = frozenset(list_broad())
    for folder in filter(None, wanted):
        parts = list_parts(folder, broad)
        if parts is not None:
            unlisted.append(folder)
        readable.extend([folder] if parts is None else parts)
    named = {os.path.realpath(path) for path in configuration.read}
    hidden = [path for path in withheld if os.path.realpath(path) not in named]
    kept, listed = _leave_out(list(filter(None, readable)), hidden)
    return Permissions(
        readable=tuple(dict.fromkeys(kept)),
        listed=tuple(path for path in listed if path not in unlisted),
        unlisted=tuple(dict.fromkeys(unlisted)),
        writable=(directory, "/dev/null", *map(os.path.abspath, configuration.write)),
        allow_network=configuration.allow_network,
        allow_subprocess=configuration.allow_subprocess,
    )


def _leave_out(readable: list[str], hidden: list[str]) -> tuple[list[str], list[str]]:
    if not hidden:
        return readable, []
    # Not loaded where nothing is withheld, which starts sooner.
    from pytest_metamorphic_guard.executors.local.withholding import leave_out

    return leave_out(dict.fromkeys(readable), hidden)


def list_parts(folder: str, broad: frozenset[str]) -> list[str] | None:
    """Return what may be read of a folder; None for all of it."""
    if os.path.realpath(folder) in broad:
        return list(_list_importable(folder))
    if os.path.lexists(os.path.join(folder, ".git")):
        # What a checkout left in it may open the repository to whoever reads it.
        return list(_list_visible(folder))
    return None


def list_broad() -> Iterator[str]:
    """Yield the folders that hold everything else as well, resolved; some of them twice."""
    for start in (os.path.expanduser("~"), tempfile.gettempdir(), "/etc", "/var", "/home", "/root"):
        folder = os.path.realpath(start)
        yield folder
        while (parent := os.path.dirname(folder)) != folder:
            yield parent
            folder = parent


def _list_visible(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if not name.startswith("."):
            yield os.path.join(folder, name)


def _list_importable(folder: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        is_package = entry.name.isidentifier() and os.path.isfile(
            os.path.join(entry.path, "__init__.py")
        )
        if is_package or entry.name.endswith(_IMPORTABLE):
            yield entry.path
