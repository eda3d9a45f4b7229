"""Settings and fixtures of this project's own test runs."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Only a conftest.py at the root may name plugins; pytester runs pytest inside a test.
pytest_plugins = ["pytester"]

_ROOT = Path(__file__).parent


@pytest.fixture
def run_in_clone(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run pytest with arguments where the examples and listings lie as in a clone.

    Returns:
        A function that returns the exit status and what was printed.
    """
    for part in ("examples", "docs/listings"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(_ROOT / part, tmp_path / part, ignore=ignored)

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run
