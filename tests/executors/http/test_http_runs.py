"""Runs of pytest whose candidate is a service."""

import json
import signal
import subprocess
import sys
import time

BASELINE = "def solve(n):\n    return 2 * n\n"
TASK = """
    @t.relation(expect=lambda before, after: after == -before)
    def mirrored(n):
        return (-n,)
"""


def test_a_function_is_compared_with_the_service_that_replaces_it(project, service, monkeypatch):
    """Also with a service that tells everybody what token it was sent."""
    monkeypatch.setenv("SHOP_VARIABLE", "s3cr3t-of-the-shop")
    project.write(old=BASELINE)
    project.write_task(TASK, inputs="[(i,) for i in range(40)]")
    config = json.dumps({"headers_from_env": {"Authorization": "SHOP_VARIABLE"}})
    role = ("--mg-candidate-executor=http", f"--mg-candidate-executor-config={config}")
    args = ("--mg-baseline=old.py", *role, "--mg-report=r.json", "--junit-xml=j.xml", "-vv")
    good = project.run("--mg-gate", f"--mg-candidate={service.url}/double", *args)
    assert good.ret == 0, good.outlines
    good.stdout.fnmatch_lines(["ADOPT:*"])
    assert service.count("/double") >= 40
    wrong = project.run(f"--mg-candidate={service.url}/fail", "--mg-measure", *args)
    assert wrong.ret == 1
    wrong.stdout.fnmatch_lines(["*status 500 Internal Server Error: *"])
    report = json.loads((project.path / "r.json").read_text())
    # Which variable it is may be read.
    configs = {one["role"]: one["config"] for one in report["executors"]}
    assert configs["candidate"] == {"headers_from_env": {"Authorization": "SHOP_VARIABLE"}}
    written = (project.path / "r.json").read_text() + (project.path / "j.xml").read_text()
    assert "Internal Server Error" in written
    assert "s3cr3t" not in written + str(wrong.outlines) + str(wrong.errlines)


def test_a_service_that_is_not_there_says_nothing_about_the_candidate(project, service):
    project.write(old=BASELINE)
    project.write_task(TASK)
    args = ("--mg-baseline=old.py", "--mg-candidate-executor=http", "--mg-gate")
    gone = project.run("--mg-candidate=http://127.0.0.1:1/", *args)
    assert gone.ret == 1
    gone.stdout.fnmatch_lines(["*127.0.0.1:1 cannot be reached: Connection refused*"])
    gone.stdout.fnmatch_lines(["INCONCLUSIVE:*"])
    mistyped = project.run(f"--mg-candidate={service.url}", "--mg-executor=htp")
    mistyped.stderr.fnmatch_lines(["*no executor 'htp'*Did you mean 'http'?*"])


def test_a_missing_library_is_one_line(project, service):
    project.write(old=BASELINE)
    project.write_task(TASK)
    project.write(conftest="import sys\nsys.modules['urllib3'] = None\n")
    run = project.spawn(f"--mg-candidate={service.url}/double", "--mg-candidate-executor=http")
    said = (
        "executor 'http' (from pytest-metamorphic-guard): needs 'urllib3', which is not installed"
    )
    assert f"{said}: pip install 'pytest-metamorphic-guard[http]'" in f"{run.stdout} {run.stderr}"
    assert run.ret == 4


def test_a_variable_that_is_not_set_is_named(project, service):
    project.write_task(TASK)
    config = json.dumps({"headers_from_env": {"Authorization": "Bearer {SHOP_VARIABLE}"}})
    run = project.run(f"--mg-candidate={service.url}/double", f"--mg-executor-config={config}")
    assert run.ret == 4
    said = "executor 'http' (from pytest-metamorphic-guard): refused its configuration: the header"
    assert f"{said} 'Authorization' is to hold the environment variable 'SHOP_VARIABLE'" in str(
        run.errlines
    ).replace("\\'", "'")


def test_ctrl_c_ends_calls_that_are_under_way(project, service):
    project.write(old=BASELINE)
    project.write_task(TASK, inputs="[(i,) for i in range(40)]")
    command = [
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *(f"--mg-candidate={service.url}/trickle", "--mg-baseline=old.py", "--mg-gate"),
        *("--mg-timeout-s=600", "--mg-report=r.json"),
    ]
    with subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, text=True) as process:
        while service.count("/trickle") < 8:
            time.sleep(0.01)
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=60)  # and not after ten minutes
    assert "no decision: the run was cut short" in printed
    assert (project.path / "r.json").exists()
    assert process.returncode == 2


def test_an_item_whose_time_is_over_ends_its_calls(project, service):
    project.write_task(TASK, inputs="[(i,) for i in range(40)]")
    args = (f"--mg-candidate={service.url}/trickle", "--mg-measure", "--mg-timeout-s=600")
    run = project.run(*args, "--timeout=1")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*Timeout*"])
