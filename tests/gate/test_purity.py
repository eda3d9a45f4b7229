import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import pytest_metamorphic_guard

PACKAGE = Path(pytest_metamorphic_guard.__file__).parent
IMPURE = {
    "datetime", "hypothesis", "importlib", "io", "multiprocessing", "numpy", "os", "pathlib",
    "platform", "pytest", "random", "scipy", "secrets", "socket", "subprocess", "sys", "tempfile",
    "threading", "time", "uuid",
}  # fmt: skip
CALLS = {"open", "print", "input", "eval", "exec", "__import__"}


@pytest.mark.parametrize(
    "path",
    sorted(PACKAGE.glob("gate/*.py")),
    ids=lambda path: path.stem,
)
def test_a_module_that_decides_has_no_clock_files_environment_or_chance(path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=str(module)):
                found = {module.partition(".")[0]}
            case ast.Call(func=ast.Name(id=name)):
                found = {name} & CALLS
                assert not found
            case _:
                found = set()
        assert not found & IMPURE


def test_deciding_imports_neither_pytest_nor_numpy():
    names = ("gate.ranking", "gate.early_stop", "gate.policy_file", "report.document")
    imports = "\n".join(f"import pytest_metamorphic_guard.{name}" for name in names)
    code = f"""if True:
        import sys
{textwrap.indent(imports, " " * 8)}
        print(sorted({{"pytest", "_pytest", "hypothesis", "numpy", "scipy"}} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"
