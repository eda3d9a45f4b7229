"""A branch for one value is tried with this value, which is read in the file of the candidate."""

import json
import shutil

import pytest

BODY = "@t.property\ndef right(output, x):\n    assert output == x\n"
INTEGERS = "st.tuples(st.integers())"


def write(project, condition, inputs=INTEGERS, **more):
    project.write_task(BODY, inputs=inputs)
    new = f"def solve(x):\n    if {condition}:\n        return None\n    return x\n"
    old = "def solve(x):\n    return x\n"
    project.write(new=more.pop("head", "") + new, old=old, **more)


def run(project, *args, start="run"):
    given = ("--mg-candidate=new.py", "--mg-executor=inprocess")
    return getattr(project, start)(*given, *args)


@pytest.mark.parametrize(
    ("condition", "inputs"),
    [
        ("x == 48151623", INTEGERS),
        ("x == -48151623", INTEGERS),
        ("x == 10**9 + 7", INTEGERS),
        ("x > 123_456_789_012", "st.tuples(st.integers(0, 123_456_789_013))"),
        ("x == 1999.99", "st.tuples(st.floats(allow_nan=False))"),
        ("x == 48151623", "st.tuples(st.floats(allow_nan=False))"),
        ("x == 'DROP TABLE users; -- a longer text'", "st.tuples(st.text())"),
        ("x == b'magic number'", "st.tuples(st.binary())"),
        ("48151623 in x", "st.tuples(st.lists(st.integers()))"),
        ("'secret' in x", "st.tuples(st.dictionaries(st.text(), st.integers()))"),
    ],
)
@pytest.mark.parametrize("option", ["--mg-fail-on=violation", "--mg-measure"])
def test_a_branch_for_one_value_is_found(project, condition, inputs, option):
    write(project, condition, inputs)

    run(project, option).assert_outcomes(failed=1)


def test_a_gate_rejects_for_it_beside_the_sample(project):
    write(project, "x == 48151623")

    result = run(project, "--mg-baseline=old.py", "--mg-gate", "--mg-report=r.json")

    assert result.ret == 1
    gate = json.loads((project.path / "r.json").read_text())["gate"]
    assert gate["outcome"] == "reject"
    task = gate["decisions"][0]["tasks"][0]
    assert (task["ran"], task["passed"]) == (100, 100)
    result.stdout.fnmatch_lines(["*x = 48151623"])


def test_a_literal_of_the_baseline_and_one_of_a_module_beside_count_too(project):
    write(project, "x == LIMIT", head="from limits import LIMIT\n", limits="LIMIT = 48151623\n")
    run(project).assert_outcomes(failed=1)

    project.write(old="def solve(x):\n    return None if x == 48151623 else x\n")
    result = project.run("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-executor=inprocess")
    result.assert_outcomes(failed=1)


def test_the_files_are_read_and_not_imported(project):
    write(project, "x == 48151623", head="open('imported.txt', 'w').close()\n")
    # Nothing calls the candidate here, so nothing imports it.
    project.write(
        conftest="""
            import ast
            import pytest
            from pytest_metamorphic_guard.tasks.implementations import Implementation
            from pytest_metamorphic_guard.runner.literals import find_literals

            def pytest_report_header():
                found = find_literals([Implementation("new.py", None, "new.py")])
                return f"literals {found.values}"
        """
    )

    result = project.run("--collect-only")

    result.stdout.fnmatch_lines(["literals (48151623.0, 48151623, 'imported.txt', 'w')"])
    assert not (project.path / "imported.txt").exists()


