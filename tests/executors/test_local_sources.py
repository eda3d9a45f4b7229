"""What can be called, what is imported, and that an edited candidate is never run stale."""

import sys
from pathlib import Path

import pytest

from pytest_metamorphic_guard.executors.local import LocalExecutor


def call(executor, path, *args, function="solve", timeout_s=10.0, mem_mb=512):
    return executor.execute(str(path), function, args, timeout_s, mem_mb)


def test_a_module_without_a_source_file_is_called_by_its_name(local):
    assert call(local, "math", 9, function="sqrt")["result"] == 3.0


def test_a_method_of_a_class_is_called_by_its_dotted_name(local, candidates):
    path = candidates.write("class A:\n    @staticmethod\n    def go(x): return x")
    assert call(local, path, 5, function="A.go")["result"] == 5


def test_a_single_file_imports_its_siblings_and_installed_packages(local, candidates):
    candidates.write("VALUE = 5", "helper.py")
    path = candidates.write("import helper, msgpack\ndef solve(): return helper.VALUE")
    assert call(local, path)["result"] == 5


def test_a_file_of_a_package_is_imported_under_its_dotted_name(local, candidates):
    candidates.write("", "shop/__init__.py")
    candidates.write("", "shop/cart/__init__.py")
    candidates.write("RATE = 2", "shop/rates.py")
    path = candidates.write(
        "from ..rates import RATE\ndef solve(): return __name__, RATE", "shop/cart/total.py"
    )
    assert call(local, path)["result"] == ("shop.cart.total", 2)


@pytest.mark.parametrize("name", ["json.py", "heapq.py", "pickle.py", "new solution.py"])
def test_a_candidate_may_be_named_like_a_module_of_the_standard_library(local, candidates, name):
    path = candidates.write("def solve(): return 'mine'", name)
    assert call(local, path)["result"] == "mine"


def test_the_candidate_is_never_imported_into_the_host(local, candidates):
    path = candidates.write("def solve(): return 1", "never_in_the_host.py")
    assert call(local, path)["result"] == 1
    assert "never_in_the_host" not in sys.modules


