"""The attacks that depend on who one is, as a user without any privilege."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgpack
import pytest

import pytest_metamorphic_guard

HERE = Path(__file__).parent
NOBODY = 65534
KINDS = "signals or memory_of or files_of or limits_of or own_env or outside or rewriting or "
KINDS += "connections or by_number or kernel_ or privileges or folders or fork_bomb or daemon or "
KINDS += "huge_bytes or at_import or swapped or local_sockets or letters_about or outliving or "
KINDS += "socket_buffers or small_threads"

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="the whole suite already runs without privileges",
)


def find_python():
    """An interpreter of this version that everybody may run."""
    version = "{}.{}".format(*sys.version_info)
    for python in (
        sys.executable,
        shutil.which(f"python{version}", path="/usr/bin:/usr/local/bin"),
    ):
        command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            done = subprocess.run(
                command,
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except (OSError, TypeError):
            continue
        if done.stdout.decode().strip() == version:
            return python
    pytest.skip("no interpreter of this version can be run by everybody")


def may_read(python, folder):
    """Whether everybody may list a folder."""
    done = subprocess.run(
        [python, "-c", f"import os; os.listdir({str(folder)!r})"],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@pytest.fixture
def public_folder():
    # Not below pytest's own folder, which belongs to whoever runs the tests.
    folder = Path("/tmp") / f"mg-nobody-{os.getpid()}"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("level", ["worker", "fork"])
def test_the_attacks_of_an_unprivileged_user_fail_as_well(level, public_folder):
    python = find_python()
    path = [Path(pytest_metamorphic_guard.__file__).parents[1], Path(msgpack.__file__).parents[1]]
    if not all(may_read(python, folder) for folder in (*path, HERE)):
        pytest.skip("not everybody may read the project's folder")
    done = subprocess.run(
        [
            python,
            *(
                "-m",
                "pytest",
                str(HERE / "test_threats_attacks.py"),
                "-q",
                "-p",
                "no:cacheprovider",
            ),
            *("-p", "no:randomly", "--import-mode=importlib", f"--confcutdir={HERE}"),
            *("-c", "/dev/null", "--rootdir", str(HERE), f"--basetemp={public_folder / 'tests'}"),
            *("-k", f"{level} and ({KINDS})"),
        ],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd=public_folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(public_folder),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
