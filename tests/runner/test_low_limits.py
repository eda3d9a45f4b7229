"""What a container or a shell may limit: each works, or is one line that names the limit."""

import os
import shutil
import subprocess
import sys

import pytest

OPTIONS = ("--mg-candidate=new.py", "--mg-baseline=new.py", "--mg-gate", "--mg-n=60")


@pytest.fixture
def suite(project):
    project.write(new="def solve(x):\n    return sorted(x)\n")
    project.write_task(
        """
        @t.relation
        def reversed_input(x):
            return (x[::-1],)
        """,
        inputs="st.tuples(st.lists(st.integers()))",
    )
    return project


def run_limited(suite, limits, *options, **variables):
    """Run pytest below a shell's limits."""
    command = f'{limits}; exec "$@"'
    words = [sys.executable, "-m", "pytest", "-p", "no:randomly", *OPTIONS, *options]
    environment = {k: v for k, v in os.environ.items() if variables.get(k, v) is not None}
    environment |= {key: value for key, value in variables.items() if value is not None}
    return subprocess.run(
        ["sh", "-c", command, "sh", *words],
        cwd=suite.path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("isolation", ["worker", "fork"])
@pytest.mark.parametrize("limits", ["ulimit -n 100", "ulimit -n 64", "ulimit -v 2000000"])
def test_low_limits_of_a_process_are_enough(suite, limits, isolation):
    done = run_limited(suite, limits, f"--mg-isolation={isolation}", HOME=None)
    assert "ADOPT" in done.stdout, done.stdout


def test_a_file_limit_below_the_size_of_captured_output_is_enough(suite):
    done = run_limited(suite, "ulimit -f 40")
    assert "ADOPT" in done.stdout, done.stdout


def test_a_temporary_folder_that_does_not_exist_is_passed_over(suite):
    done = run_limited(suite, "true", TMPDIR="/nonexistent")
    assert "ADOPT" in done.stdout, done.stdout


def test_a_project_that_cannot_be_written_to_is_run(suite):
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    # As root the rights that overrule a file's permissions are given up.
    prefix = ""
    if os.geteuid() == 0:
        prefix = "set -- setpriv --bounding-set=-dac_override --inh-caps=-dac_override"
        prefix += ' "$@"; '
    suite.path.chmod(0o555)
    try:
        done = run_limited(suite, f"{prefix}true", "-Wignore")
    finally:
        suite.path.chmod(0o755)
    assert "ADOPT" in done.stdout, done.stdout