def test_a_missing_function_is_answered_with_what_there_is(local, candidates):
    path = candidates.write("from os.path import join\ndef solve_fast(): pass\nVALUE = 1")
    payload = call(local, path, function="solve_fats")

    assert (payload["error_type"], payload["error_code"]) == (
        "function_missing",
        "SANDBOX_NO_FUNCTION",
    )
    assert "Did you mean 'solve_fast'?" in payload["error"]
    assert "join" not in payload["error"]
    assert "type int" in call(local, path, function="VALUE")["error"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import does_not_exist", "ModuleNotFoundError: No module named 'does_not_exist'"),
        ("def solve(:", "SyntaxError"),
        ("raise SystemExit(2)", "SystemExit: 2"),
        ("import os; os._exit(4)", "exited with status 4"),
        ("import ctypes; ctypes.string_at(0)", "killed by SIGSEGV"),
        ("x = bytearray(1 << 31)", "its memory limit is 512 MiB"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_candidate_that_does_not_import_is_an_outcome(local, candidates, source, text):
    payload = call(local, candidates.write(source))

    assert (payload["error_type"], payload["error_code"]) == ("import_error", "SANDBOX_IMPORT")
    assert text in payload["error"]


def test_an_import_without_end_is_killed(make_local, candidates):
    executor = make_local(import_timeout_s=0.5)
    payload = call(executor, candidates.write("while True: pass"))
    assert payload["error_type"] == "import_error"
    assert "took longer than 0.5 s" in payload["error"]


def test_the_time_of_the_import_is_not_the_time_of_the_call(local, candidates):
    path = candidates.write("import time; time.sleep(1)\ndef solve(): return 1")
    assert call(local, path, timeout_s=0.9)["result"] == 1


def test_a_failed_import_is_not_repeated_until_the_file_changes(make_local, candidates, tmp_path):
    count = tmp_path / "count"
    path = candidates.write(f"open({str(count)!r}, 'a').write('x')\nraise ValueError('at import')")
    executor = make_local(write=[str(tmp_path)])
    errors = {call(executor, path)["error"] for _ in range(3)}

    assert len(errors) == 1
    assert "at import" in errors.pop()
    assert count.read_text() == "x"

    candidates.write("def solve(): return 'repaired'", Path(path).name)
    assert call(executor, path)["result"] == "repaired"


@pytest.mark.parametrize(
    "specification",
    ["You are a helpful assistant.\nAnswer briefly.", "no/such/file.py", "x" * 5000, ".", "a\0b"],
)
def test_what_is_neither_file_nor_module_is_refused_in_a_sentence(local, specification):
    payload = call(local, specification)
    assert payload["error_type"] == "import_error"
    assert len(payload["error"]) < 300


def test_an_edited_candidate_is_never_run_stale(local, candidates):
    for value in range(5):  # same size, within the same second
        path = candidates.write(f"def solve(): return {value}", "edited.py")
        assert call(local, path)["result"] == value


def test_an_edited_sibling_is_never_run_stale(local, candidates):
    path = candidates.write("import helper\ndef solve(): return helper.VALUE", "main.py")
    for value in range(5):
        candidates.write(f"VALUE = {value}", "helper.py")
        assert call(local, path)["result"] == value


def test_an_edited_module_or_its_neighbour_is_never_run_stale(local, candidates, monkeypatch):
    monkeypatch.syspath_prepend(str(candidates.folder))
    candidates.write("", "by_name/__init__.py")
    for value in range(3):
        candidates.write(f"VALUE = {value}", "by_name/values.py")
        candidates.write("from .values import VALUE\ndef solve(): return VALUE", "by_name/main.py")
        assert call(local, "by_name.main")["result"] == value


def test_a_module_may_claim_to_be_from_a_file_of_any_name(local, candidates, monkeypatch):
    monkeypatch.syspath_prepend(str(candidates.folder))
    candidates.write(
        "__file__ = 'two\\nlines'\n"
        "open(__file__, 'w').close()\n"
        "import os\n"
        "__file__ = os.path.abspath(__file__)\n"
        "def solve(): return 1",
        "claiming.py",
    )
    assert call(local, "claiming")["result"] == 1


def test_a_new_executor_does_not_read_old_bytecode(candidates):
    for value in range(3):
        candidates.write(f"VALUE = {value}", "package/helper.py")
        candidates.write("", "package/__init__.py")
        path = candidates.write(
            "from .helper import VALUE\ndef solve(): return VALUE", "package/m.py"
        )
        executor = LocalExecutor()
        try:
            assert call(executor, path)["result"] == value
        finally:
            executor.close()
    assert not list(candidates.folder.rglob("__pycache__"))


def test_a_new_file_beside_the_candidate_is_seen(local, candidates):
    path = candidates.write(
        """
        try: import late
        except ImportError: late = None
        def solve(): return late is None
        """
    )
    assert call(local, path)["result"] is True
    candidates.write("", "late.py")
    assert call(local, path)["result"] is False


def test_other_files_beside_the_candidate_do_not_end_its_process(local, candidates):
    path = candidates.write("import os\ndef solve(): return os.getpid()")
    first = call(local, path)["result"]
    (candidates.folder / "report.txt").write_text("x")
    assert call(local, path)["result"] == first


class Shape:
    def __init__(self, sides):
        self.sides = sides


class _Holder:
    pass


def test_arguments_of_importable_classes_reach_the_candidate(local, candidates, monkeypatch):
    candidates.write("class Point:\n    def __init__(self, x): self.x = x", "points_of_user.py")
    monkeypatch.syspath_prepend(str(candidates.folder))
    import points_of_user

    path = candidates.write("def solve(p): return p.x", "elsewhere/solve.py")
    assert call(local, path, points_of_user.Point(4))["result"] == 4


def test_an_argument_that_cannot_be_pickled_is_named(local, candidates):
    path = candidates.write("def solve(a, b): return 1")
    payload = call(local, path, 1, lambda: 0)

    assert (payload["error_type"], payload["error_code"]) == (
        "argument_encoding",
        "SANDBOX_ARGUMENT_ENCODING",
    )
    assert "argument 1 of type function" in payload["error"]


def test_an_argument_that_cannot_be_unpickled_is_explained(local, candidates, monkeypatch):
    module = type(sys)("only_in_the_host")
    monkeypatch.setitem(sys.modules, "only_in_the_host", module)
    kind = type("Ghost", (), {"__module__": "only_in_the_host"})
    module.Ghost = kind
    path = candidates.write("def solve(a): return 1")

    for _ in range(2):
        payload = call(local, path, kind())
        assert payload["error_type"] == "argument_encoding"
        assert "only_in_the_host" in payload["error"]
        assert "imported by name" in payload["error"]
    assert call(local, path, 1)["result"] == 1
