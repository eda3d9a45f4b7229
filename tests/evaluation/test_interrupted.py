"""Ctrl-C while a candidate is waited for: what was promised is shown and written."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

# Says that the first call has begun, in the process that waits for it.
BEGUN = """
class Waiting:
    def __init__(self, config=None):
        pass

    def execute(self, file_path, func_name, args, timeout_s, mem_mb):
        import pathlib, time
        pathlib.Path("begun").touch()
        try:
            time.sleep(100)
        except KeyboardInterrupt:
            pathlib.Path("ended").touch()
            raise
"""


@pytest.mark.parametrize("to_group", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["n0", "n2"])
@pytest.mark.parametrize("gate", [True, False], ids=["gate", "find"])
def test_a_run_that_is_interrupted_in_its_first_item_says_so(gate, project, options, to_group):
    project.write_task("@t.property\ndef right(output, x):\n    assert output == x\n")
    project.write(new="def solve(x):\n    return x\n", waiting=BEGUN)
    given = ["--mg-candidate=new.py", "--mg-executor=waiting:Waiting", "--mg-timeout-s=100"]
    given += ["--mg-report=r.json", *(["--mg-gate"] if gate else []), *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *given],
        cwd=project.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        wait_for(project.path / "begun", process)
        (os.killpg if to_group else os.kill)(process.pid, signal.SIGINT)
        text, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    said = "no decision: the run was cut short" if gate else "cut short before an item had ended"
    assert said in text
    report = json.loads((project.path / "r.json").read_text())
    assert (report["partial"], report["gate"]) == (True, None)
    # The call heard of it, rather than end with its process; a worker may outlive the run a little.
    wait_for(project.path / "ended")


def wait_for(path, process=None):
    until = time.monotonic() + (60 if process else 10)
    while not path.exists():
        assert process is None or process.poll() is None, process.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.05)
