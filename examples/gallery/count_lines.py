"""Print how many lines of declaration a relation takes in this gallery.

``python examples/gallery/count_lines.py`` prints the table of the README. Counted are the lines of
each test file that have code, but for imports and docstrings.
"""

import ast
import importlib.util
from pathlib import Path

from pytest_metamorphic_guard import Task

GALLERY = Path(__file__).parent


def count_lines(path):
    """Return the numbers of lines that declare entries, and of all others."""
    source = path.read_text()
    about_entries, others = set(), set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom) or is_docstring(node):
            continue
        declares = "add(" in ast.unparse(node) or getattr(node, "decorator_list", [])
        lines = about_entries if declares or isinstance(node, ast.FunctionDef) else others
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        lines |= set(range(first, node.end_lineno + 1)) - list_docstring_lines(node)
    blank = {
        number
        for number, line in enumerate(source.splitlines(), start=1)
        if not line.strip() or line.strip().startswith("#")
    }
    return len(about_entries - blank), len(others - blank)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def list_docstring_lines(node):
    first = getattr(node, "body", [None])[0]
    is_one = first is not None and is_docstring(first)
    return set(range(first.lineno, first.end_lineno + 1)) if is_one else set()


def count_entries(path):
    """Return how many relations, properties and laws a test file declares."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return sum(len(one.entries) for one in vars(module).values() if isinstance(one, Task))


def make_table():
    rows = ["| subject | relations | lines of relations | lines of inputs | lines per relation |"]
    rows.append("|---|---|---|---|---|")
    totals = [0, 0, 0]
    for path in sorted(GALLERY.glob("*/test_*.py")):
        counts = [count_entries(path), *count_lines(path)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        rows.append(write_row(path.parent.name, *counts))
    rows.append(write_row("all", *totals))
    return "\n".join(rows) + "\n"


def write_row(name, entries, lines, inputs):
    return f"| {name} | {entries} | {lines} | {inputs} | {(lines + inputs) / entries:.1f} |"


if __name__ == "__main__":
    print(make_table(), end="")
