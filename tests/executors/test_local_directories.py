"""Directories are emptied whatever their owner does meanwhile, and nothing else is touched."""

import ctypes
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local.directories import Workplace, empty_tree, remove_tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")


def swap_for_ever(folder, over):
    """Exchange a folder and a link, as fast as the kernel does it."""
    library = ctypes.CDLL(None)
    one, other = (os.fsencode(folder / name) for name in ("folder", "link"))
    while not over.is_set():
        library.renameat2(-100, one, -100, other, 2)


def test_a_link_in_the_place_of_a_folder_changes_no_mode_elsewhere(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o711)
    outside.chmod(0o711)
    (outside / "kept").write_text("kept")
    work, over = tmp_path / "work", threading.Event()
    work.mkdir()
    thread = threading.Thread(target=swap_for_ever, args=(work, over))
    thread.start()
    try:
        for _ in range(300):
            (work / "folder").mkdir(mode=0o000, exist_ok=True)
            (work / "link").symlink_to(outside)
            while any(work.iterdir()):
                empty_tree(str(work))
            assert stat.S_IMODE(outside.stat().st_mode) == 0o711
            assert (outside / "kept").exists()
    finally:
        over.set()
        thread.join()


def test_a_link_in_the_place_of_the_directory_itself_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.chmod(0o711)
    (outside / "kept").write_text("kept")
    link = tmp_path / "link"
    link.symlink_to(outside)
    remove_tree(str(link))
    assert stat.S_IMODE(outside.stat().st_mode) == 0o711
    assert (outside / "kept").exists()


def test_a_renewed_directory_is_another_one_under_the_same_name(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    workplace = Workplace(str(folder))
    before = os.open(workplace.path, os.O_RDONLY)
    (folder / "work" / "left").write_text("x")
    try:
        assert workplace.renew()
        assert not any(Path(workplace.path).iterdir())
        assert not os.path.sameopenfile(before, os.open(workplace.path, os.O_RDONLY))
    finally:
        os.close(before)
    workplace.remove()
    assert not any(tmp_path.iterdir())


def test_what_was_put_beside_the_directory_is_noticed(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    workplace = Workplace(str(folder))
    folder.chmod(0o700)
    (folder / "beside").write_text("x")
    (folder / "work" / "left").write_text("x")
    assert not workplace.renew()
