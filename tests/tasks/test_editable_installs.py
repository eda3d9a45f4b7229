"""Packages that were installed in place by a finder of their own."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

FINDER = """
import sys
from importlib.util import spec_from_file_location

class Finder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname == "acme_inplace":
            return spec_from_file_location(
                fullname, {init!r}, submodule_search_locations=[{folder!r}]
            )

def install():
    sys.meta_path.append(Finder)
"""
TEST = """
from pytest_metamorphic_guard import Task

t = Task("t", inputs=[(4,)])

@t.property
def doubled(output, x):
    assert output == 2 * x
"""


@pytest.fixture
def python(tmp_path):
    """An interpreter with such a package, whose folder even has another name."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    folder = tmp_path / "elsewhere" / "lib"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "rates.py").write_text("TWO = 2\n")
    (folder / "prices.py").write_text("from . import rates\ndef solve(x): return x * rates.TWO\n")
    names = {"init": str(folder / "__init__.py"), "folder": str(folder)}
    (site / "acme_finder.py").write_text(FINDER.format(**names))
    (site / "acme.pth").write_text("import acme_finder; acme_finder.install()\n")
    information = site / "acme_inplace-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-inplace\nVersion: 1\n")
    (information / "top_level.txt").write_text("acme_inplace\n")
    (information / "direct_url.json").write_text(
        f'{{"dir_info": {{"editable": true}}, "url": "file://{folder.parent}"}}'
    )
    ours = Path(__file__).parents[2]
    (site / "zz_borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ours}\n")
    return environment / "bin" / "python"


@pytest.mark.parametrize("specification", ["acme_inplace.prices:solve", "wrapper.py"])
def test_the_worker_reads_a_package_that_is_installed_in_place(python, tmp_path, specification):
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_it.py").write_text(TEST)
    (project / "wrapper.py").write_text("from acme_inplace.prices import solve\n")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command.append(f"--mg-candidate={specification}")
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
