"""What the host tells a new process before any candidate code is read."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SHARED_MEMORY", "Permissions", "Setup", "Target"]

# Where the files of shared memory are; a process gets a place of its own there.
SHARED_MEMORY = "/dev/shm"


class Target(NamedTuple):
    """What to import: a file, or a module by its dotted name.

    Attributes:
        file: Absolute path of the source file; empty for a module given by name.
        name: Dotted name under which it is imported; empty where the worker chooses one.
        root: Directory that goes to the front of ``sys.path``; empty for a module given by name.
        prepare: Names of functions in it that are called once, as a part of the import.
    """

    file: str
    name: str
    root: str
    prepare: tuple[str, ...] = ()


class Permissions(NamedTuple):
    """What a confined process may do.

    Attributes:
        readable: Files, and directories with everything below, that it may read and execute.
        listed: Directories of which, and below which, it may list the names.
        unlisted: Directories on the search path of which it may read the modules, but not list
            the names.
        writable: Files and directories that it may also change.
        allow_network: Whether it may open sockets and connect.
        allow_subprocess: Whether it may start processes.
    """

    readable: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    allow_network: bool = False
    allow_subprocess: bool = False


class Setup(NamedTuple):
    """Everything a worker needs to know; it travels pickled, from host to worker.

    Attributes:
        host_pid: The process that must be alive; the worker ends when it is not.
        target: What to import.
        search_path: The host's ``sys.path``.
        permissions: What it may do once it is confined; None to leave it unconfined.
        use_namespaces: Whether to go into namespaces of its own.
        is_kept: Whether a parent of its own sweeps what it leaves behind.
        is_fresh: For a zygote: whether only its children import the target.
        import_timeout_s: For a fresh zygote: seconds that each import may take.
        needs_mb: MiB that the import of modules which define classes of inputs may take on top of
            everything else; 0 where none is to be imported, or there is no limit.
        mem_mb: Memory on top of what the interpreter needs, in MiB; 0 means no limit.
        shared_mb: MiB of shared memory, which the limit of memory does not count.
        file_mb: Largest file, in MiB, also of captured output.
        open_files: Number of file descriptors.
        result_bytes: Largest encoded result.
        kinds: Kinds of values that distributions add: name, place and distribution of each.
    """

    host_pid: int
    target: Target
    search_path: tuple[str, ...]
    permissions: Permissions | None
    use_namespaces: bool
    is_kept: bool
    is_fresh: bool
    import_timeout_s: float
    needs_mb: int
    mem_mb: int
    shared_mb: int
    file_mb: int
    open_files: int
    result_bytes: int
    kinds: tuple[tuple[str, str, str], ...]
