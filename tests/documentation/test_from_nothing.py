"""The commands of the tutorial that begins with nothing do what it says."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "from-nothing-to-a-gate.md"
LISTINGS = ROOT / "docs" / "listings" / "suggest"


def read_commands():
    return re.findall(r"```sh\n(pytest .*)\n```", PAGE.read_text(encoding="utf-8"))


@pytest.mark.slow  # the commands are those of the page, and two of them try all small changes
def test_four_commands_lead_from_nothing_to_a_gate(tmp_path):
    for name in ("old", "new", "fixed"):
        shutil.copyfile(LISTINGS / f"{name}.py", tmp_path / f"{name}.py")
    commands = read_commands()
    assert len(commands) == 4
    printed = []
    for command in commands:
        words = [sys.executable, "-m", *shlex.split(command), "-p", "no:randomly"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        printed.append((done.returncode, done.stdout + done.stderr))
    assert [status for status, _ in printed] == [0, 0, 1, 0], printed
    assert "small changes of level" in printed[0][1]
    assert "wrote test_level.py" in printed[1][1]
    assert "REJECT" in printed[2][1]
    assert "ADOPT" in printed[3][1]
    written = (tmp_path / "test_level.py").read_text(encoding="utf-8")
    shown = (LISTINGS / "test_level.py").read_text(encoding="utf-8")
    # Which of several that notice as much comes first depends on the inputs, and so on hypothesis.
    assert written.partition("# Held")[0] == shown.partition("# Held")[0]
    assert "order_free" in written
