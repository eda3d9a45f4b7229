"""Guards that generated code brings along block modules and functions; the harness needs none."""

import pytest

GUARDS = {
    "usual": """
        import builtins, faulthandler, os, shutil, socket, subprocess, sys
        faulthandler.disable()
        builtins.exit = builtins.quit = builtins.help = None
        for name in "kill system putenv remove rmdir fchdir setuid fork killpg rename".split():
            setattr(os, name, None)
        for name in "replace unlink chmod chown chdir getcwd close pipe wait4 waitpid".split():
            setattr(os, name, None)
        shutil.rmtree = shutil.move = subprocess.Popen = socket.socket = None
        for name in "ipdb joblib resource psutil tkinter socket subprocess".split():
            sys.modules[name] = None
    """,
    "all": """
        import array, ctypes, errno, fcntl, gc, mmap, os, pickle, resource, select, signal, socket
        import sys, time
        for module in (array, fcntl, gc, mmap, os, pickle, resource, select, signal, socket, time):
            for name in list(vars(module)):
                if callable(getattr(module, name)) and not name.startswith("__"):
                    setattr(module, name, None)
        for name in list(sys.modules):
            if name not in ("sys", "builtins", __name__):
                sys.modules[name] = None
    """,
}
FUNCTIONS = """
        def solve(x):
            if x < 0:
                raise ValueError("negative")
            while x > 99:
                pass
            return [x, 1.5, "a"]
"""


@pytest.mark.parametrize("level", ["worker", "fork", "fresh", "spawn"])
@pytest.mark.parametrize("guard", GUARDS)
def test_a_candidate_may_block_what_it_likes(make_local, candidates, guard, level):
    local = make_local(isolation=level)
    path = candidates.write(GUARDS[guard] + FUNCTIONS)

    first = local.execute(path, "solve", (1,), 10.0, 512)
    raised = local.execute(path, "solve", (-1,), 10.0, 512)
    hung = local.execute(path, "solve", (100,), 0.3, 512)
    last = local.execute(path, "solve", (2,), 10.0, 512)

    assert (first.get("error"), first["result"]) == (None, [1, 1.5, "a"])
    assert raised["error"] == "ValueError: negative"
    assert hung["error_type"] == "timeout"
    assert last["result"] == [2, 1.5, "a"]
    assert last["resource_usage"]["peak_memory_mb"] > 1
