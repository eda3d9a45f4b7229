"""Evaluations from scripts, standard input and loops of pytest, as users write them."""

import subprocess
import sys

import pytest

from pytest_metamorphic_guard import Implementation, ImplementationError

SCRIPT = """
from pytest_metamorphic_guard import EvaluationConfig, Implementation, Task, run

t = Task("t", inputs=[(1,), (2,)])

@t.property
def kept(output, x):
    assert output == x

def solve(x):
    return x

{guard}result = run(t, None, Implementation.from_callable(solve), EvaluationConfig(n=2))
{guard}print(result.outcome, result.reason)
"""
GUARD = 'if __name__ == "__main__": '


def run_script(folder, source, *, as_file=True):
    path = folder / "evaluate.py"
    path.write_text(source)
    return subprocess.run(
        [sys.executable, str(path) if as_file else "-"],
        input=None if as_file else source,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_script_with_a_main_guard_evaluates_its_own_function(tmp_path):
    done = run_script(tmp_path, SCRIPT.format(guard=GUARD))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(("adopt", "inconclusive"))


def test_a_script_without_a_main_guard_is_told_to_have_one(tmp_path):
    done = run_script(tmp_path, SCRIPT.format(guard=""))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "put the call of run() below 'if __name__ == \"__main__\":'" in last


def test_a_function_from_standard_input_is_told_to_be_in_a_file(tmp_path):
    done = run_script(tmp_path, SCRIPT.format(guard=GUARD), as_file=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.endswith("'solve': is in no file: save it in a module, and import that")


def test_an_implementation_is_made_from_a_path(tmp_path):
    path = tmp_path / "new.py"
    path.write_text("def other(x):\n    return x\n")
    assert Implementation(path=path) == Implementation.from_path(path)
    made = Implementation(path=str(path), function="other")
    assert made == Implementation.from_path(str(path), "other")
    with pytest.raises(ImplementationError, match="there is no such file"):
        Implementation(path=tmp_path / "lost.py")
    with pytest.raises(ImplementationError, match="give what to call, such as path="):
        Implementation()


LOOP = """
import os
import pytest

for _ in range(3):
    pytest.main(["-q", "--mg-candidate=new.py", "--mg-gate", "--mg-monitor=latency"] + {words!r})
    print("open", len(os.listdir("/proc/self/fd")))
"""


def test_pytest_in_a_loop_leaves_no_descriptor_open(project):
    project.write_task("@t.property\ndef same(output, x):\n    return output == x\n")
    project.write(new="def solve(x):\n    return x\n")
    # pytest-rerunfailures keeps a socket of its own open for every run.
    words = ["-p", "no:rerunfailures", "-p", "no:randomly"]
    done = run_script(project.path, LOOP.format(words=words))
    counts = {line for line in done.stdout.splitlines() if line.startswith("open ")}
    assert len(counts) == 1, done.stdout
