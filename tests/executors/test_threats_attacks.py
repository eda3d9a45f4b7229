"""Every attack of attacks.toml on every level: the host and its files are untouched after it."""

import contextlib
import os
import secrets
import socket
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing
from pytest_metamorphic_guard.values.records import Opaque

HERE = Path(__file__).parent
ATTACKS = tomllib.loads((HERE / "attacks.toml").read_text())["attack"]
LEVELS = ["worker", "fork", "fresh", "spawn"]
GOOD = "\n\ndef good(x): return x + 1\n"

pytestmark = pytest.mark.skipif(
    bool(find_missing()), reason="this kernel cannot confine candidates fully"
)


class World:
    """What there is to attack, and whether it was."""

    def __init__(self, folder):
        self.secret = secrets.token_hex(20)
        self.mark = secrets.token_hex(8)
        self.folder = folder / "outside"
        self.folder.mkdir()
        self.canary = self.folder / "canary"
        self.canary.write_text("alive")
        self.secret_file = self.folder / "secret"
        self.secret_file.write_text(self.secret)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.folder / "s"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract_name = "\0mg-" + secrets.token_hex(8)
        self.abstract.bind(self.abstract_name)
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(self.folder / "d"))
        self.closed = self.folder / "closed"
        self.closed.mkdir(mode=0o555)
        self.sockets = [self.tcp, self.udp, self.unix, self.abstract, self.datagrams]
        for listener in (self.unix, self.abstract):
            listener.listen()
        for found in self.sockets:
            found.setblocking(False)

    def describe(self, candidate, baseline):
        ancestors, pid = [], os.getppid()
        while pid > 1:
            ancestors.append(pid)
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return {
            "host": os.getpid(),
            "ancestors": ancestors,
            "canary": str(self.canary),
            "folder": str(self.folder),
            "secret_file": str(self.secret_file),
            "secret_length": len(self.secret),
            "unix": str(self.folder / "s"),
            "datagrams": str(self.folder / "d"),
            "closed": str(self.closed),
            "abstract": self.abstract_name,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "candidate": candidate,
            "baseline": baseline,
            "tests": __file__,
            "harness": sys.modules[LocalExecutor.__module__].__file__,
            "home": str(Path.home()),
        }

    def photograph(self, *folders):
        """Everything about the files in these folders that an attack could change."""
        found = {}
        for folder in (self.folder, *folders):
            for path in [folder, *sorted(folder.rglob("*"))]:
                info = path.lstat()
                content = path.read_bytes() if path.is_file() else b""
                times = info.st_mtime_ns, info.st_mode, info.st_uid, info.st_gid, info.st_nlink
                found[str(path)] = (content, *times, os.listxattr(path, follow_symlinks=False))
        for name in ("/tmp", "/dev/shm", str(Path.home())):
            found[name + "/mg_attack_was_here"] = Path(name, "mg_attack_was_here").exists()
        return found

    def was_contacted(self):
        contacted = []
        for listener in (self.tcp, self.unix, self.abstract):
            try:
                listener.accept()
            except BlockingIOError:
                continue
            contacted.append(listener)
        for receiver in (self.udp, self.datagrams):
            with contextlib.suppress(BlockingIOError):
                contacted.append(receiver.recv(10))
        return bool(contacted)

    def close(self):
        for found in self.sockets:
            found.close()


@pytest.fixture
def world(tmp_path, candidates, monkeypatch):
    made = World(tmp_path)
    made.candidates = candidates
    monkeypatch.setenv("THE_SECRET", made.secret)
    monkeypatch.setenv("ATTACK_MARK", made.mark)
    yield made
    made.close()


def read_memory_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def list_ours(mark):
    """Processes anywhere on this machine that were started with ``mark`` in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark in (folder / "environ").read_bytes():
                    state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                    found.extend([folder.name] if state != "Z" else [])
            except OSError:
                continue
    return found


def list_directories():
    """Directories of this process's workers."""
    base = Path(tempfile.gettempdir(), f"metamorphic-guard-{os.getuid()}")
    return {path for path in base.glob(f"{os.getpid()}-*") if path.is_dir()}


@pytest.fixture(scope="module")
def bystander(tmp_path_factory):
    """The baseline's executor, which no attack may disturb."""
    path = tmp_path_factory.mktemp("bystander") / "baseline.py"
    path.write_text(GOOD)
    executor = LocalExecutor()
    payload = executor.execute(str(path), "good", (0,), 10.0, 512)
    assert payload["result"] == 1, payload
    yield lambda: executor.execute(str(path), "good", (1,), 10.0, 512)
    executor.close()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["name"] for attack in ATTACKS])
def test_an_attack_leaves_the_host_its_files_and_the_next_call_alone(
    attack, level, world, bystander
):
    executor = LocalExecutor(
        {
            "isolation": level,
            "import_timeout_s": attack.get("import_timeout", 10.0),
            "env": ["ATTACK_MARK"],
            "harden": "require",
        }
    )
    candidates = world.candidates
    candidate = candidates.write(attack["source"] + GOOD, "candidate.py")
    baseline = candidates.write(GOOD, "baseline.py")
    before, files = read_memory_mb(), world.photograph(candidates.folder)
    directories = list_directories()
    try:
        payload = executor.execute(
            candidate,
            "attack",
            (world.describe(candidate, baseline),),
            attack.get("timeout", 10.0),
            512,
        )
        is_importable = attack["kind"] != "import" or payload["success"]
        after = executor.execute(candidate, "good", (1,), 10.0, 512)
        other = bystander()
    finally:
        executor.close()

    ending = "returned" if payload["success"] else payload["error_code"]
    assert ending in attack["outcomes"], payload
    if payload["success"] and attack.get("escapes", True):
        assert payload["result"] == []
    if not attack.get("escapes", True) and payload["success"]:
        # What cannot be compared equals nothing, and an instance of a subclass is its base type.
        assert type(payload["result"]) is Opaque or payload["result"] != 7
    if is_importable and attack["name"] != "patched_harness":
        assert after.get("result") == 2, after
    assert other.get("result") == 2, other
    assert "notes" not in other
    assert world.secret not in repr(payload)
    assert world.photograph(candidates.folder) == files
    assert not world.was_contacted()
    assert read_memory_mb() - before < 50
    assert list_ours(world.mark.encode()) == []
    assert list_directories() == directories
