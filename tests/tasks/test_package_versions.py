"""Two versions of one package, and files of a revision: beside each other, without mixing."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from pytest_metamorphic_guard import Implementation, ImplementationError
from pytest_metamorphic_guard.contracts.roots import map_entries

PRICES = """
import tools
from shop.inner.deep import add as again

from . import RATE
from .inner.deep import add


def total(x):
    return add(x) * RATE + tools.EXTRA + again(0)
"""
TASK = """
import shop
import tools
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

t = Task("t", inputs=st.tuples(st.integers(0, 9)), function="total")

@t.law
def shown(solve, x):
    print("VALUE", str(solve).split()[0], solve(1))
"""


def write_package(root, rate, more, extra):
    inner = root / "shop" / "inner"
    inner.mkdir(parents=True, exist_ok=True)
    (root / "shop" / "__init__.py").write_text(f"RATE = {rate}\n")
    (root / "shop" / "prices.py").write_text(PRICES)
    (inner / "__init__.py").touch()
    (inner / "deep.py").write_text(f"def add(x):\n    return x + {more}\n")
    (root / "tools.py").write_text(f"EXTRA = {extra}\n")


def git(folder, *words):
    settings = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def shop(project, monkeypatch, tmp_path):
    """Return a project whose work tree, revisions and other folder have other prices."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = project.path
    write_package(path / "src", 2, 1, 0)
    write_package(path / "old" / "src", 3, 5, 100)
    (path / "test_it.py").write_text(TASK)
    (path / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
    (path / ".gitattributes").write_text("*.py filter=evil export-ignore\n")
    git(path, "init", "-q", "-b", "trunk")
    git(path, "add", "-A")
    git(path, "commit", "-qm", "one")
    git(path, "tag", "v1")
    write_package(path / "src", 7, 2, 0)
    git(path, "commit", "-qam", "two")
    write_package(path / "src", 11, 2, 0)
    git(path, "config", "filter.evil.smudge", f"touch {tmp_path}/evil; cat")
    for hook in ("post-checkout", "post-index-change"):
        file = path / ".git" / "hooks" / hook
        file.write_text(f"#!/bin/sh\ntouch {tmp_path}/evil\n")
        file.chmod(0o755)
    return project


def read_values(result):
    lines = {line.split("VALUE ")[1] for line in result.outlines if "VALUE " in line}
    return dict(line.split() for line in lines)


SPECIFICATIONS = {
    "old/src:shop.prices:total": "123",
    "src:shop.prices:total": "35",
    "git:HEAD:src/shop/prices.py:total": "23",
    "git:v1:shop.prices:total": "5",
}
PAIRS = [
    ("old/src:shop.prices:total", "src:shop.prices:total"),
    ("git:v1:shop.prices:total", "git:HEAD:src/shop/prices.py:total"),
]


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_each_version_imports_its_own_modules_and_no_others(shop, executor, tmp_path):
    index, source = shop.path / ".git" / "index", shop.path / "src" / "shop" / "__init__.py"
    before = [(one.read_bytes(), one.stat().st_mtime_ns) for one in (index, source)]
    for baseline, candidate in PAIRS:
        result = shop.spawn(
            f"--mg-baseline={baseline}", f"--mg-candidate={candidate}", "--mg-n=2", "-s",
            f"--mg-executor={executor}",
        )  # fmt: skip
        assert read_values(result) == {
            "baseline": SPECIFICATIONS[baseline],
            "candidate": SPECIFICATIONS[candidate],
        }, result.stdout.str()
    assert [(one.read_bytes(), one.stat().st_mtime_ns) for one in (index, source)] == before
    assert not (tmp_path / "evil").exists()


def test_a_revision_is_compared_under_a_gate_and_named_in_full_in_the_report(shop):
    (shop.path / "test_it.py").write_text(TASK.partition("@t.law")[0])
    sha = git(shop.path, "rev-parse", "HEAD")
    roles = ["--mg-baseline=git:HEAD:shop.prices:total", "--mg-candidate=src:shop.prices:total"]
    (shop.path / "src" / "shop" / "__init__.py").write_text("RATE = 7\n")
    result = shop.spawn(*roles, "--mg-gate", "--mg-report=report.json", "-n2")
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["ADOPT: *"])
    report = json.loads((shop.path / "report.json").read_text())
    named = {one["role"]: one.get("revision") for one in report["implementations"]}
    assert named == {"baseline": sha, "candidate": None}

    (shop.path / "src" / "shop" / "__init__.py").write_text("RATE = 8\n")
    result = shop.run(*roles, "--mg-gate")
    result.stdout.fnmatch_lines(
        [f"*baseline git:HEAD:shop.prices:total ({sha[:12]})*", "REJECT: *"]
    )


