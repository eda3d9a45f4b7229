"""The plan of the house on the page about architecture, held against the house."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pytest_metamorphic_guard"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50

# Not of the package: what is tested beside it.
BESIDE = {"documentation", "examples", "loading"}


def list_rooms():
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def read_contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_read_in_ten_minutes(path):
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


def test_no_two_modules_have_names_that_differ_by_an_ending():
    roots = {}
    # Users write the domains of the catalogue: `catalogue.text`.
    inner = {path.stem for path in MODULES if path.parent.name != "catalogue"} - {"__init__"}
    for name in inner:
        root = re.sub(r"(ed|e?rs?|e?s|ings?|ations?|e)$", "", name)
        roots.setdefault(root, set()).add(name)
    assert [names for names in roots.values() if len(names) > 1] == []


def test_a_longer_function_says_why():
    silent = []
    for path in MODULES:
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            said = " ".join(lines[node.lineno - 2 : node.lineno])
            is_long = node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
            if is_long and not re.search(r"# .*lines", said):
                silent.append(f"{path.name}: {node.name}")
    assert silent == []


def test_the_top_of_the_package_has_rooms_and_seven_modules():
    modules = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert modules == {
        "__init__.py",
        "api.py",
        "errors.py",
        "loading.py",
        "merge.py",
        "plugin.py",
        "py.typed",
        "settings.py",
    }


@pytest.mark.parametrize("room", sorted(list_rooms()))
def test_a_room_says_in_a_sentence_who_lives_there(room):
    said = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))
    assert re.match(r"[A-Z].*\.", said.splitlines()[0])


def test_every_room_has_a_folder_of_tests_and_no_other_folder_has():
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert folders - BESIDE == list_rooms()


def test_every_room_stands_on_the_page():
    named = set(re.findall(r"`(\w+)/`", PAGE.read_text()))
    assert list_rooms() <= named


def test_every_path_on_the_page_exists():
    named = re.findall(r"`([\w./]+\.(?:py|md|toml|json)|[\w/]+/)`", PAGE.read_text())
    assert len(named) > 30
    missing = [path for path in named if not any((top / path).exists() for top in (ROOT, PACKAGE))]
    assert missing == []


def test_the_house_has_at_most_twelve_storeys():
    [layers] = [contract for contract in read_contracts() if contract["type"] == "layers"]
    assert layers["exhaustive"]
    assert len(layers["layers"]) <= 12


def test_circles_are_looked_for_everywhere():
    [acyclic] = [one for one in read_contracts() if one["type"] == "acyclic_siblings"]
    assert acyclic["ancestors"] == ["pytest_metamorphic_guard", "pytest_metamorphic_guard.**"]
    assert "ignore_imports" not in acyclic
