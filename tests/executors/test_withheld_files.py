"""Files that a candidate may not read although they lie in its folder, such as its baseline."""

import os
import py_compile
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local.hardening.support import find_missing

pytestmark = pytest.mark.skipif(bool(find_missing()), reason="needs Landlock")

OLD = "def solve(x):\n    return x + 1\n"
LEVELS = ["worker", "fork", "fresh", "spawn"]
# What candidates try; each would answer like the baseline if it got at its file.
READS = {
    "by its path": "exec(open(os.path.join(HERE, 'old.py')).read(), got)",
    "by an import": "got['solve'] = importlib.import_module('old').solve",
    "by a name made up": "got['solve'] = __import__(chr(111) + 'ld').solve",
    "by its bytecode": (
        "path = glob.glob(os.path.join(HERE, '__pycache__', 'old.*'))[0]\n"
        "        exec(marshal.loads(open(path, 'rb').read()[16:]), got)"
    ),
    "from its directory": (
        "os.chdir(HERE)\n        exec(open('/proc/self/cwd/old.py').read(), got)"
    ),
    "by a descriptor": (
        "folder = os.open(HERE, os.O_PATH)\n"
        "        file = os.open('old.py', os.O_RDONLY, dir_fd=folder)\n"
        "        exec(os.read(file, 9999), got)"
    ),
    "by a link": "exec(open(os.path.join(HERE, 'link.py')).read(), got)",
    "by a hard link": "exec(open(os.path.join(HERE, 'hard.py')).read(), got)",
    "by a link to its folder": "exec(open(os.path.join(HERE, 'self', 'old.py')).read(), got)",
    "by a copy of its name": (
        "os.link(os.path.join(HERE, 'old.py'), 'mine.py')\n"
        "        exec(open('mine.py').read(), got)"
    ),
    "by another program's way": "got.update(runpy.run_path(os.path.join(HERE, 'old.py')))",
}
HOSTILE = """
import glob, importlib, marshal, os, runpy
HERE = os.path.dirname(os.path.abspath(__file__))

def solve(x):
    got = {{}}
    try:
        {read}
    except (OSError, IndexError, FileNotFoundError):
        return "kept out"
    return got["solve"](x)
"""


@pytest.fixture
def make_pair(candidates):
    """Write a baseline and a candidate beside it; return the candidate and what is withheld."""

    def make(source, name="new.py", baseline="old.py"):
        old = Path(candidates.write(OLD, baseline))
        py_compile.compile(str(old))
        (candidates.folder / "link.py").symlink_to(old)
        (candidates.folder / "self").symlink_to(candidates.folder)
        os.link(old, candidates.folder / "hard.py")
        return candidates.write(source, name), {str(old): "old.py, the baseline"}

    return make


def call(executor, path, *args):
    return executor.execute(path, "solve", args, 20.0, 512)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_candidate_cannot_read_what_is_withheld(local, make_pair, read):
    path, withheld = make_pair(HOSTILE.format(read=read))
    local.withhold(path, withheld)

    assert call(local, path, 1).get("result") == "kept out"


@pytest.mark.parametrize("level", LEVELS)
def test_files_are_withheld_on_every_level(make_local, make_pair, level):
    path, withheld = make_pair(HOSTILE.format(read=READS["by its path"]))
    executor = make_local(isolation=level)
    executor.withhold(path, withheld)

    assert [call(executor, path, 1).get("result") for _ in range(2)] == ["kept out"] * 2


def test_what_is_not_withheld_could_be_read(local, make_pair):
    path, _ = make_pair(HOSTILE.format(read=READS["by its path"]))

    assert call(local, path, 1)["result"] == 2


def test_what_is_withheld_later_holds_for_the_next_call(local, make_pair):
    path, withheld = make_pair(HOSTILE.format(read=READS["by its path"]))
    assert call(local, path, 1)["result"] == 2
    local.withhold(path, withheld)

    assert call(local, path, 1)["result"] == "kept out"


@pytest.mark.parametrize("level", LEVELS)
def test_siblings_stay_importable_and_readable(make_local, make_pair, candidates, level):
    candidates.write("VALUE = 5", "helper.py")
    candidates.write("from .inner import VALUE", "tools/__init__.py")
    candidates.write("VALUE = 7", "tools/inner.py")
    candidates.write("text", "data/words.txt")
    path, withheld = make_pair(
        """
        import os, helper, tools
        from pathlib import Path
        HERE = Path(__file__).parent
        def solve():
            words = (HERE / "data" / "words.txt").read_text()
            return helper.VALUE, tools.VALUE, words, "helper.py" in os.listdir(HERE)
        """
    )
    executor = make_local(isolation=level)
    executor.withhold(path, withheld)

    assert call(executor, path)["result"] == (5, 7, "text", True)


def test_modules_of_its_package_stay_importable(local, make_pair, candidates):
    candidates.write("", "shop/__init__.py")
    candidates.write("", "shop/cart/__init__.py")
    candidates.write("RATE = 2", "shop/rates.py")
    candidates.write("RATE = 3", "shop/cart/rates.py")
    path, withheld = make_pair(
        """
        from ..rates import RATE
        from . import rates
        def solve():
            try:
                from . import old
            except PermissionError:
                return __name__, RATE, rates.RATE
        """,
        "shop/cart/new.py",
        "shop/cart/old.py",
    )
    local.withhold(path, withheld)

    assert call(local, path)["result"] == ("shop.cart.new", 2, 3)


@pytest.mark.parametrize("source", ["import old", "from old import solve", "import helper"])
def test_a_candidate_that_imports_it_is_told(local, make_pair, candidates, source):
    candidates.write("import old", "helper.py")
    path, withheld = make_pair(source)
    local.withhold(path, withheld)

    payload = call(local, path, 1)

    assert payload["error"] == (
        "new.py imports old.py, the baseline, which candidates cannot read: keep what both need in "
        "a module of its own"
    )
    assert (payload["error_type"], payload["error_code"]) == ("import_error", "SANDBOX_WITHHELD")


def test_a_call_that_reads_it_is_told(local, make_pair):
    path, withheld = make_pair("def solve(x):\n    import old\n    return old.solve(x)")
    local.withhold(path, withheld)

    assert call(local, path, 1)["error"].startswith(
        "new.py reads old.py, the baseline, which candidates cannot: PermissionError"
    )


def test_what_the_user_allows_by_its_name_is_read(make_local, make_pair):
    path, withheld = make_pair(HOSTILE.format(read=READS["by its path"]))
    executor = make_local(read=list(withheld))
    executor.withhold(path, withheld)

    assert call(executor, path, 1)["result"] == 2


def test_a_folder_that_the_user_allows_does_not_open_it(make_local, make_pair, candidates):
    path, withheld = make_pair(HOSTILE.format(read=READS["by its path"]))
    executor = make_local(read=[str(candidates.folder), str(candidates.folder.parent)])
    executor.withhold(path, withheld)

    assert call(executor, path, 1)["result"] == "kept out"
