"""The example of two machines on this one: the commands of the page, with certificates and all."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="pip install 'pytest-metamorphic-guard[dask]'")

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-a-cluster.md"
FOLDER = ROOT / "examples" / "use_a_cluster"
GUARD = ("-p", "no:cacheprovider", "-p", "no:randomly", "-n0")


def find_command(start):
    """Return the words of a command that the page shows."""
    text = PAGE.read_text().replace("\\\n", " ")
    return shlex.split(re.search(rf"^\$ ({start} .*)$", text, re.MULTILINE)[1])


class Machines:
    """What runs on the machines of the page, here in one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.log = folder / "log"

    def start(self, words):
        program, *options = words
        assert program == "dask"
        command = [sys.executable, "-m", f"distributed.cli.dask_{options[0]}", *options[1:]]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(process)

    def find_address(self):
        deadline = time.monotonic() + 60
        while not (found := re.search(r"Scheduler at: +(tls://\S+)", self.log.read_text())):
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return found[1]


@pytest.fixture
def machines(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("no program openssl, which makes the certificates")
    folder = tmp_path / "cluster"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["sh", "make_certificates.sh"], cwd=folder, check=True, capture_output=True)
    made = Machines(folder)
    yield made
    for process in reversed(made.processes):
        process.terminate()
        process.wait()


@pytest.mark.slow  # starts a scheduler, a worker and two sessions
def test_the_commands_of_the_page_decide_on_a_cluster_with_certificates(machines):
    scheduler = find_command("dask scheduler")
    worker = find_command("dask worker")
    session = find_command("pytest")
    # Other addresses, and a machine that has less room; the rest is as it stands there.
    scheduler[scheduler.index("10.0.0.5")] = "127.0.0.1"
    scheduler[scheduler.index("8786")] = "0"
    machines.start([*scheduler, "--no-dashboard"])
    address = machines.find_address()
    worker[worker.index("tls://10.0.0.5:8786")] = address
    worker[worker.index("--nworkers") + 1] = "1"
    machines.start([*worker, "--no-dashboard"])
    config = json.loads((machines.folder / "cluster.json").read_text())
    config |= {"address": address, "connect_s": 60}
    (machines.folder / "cluster.json").write_text(json.dumps(config))

    def run(*more):
        words = [sys.executable, "-m", *session, *GUARD, *more]
        return subprocess.run(
            words, cwd=machines.folder, capture_output=True, text=True, check=False
        )

    good, wrong = run("--mg-n=20"), run("--mg-n=20", "--mg-candidate=lossy.py")
    assert "executor dask" in good.stdout, good.stdout + good.stderr
    assert good.returncode == 0, good.stdout
    assert wrong.returncode == 1, wrong.stdout
    assert "every_place_once" in wrong.stdout
