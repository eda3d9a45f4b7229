"""The example distribution in a fresh environment, beside metamorphic-guard and alone."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST = """
from pytest_metamorphic_guard import Task

greet = Task("greet", inputs=[("Ann",), ("Bob",), ("Cy",)])

@greet.property
def names(output, name):
    assert name in output
"""
WHERE = """
import metamorphic_guard.monitoring
import pytest_metamorphic_guard
from pytest_metamorphic_guard.loading import load_executor

print(pytest_metamorphic_guard.__file__, metamorphic_guard.monitoring.__file__)
print(load_executor("http_json", {}).identity.distribution)
"""


@pytest.fixture
def build(tmp_path):
    """Build a wheel of a project without the network."""
    pytest.importorskip("hatchling", reason="builds without the network")

    def make(project):
        words = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
        command = [sys.executable, "-m", "pip", *words, "--wheel-dir", str(tmp_path / "wheels")]
        subprocess.run([*command, str(project)], check=True, capture_output=True, text=True)

    make(ROOT)
    make(ROOT / "examples" / "plugins")
    return tmp_path / "wheels"


@pytest.mark.slow
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside metamorphic-guard"])
def test_executor_and_monitor_run_in_a_fresh_environment(build, tmp_path, beside):
    environment = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    for wheel in build.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(site)
    # pytest and its plugins come from here; ours must come from the wheel.
    borrowed = sysconfig.get_path("purelib")
    (site / "zz_borrowed.pth").write_text(f"{borrowed}\n")
    if beside:
        install_upstream(site)
    (tmp_path / "test_greet.py").write_text(TEST)
    (tmp_path / "old.py").write_text("def solve(name):\n    return 'Hi ' + name\n")
    (tmp_path / "new.py").write_text("def solve(name):\n    return 'Dear, very dear ' + name\n")
    command = [str(environment / "bin" / "python"), "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-monitor=answer_length"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MonitorAlertWarning: monitor[answer_length]: candidate's answers are" in done.stdout
    done = subprocess.run(
        [command[0], "-c", WHERE], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    ours, monitoring, executor = done.stdout.split()
    assert ours == str(site / "pytest_metamorphic_guard" / "__init__.py")
    owner = "metamorphic_guard" if beside else "pytest_metamorphic_guard"
    assert Path(monitoring).relative_to(site).parts[0] == owner
    assert executor == "mg-example-plugins"


def install_upstream(site):
    """Install the distribution metamorphic-guard, with what it needs, from the package index."""
    words = ["install", "--quiet", "--disable-pip-version-check", "--target", str(site)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, "metamorphic-guard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("metamorphic-guard cannot be installed: no network")
