"""Record what the commands in ``docs/output`` print.

Each file there begins with the command; the rest is what the command printed, without the header
that names the machine. It runs where a reader of the page is: in a clone of the repository, or, for
``docs/output/NAME``, in the folder ``docs/listings/NAME``. ``python docs/record_output.py`` writes
all files anew. The tests compare them with what the commands print now.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "docs" / "output"

# What changes from machine to machine, or with the version of hypothesis.
_FIGURES = (
    (r"\b\d+\.\d+s\b(?: \([\d:]+\))?", "N s"),
    (r"measured in \d+ s", "measured in N s"),
    (r"(?m) +$", ""),
    (r"seed \d+ from the contents", "seed N from the contents"),
    (r"--mg-seed=\d+", "--mg-seed=N"),
    (r"in case \d+ of this run", "in case N of this run"),
    (r"shrunk in \d+ runs from .*", "shrunk in N runs from ..."),
    (r"\d+ regressions in", "N regressions in"),
    (r"[\d.]+ %\s+\d+\s+\d+\s+([-+]\S+ to [-+]\S+|\d)", "N % - +"),
    (r"[\d.]+\s+[\d.]+\s+\S+\s+\S+ to \S+", "N to N"),  # of a metric
    (r"differs by .*(?:\n  .*)*", "differs by N"),
    (r"(?m)^=+ (.*?) =+$", r"== \1 =="),
    (r"(?m)^_+ (.*?) _+$", r"__ \1 __"),
)


def run(command: str, folder: Path) -> str:
    """Return what a command line prints, run by this interpreter where the examples are."""
    words = shlex.split(command)
    if words[0] != "pytest":
        raise ValueError(f"{command!r} does not start with pytest")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("MG_")},
        "COLUMNS": "80",
        # Plugins that change the order, and the files of the cache, are no part of what is shown.
        "PYTEST_ADDOPTS": "--no-header -p no:randomly -p no:cacheprovider",
    }
    for name in ("CI", "GITHUB_ACTIONS", "BUILD_NUMBER", "FORCE_COLOR"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # A reader's folder has another name than the temporary one.
    printed = done.stdout.replace(f"{folder}{os.sep}", "/home/you/work/")
    return re.sub(r"(?m) +$", "", printed.strip("\n")) + "\n"


def find_folder(path: Path, clone: Path) -> Path:
    """Return the folder in which the command of a recorded file runs."""
    return clone if path.parent == OUTPUT else clone / "docs" / "listings" / path.parent.name


def read(path: Path) -> tuple[str, str]:
    """Return the command of a recorded file and what it printed."""
    first, _, rest = path.read_text().partition("\n")
    return first.removeprefix("$ "), rest


def without_figures(text: str) -> str:
    """Return a text in which what may differ between two good runs is the same."""
    for pattern, replacement in _FIGURES:
        text = re.sub(pattern, replacement, text)
    return text


def make_clone(folder: Path) -> Path:
    """Lay the examples and the listings out as in a clone of the repository."""
    for part in ("examples", "docs/listings"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    return folder


def main() -> None:
    """Write every file in ``docs/output`` anew."""
    for path in sorted(OUTPUT.rglob("*.txt")):
        command, before = read(path)
        with tempfile.TemporaryDirectory() as folder:
            clone = make_clone(Path(folder))
            printed = run(command, find_folder(path, clone))
        if without_figures(printed) != without_figures(before):
            path.write_text(f"$ {command}\n{printed}")
            print(f"changed: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
