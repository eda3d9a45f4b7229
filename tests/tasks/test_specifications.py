"""What a specification of an implementation may name, and what is said of a wrong one."""

import json
import math
from pathlib import Path

import pytest

from pytest_metamorphic_guard import Implementation, ImplementationError
from pytest_metamorphic_guard.contracts.roots import mark_root, split_root

SOURCE = "def solve(x):\n    return x\n\ndef other(x):\n    return -x\n"


@pytest.fixture
def suite(project):
    project.write(one=SOURCE)
    package = project.path / "shop" / "prices"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").write_text("raise SystemExit('imported too early')\n")
    for folder in (package.parent, package):
        (folder / "__init__.py").write_text("")
    (package / "tax.py").write_text(
        "from . import rates\nfrom ..shared import double\n\n\ndef solve(x):\n"
        "    return double(x) // rates.TWO\n"
    )
    (package / "rates.py").write_text("TWO = 2\n")
    (package.parent / "shared.py").write_text("def double(x):\n    return 2 * x\n")
    project.write_task(
        """
        @t.law
        def show(solve, x):
            print(f"\\ncalled: {solve(x)}")
        """,
        inputs="[(4,)]",
    )
    return project


@pytest.mark.parametrize(
    ("specification", "shown"),
    [
        ("one.py", "4"),
        ("./one.py", "4"),
        ("one.py:other", "-4"),
        ("one:other", "-4"),
        ("shop.prices.tax:solve", "4"),
        ("shop/prices/tax.py", "4"),
        ("math:sqrt", "2.0"),
        ("math:factorial", "24"),
        ("json:dumps", "4"),
        ("operator:neg", "-4"),
        ("builtins:abs", "4"),
    ],
)
def test_files_and_modules_are_called(suite, specification, shown):
    result = suite.run("-s", f"--mg-candidate={specification}")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"called: {shown}"])


@pytest.fixture
def folders(project):
    """Packages without ``__init__.py``, and files whose names have dots."""
    for path, source in {
        "acme/sorting/absolute.py": (
            "from .rates import TWO\nfrom ..shared import ONE\n\n\ndef solve(x):\n"
            "    return x * TWO * ONE\n"
        ),
        "acme/sorting/rates.py": "TWO = 2\n",
        "acme/shared.py": "ONE = 1\n",
        "gpt-4.1.py": "def solve(x):\n    return 2 * x\n",
        "models/__init__.py": "",
        "models/rates.py": "TWO = 2\n",
        "models/gpt-4.1.py": "from .rates import TWO\n\n\ndef solve(x):\n    return TWO * x\n",
        "v1.2/old.py": "def solve(x):\n    return 2 * x\n",
        "v1.2/__init__.py": "",
    }.items():
        (project.path / path).parent.mkdir(parents=True, exist_ok=True)
        (project.path / path).write_text(source)
    project.write_task(
        """
        @t.law
        def show(solve, x):
            print(f"\\ncalled: {solve(x)}")
        """,
        inputs="[(4,)]",
    )
    return project


@pytest.mark.parametrize("executor", ["local", "inprocess"])
@pytest.mark.parametrize(
    "specification",
    [
        "acme.sorting.absolute:solve",
        "gpt-4.1.py",
        "gpt-4.1.py:solve",
        "models/gpt-4.1.py",
        "v1.2/old.py",
    ],
)
def test_what_python_imports_the_worker_imports(folders, specification, executor):
    result = folders.run(
        "-s", f"--mg-candidate={specification}", f"--mg-executor={executor}", "-Wignore"
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["called: 8"])


def test_a_module_that_is_not_in_a_folder_without_init_is_said_to_be_missing(folders):
    result = folders.run("--mg-candidate=acme.sorting.lost:solve")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*acme.sorting.lost:solve: there is no module 'acme.sorting.lost' on the import path"]
    )


def test_a_path_says_on_which_folder_imports_begin():
    marked = mark_root("/src", "/src/acme/sorting.py")
    assert marked == "/src/./acme/sorting.py"
    assert split_root(marked) == ("/src", "acme.sorting")
    assert split_root("/src/acme/sorting.py") == ("", "")
    assert split_root("/src/./two words.py") == ("", "")
    assert split_root("/src/./acme/__init__.py") == ("/src", "acme")