def test_what_is_not_there_is_said_in_one_line(shop, tmp_path, monkeypatch):
    sha = git(shop.path, "rev-parse", "HEAD")[:12]
    outside = tmp_path / "outside"
    outside.mkdir()
    found = Implementation.from_specification("git:HEAD:prices.py", shop.path / "src" / "shop")
    assert found.revision.startswith(sha)
    before = Implementation.from_specification("git:trunk~1:src/shop/prices.py", shop.path)
    assert before.revision == git(shop.path, "rev-parse", "v1")
    faults = {
        "git:HEAD~9:src/shop/prices.py": f"the repository {shop.path} has no revision 'HEAD~9'",
        "git:--all:src/shop/prices.py": "has no revision '--all'",
        "git:HEAD:nope.py": f"there is no file 'nope.py' in revision HEAD ({sha})",
        "git:HEAD": "expected git:REV:path.py:function or git:REV:package.module:function",
        "git:HEAD:../../etc/any.py": "there is no file '../../etc/any.py' in revision HEAD",
        "git:HEAD:shop.nope:f": f"there is no module 'shop.nope' in revision HEAD ({sha})",
        "git:HEAD:src/shop/prices.py:a-b": "'a-b' is not the name of a function",
        "old/sr:shop.prices:total": f"there is no folder 'old/sr' in {shop.path}",
        "old/src:shop.nope:total": f"there is no module 'shop.nope' in {shop.path}/old/src",
    }
    for text, fault in faults.items():
        with pytest.raises(ImplementationError) as caught:
            Implementation.from_specification(text, shop.path)
        assert fault in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(ImplementationError, match="is in no git repository: run pytest in one"):
        Implementation.from_specification("git:HEAD:new.py", outside)
    monkeypatch.setenv("PATH", str(outside))
    with pytest.raises(ImplementationError, match="git is not installed: install it, or give"):
        Implementation.from_specification("git:HEAD:new.py", shop.path)


def test_a_revision_is_written_once_and_links_lead_nowhere_else(shop, tmp_path):
    path = shop.path
    (path / "src" / "shop" / "alias.py").symlink_to("prices.py")
    (path / "src" / "shop" / "leak.py").symlink_to("/etc/hostname")
    git(path, "add", "src/shop/alias.py", "src/shop/leak.py")
    git(path, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "links")
    found = Implementation.from_specification("git:HEAD:src/shop/alias.py", path)
    assert found.target.endswith("src/shop/prices.py")
    written = tmp_path / "cache" / "pytest-metamorphic-guard" / "revisions"
    times = {file: file.stat().st_mtime_ns for file in written.rglob("*.py")}
    assert Implementation.from_specification("git:HEAD:src/shop/alias.py", path) == found
    assert times == {file: file.stat().st_mtime_ns for file in written.rglob("*.py")}
    with pytest.raises(ImplementationError, match="there is no file"):
        Implementation.from_specification("git:HEAD:src/shop/leak.py", path)


def test_a_hostile_object_of_git_makes_no_link_outside_of_the_cache(shop, tmp_path):
    """git itself refuses to check out what names a folder as a link does."""
    path, outside = shop.path, tmp_path / "outside"
    outside.mkdir()
    (path / "to").write_text(str(outside))
    (path / "from").write_text("/etc/hostname")
    way, planted = (git(path, "hash-object", "-w", name) for name in ("to", "from"))

    def make_tree(*lines):
        done = subprocess.run(
            ["git", "mktree"],
            input="\n".join(lines),
            cwd=path,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    file = git(path, "rev-parse", "HEAD:test_it.py")
    inner = make_tree(f"120000 blob {planted}\tplanted", f"100644 blob {file}\tfile.py")
    deeper = make_tree(f"040000 tree {inner}\tmade")
    for tree in (inner, deeper):
        root = make_tree(
            f"120000 blob {way}\ta", f"040000 tree {tree}\ta", f"100644 blob {file}\tb.py"
        )
        commit = git(path, "commit-tree", root, "-m", "odd")
        with pytest.raises(ImplementationError, match="that git would not make"):
            Implementation.from_specification(f"git:{commit}:b.py", path)
        assert list(outside.iterdir()) == []


def test_a_repository_may_have_a_name_that_is_no_text(shop, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/n\xff"))
    shop.path.rename(odd)
    found = Implementation.from_specification("git:HEAD~1:shop.prices:total", odd)
    assert map_entries(found.target, [f"{odd}/src"]) != (f"{odd}/src",)
    odd.rename(shop.path)