NORMPATH = """
def normpath(text):
    sep, dot, dotdot, empty = "/", ".", "..", ""
    if text == empty:
        return dot
    slashes = 2 if text.startswith("//") and not text.startswith("///") else text[:1] == sep
    kept = []
    for part in text.split(sep):
        if part in (empty, dot):
            continue
        if part != dotdot or (not slashes and not kept) or (kept and {ASKED}):
            kept.append(part)
        elif kept:
            kept.pop()
    return sep * slashes + sep.join(kept) or dot
"""
UNESCAPE = """
import re

_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")

def unescape(text):
    if "&" not in text:
        return text
    def read(found):
        hexadecimal, decimal = found.groups()
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return chr(number) if {LEAST} <= number <= 0x10FFFF else "?"
    return _NUMBER.sub(read, text)
"""
SPLIT = """
def split(text):
    words, word, quote = [], None, None
    for char in text:
        if quote is not None:
            if char == quote:
                quote = None
            else:
                word += {ADDED}
        elif char in "'\\"":
            quote, word = char, word or ''
        elif char in " \\t\\n":
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
    return words if word is None else [*words, word]
"""
BYTES = """
def count(text):
    return text.strip().{COUNT}(b"\\r\\n") if b"\\r\\n" in text else 0
"""
# What is wrong in the new one shows only where several literals meet.
PAIRS = {
    "normpath": (NORMPATH, "{ASKED}", "kept[-1] == dotdot", "False"),
    "unescape": (UNESCAPE, "{LEAST}", "0", "0x40"),
    "split": (SPLIT, "{ADDED}", "char", "'' if char + word[-1:] == '  ' else char"),
    "count": (BYTES, "{COUNT}", "count", "__contains__"),
}


def write_pairs(project):
    files, lines = {}, ["from pytest_metamorphic_guard import Task, from_types\n"]
    for name, (source, hole, right, wrong) in PAIRS.items():
        kind = "bytes" if name == "count" else "str"
        files[f"old_{name}"] = source.replace(hole, right)
        files[f"new_{name}"] = source.replace(hole, wrong)
        lines += [
            f"def {name}(text: {kind}): ...",
            f"one = Task({name!r}, inputs=from_types({name}), function={name!r})",
            f"task_{name} = one",
        ]
    project.write(test_it="\n".join(lines), **files)
    return [
        f"--mg-{role}={name}={prefix}_{name}.py"
        for name in PAIRS
        for role, prefix in (("candidate", "new"), ("baseline", "old"))
    ]


@pytest.mark.parametrize("option", ["--mg-fail-on=violation", "--mg-measure"])
def test_literals_are_parts_of_texts_that_are_made_from_types(project, option):
    """Each candidate differs from its baseline where literals are joined or repeated alone."""
    given = write_pairs(project)

    result = project.run(*given, "--mg-executor=inprocess", "--mg-n=500", option)

    result.assert_outcomes(failed=len(PAIRS))


ASKED = """
@t.property
def asked(output, x, y, z, c):
    assert set(x) <= set("/.abcdefghijklmnop") and 2 <= len(x) <= 5, x
    assert len(y) == 3 and z[:1] != "/" and len(c) == 1, (y, z, c)

@t.property
def never(output, x, y, z, c):
    assert "/../" not in x and y != b"<<<" and not z.startswith("..//") and c != "%"
"""


def test_strategies_yield_what_they_could_yield_before_and_no_more(project):
    """Of a user's strategy its alphabet, its sizes and its filters count."""
    texts = (
        "st.text('/.abcdefghijklmnop', min_size=2, max_size=5), st.binary(min_size=3, max_size=3)"
    )
    more = "st.text().filter(lambda z: z[:1] != '/'), st.characters()"
    project.write_task(ASKED, inputs=f"st.tuples({texts}, {more})")
    looked_for = '"/../", "//", b"<<", ".%", "not of its alphabet", " " * 90'
    project.write(new=f"def solve(x, y, z, c):\n    return {looked_for}\n")

    result = run(project, "--mg-n=400", "-rf")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::t::never*"])


def test_the_same_inputs_are_tried_in_several_processes(project):
    write(project, "x == 48151623 or '<b>' in str(x) and '</b>' in x", "st.tuples(st.text())")

    texts = []
    for workers in ((), ("-n2",)):
        shutil.rmtree(project.path / ".hypothesis", ignore_errors=True)
        result = run(project, "--mg-report=r.json", *workers, start="spawn")
        result.assert_outcomes(failed=1)
        texts.append(json.loads((project.path / "r.json").read_text())["violations"])
    assert texts[0] == texts[1]
    assert texts[0][0]["source_input"] in ("(('<b></b>',),)", "(('</b><b>',),)")
    run(project, "--mg-replay=r.json").assert_outcomes(failed=1)


@pytest.mark.parametrize("source", ["def solve(x:\n", "\0", "Answer {x}.", ""])
def test_a_file_that_is_no_python_has_none(project, source):
    project.write_task(BODY, inputs=INTEGERS)
    (project.path / "new.py").write_text(source)

    result = run(project)

    result.assert_outcomes(failed=1)
    assert "Traceback" not in result.stdout.str()