def test_an_absolute_path_and_a_symbolic_link_are_called(suite):
    (suite.path / "link.py").symlink_to(suite.path / "one.py")
    for specification in (suite.path / "one.py", "link.py"):
        suite.run(f"--mg-candidate={specification}").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("specification", "said"),
    [
        ("nope.py", "there is no file 'nope.py' in {}"),
        ("nope.py:solve", "there is no file 'nope.py' in {}"),
        ("t=nope.py", "there is no file 'nope.py' in {}"),
        ("shop", "is a folder; name a file in it, such as shop/solution.py"),
        ("shop/", "is a folder; name a file in it, such as shop/solution.py"),
        ("one.py:", "'' is not the name of a function"),
        ("one.py:a-b", "'a-b' is not the name of a function"),
        ("math:a b", "'a b' is not the name of a function"),
        ("one.py:Shop.", "'Shop.' is not the name of a function"),
        ("nomodule:solve", "there is no module 'nomodule' on the import path"),
        ("shop.prices.lost:solve", "there is no module 'shop.prices.lost' on the import path"),
        ("math", "expected path.py, path.py:function, package.module:function, or TASK= before *"),
        ("", "expected path.py, path.py:function, package.module:function, or TASK= before *"),
        ("t=", "expected path.py, path.py:function, package.module:function, or TASK= before *"),
        ("some words", "expected path.py, path.py:function, package.module:function, or *"),
    ],
)
def test_a_specification_that_names_nothing_is_a_wrong_option(suite, specification, said):
    result = suite.run(f"--mg-candidate={specification}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    shown = specification or "''"
    result.stderr.fnmatch_lines([f"ERROR: --mg-candidate={shown}: {said.format(suite.path)}"])


@pytest.mark.parametrize(
    ("specification", "said"),
    [
        ("one.py:nope", "has no function 'nope' (its functions: solve, other)"),
        ("one.py:solved", "has no function 'solved'. Did you mean 'solve'?"),
        ("math:nope", "math has no function 'nope' (its functions: acos, "),
        ("broken.py", "SyntaxError: "),
        ("failing.py", "ZeroDivisionError: division by zero"),
        ("constant.py", "constant.py is of type int and cannot be called"),
    ],
)
def test_a_function_that_cannot_be_had_is_an_item_error(suite, read_texts, specification, said):
    suite.write(broken="def solve(x:\n", failing="1 / 0\n", constant="solve = 3\n")
    result = suite.run(f"--mg-candidate={specification}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=1)
    (text,) = read_texts(result).values()
    assert text.startswith(f"candidate {specification}: ")
    assert said in text


def test_a_baseline_that_cannot_be_had_is_named_as_such(suite, read_texts):
    result = suite.run("--mg-candidate=one.py", "--mg-baseline=one.py:nope")
    (text,) = read_texts(result).values()
    assert text.startswith("baseline one.py:nope: ")


def test_a_module_is_not_imported_to_be_found(suite):
    suite.write(explosive="raise SystemExit('imported into pytest')\n")
    result = suite.run("--mg-candidate=explosive:solve", "--co", "-q")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["test_it.py::t::show"])


def test_an_implementation_can_be_named_in_code(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(SOURCE)
    named = Implementation.from_path(path, "other")
    assert (named.target, named.function, named.label) == (str(path), "other", "one")
    assert named.specification == f"{path}:other"
    assert Implementation.from_path(path).function is None
    assert Implementation.from_dotted("json:dumps").target == json.__file__
    assert Implementation.from_dotted("math:sqrt").target == "math"
    assert Implementation.from_content("a: b\nc").target == "a: b\nc"
    assert Implementation.from_content("a: b\nc").label == "text"
    called = Implementation.from_callable(json.dumps)
    assert (called.target, called.function) == (json.__file__, "dumps")
    assert Implementation.from_callable(math.sqrt).target == "math"


def test_an_implementation_that_names_nothing_is_refused(tmp_path):
    for make in (
        lambda: Implementation.from_path(tmp_path / "nope.py"),
        lambda: Implementation.from_path(tmp_path),
        lambda: Implementation.from_dotted("json.dumps"),
        lambda: Implementation.from_dotted("json:"),
        lambda: Implementation.from_callable(lambda x: x),
        lambda: Implementation.from_callable(tmp_path.exists),
    ):
        with pytest.raises(ImplementationError) as caught:
            make()
        assert caught.value.fault
        assert isinstance(caught.value.specification, str)


def test_relative_paths_in_code_are_made_absolute(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    named = Implementation.from_path("one.py")
    assert Path(named.target) == tmp_path / "one.py"
    assert named.specification == "one.py"
