"""Files as they were at a revision of the repository, kept in a cache beside it.

They are read from git's objects, one by one. So nothing of the work tree or the index is looked at
or changed, and what a repository or a revision says is to be run on a checkout, such as hooks and
filters, is not run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from pytest_metamorphic_guard.contracts.roots import ORIGIN, REVISIONS, TREE

__all__ = ["Checkout", "RevisionError", "check_out"]

# Set while a hook of git runs, and then about what it is to do.
_ABOUT_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
_SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
_LINK, _PROGRAM, _FILE = b"120000", b"100755", b"100644"
_UNUSED_S = 60 * 24 * 3600.0
_SHOWN = 12


class RevisionError(LookupError):
    """A revision cannot be had; its text is a sentence that says why."""


class Checkout(NamedTuple):
    """The files of one revision.

    Attributes:
        folder: Where they are.
        inner: The folder in it that stands for the one from which paths are read.
        sha: The commit.
        top: The folder of the repository itself.
    """

    folder: Path
    inner: Path
    sha: str
    top: Path


def check_out(revision: str, folder: Path) -> Checkout:
    """Return the files of a revision of the repository in which a folder is.

    Raises:
        RevisionError: There is no git, no repository or no such revision, or no room.
    """
    top = Path(os.fsdecode(_ask(folder, "rev-parse", "--show-toplevel")))
    inner = os.fsdecode(_ask(folder, "rev-parse", "--show-prefix"))
    try:
        found = _ask(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        raise RevisionError(
            f"the repository {top} has no revision {revision!r}: name a commit, a branch or a tag"
        ) from None
    sha = found.decode()
    place = _find_cache() / hashlib.sha256(os.fsencode(top)).hexdigest()[:_SHOWN] / sha
    try:
        if not (place / TREE).is_dir():
            _write(top, sha, place)
        os.utime(place)
    except (OSError, ValueError) as error:
        raise RevisionError(f"{revision!r} cannot be written to {place}: {error}") from error
    return Checkout(place / TREE, place / TREE / inner, sha, top)


def _find_cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    return home / REVISIONS


def _ask(folder: Path, *words: str, given: bytes | None = None) -> bytes:
    """Return what git prints, without its last line's end.

    Raises:
        RevisionError: It fails.
    """
    surroundings = {k: v for k, v in os.environ.items() if k not in _ABOUT_A_HOOK}
    surroundings |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - git, with words that are ours or follow --end-of-options
            ["git", *_SETTINGS, *words],  # noqa: S607 - the user's own git
            cwd=folder,
            env=surroundings,
            input=given if given is not None else b"",
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("git is not installed: install it, or give a file instead") from None
    except OSError as error:
        raise RevisionError(f"git cannot be run: {error}") from error
    if done.returncode == 0:
        return done.stdout if given is not None else done.stdout.removesuffix(b"\n")
    said = done.stderr.decode("utf-8", "replace").strip()
    if "not a git repository" in said:
        raise RevisionError(f"{folder} is in no git repository: run pytest in one")
    last = said.splitlines()[-1] if said else f"it ended with {done.returncode}"
    raise RevisionError(f"git {words[0]} failed: {last}")


def _write(top: Path, sha: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    (place.parent / ORIGIN).write_bytes(os.fsencode(top))
    _forget_unused(place.parent)
    # Under another name until it is whole: several processes may want it at once.
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        _write_files(top, sha, made / TREE)
        with contextlib.suppress(OSError):
            made.rename(place)
        if not (place / TREE).is_dir():
            raise OSError(f"{place} cannot be made")
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write_files(top: Path, sha: str, tree: Path) -> None:
    tree.mkdir()
    listed = _ask(top, "ls-tree", "-r", "-z", "--full-tree", sha).split(b"\0")
    files = []
    for line in filter(None, listed):
        about, _, name = line.partition(b"\t")
        mode, _, blob = about.split(b" ")
        if mode in (_LINK, _PROGRAM, _FILE):
            files.append((mode, blob, tree / os.fsdecode(name)))
    _refuse_odd_names([path for _, _, path in files], tree, {p for m, _, p in files if m == _LINK})
    read = _ask(top, "cat-file", "--batch", given=b"".join(blob + b"\n" for _, blob, _ in files))
    start = 0
    links = []
    for mode, _, path in files:
        end = read.index(b"\n", start)
        size = int(read[start:end].split(b" ")[2])
        content = read[end + 1 : end + 1 + size]
        start = end + 2 + size
        if mode == _LINK:
            links.append((path, content))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o555 if mode == _PROGRAM else 0o444)
    # Last, so that no file is written through one.
    for path, content in links:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(os.fsdecode(content))


def _refuse_odd_names(paths: list[Path], tree: Path, links: set[Path]) -> None:
    """Refuse what git itself never makes but a hostile object may hold, to lead elsewhere."""
    for path in paths:
        inside = path.is_relative_to(tree) and ".." not in path.parts[len(tree.parts) :]
        if not inside or not links.isdisjoint(path.parents):
            raise OSError(f"it has a file {path.name!r} that git would not make")


def _forget_unused(folder: Path) -> None:
    """Remove revisions that nobody used for two months."""
    oldest = time.time() - _UNUSED_S
    for place in folder.iterdir():
        with contextlib.suppress(OSError):
            if place.is_dir() and place.stat().st_mtime < oldest:
                shutil.rmtree(place, ignore_errors=True)
