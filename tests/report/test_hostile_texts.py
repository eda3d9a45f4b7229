"""What a candidate writes into answers, names and output steers nobody's terminal or CI job."""

import json
import re
import textwrap
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_metamorphic_guard.contracts.outcomes import PluginIdentity, to_outcome
from pytest_metamorphic_guard.contracts.texts import clean, clean_line

# Everything that steers: a terminal, an editor, a reader of lines, and four CI services.
STEERING = (
    "\x1b[2J\x1b]0;owned\x07\x00\x9b31m\x08\x7f\u202eabc\u2066\u200b\u2028next\u2029next\x85next\ud800"
    "\r::error::one\n::set-output name=a::b\n  ##vso[task.complete result=Succeeded]x\n"
    "##[error]two\n##teamcity[testFailed name='x']\n\t::warning file=a::three\n"
)
HEAD = (
    f"HOSTILE = {STEERING!r}\n" + r"NAME = HOSTILE.replace('\0', '').replace('\ud800', '')" + "\n"
)
CANDIDATES = {
    "value": "def solve(x): return HOSTILE + str(x)",
    "wrapped": "def solve(x): return ['x' * n + HOSTILE for n in range(70)] + [x]",
    "container": "def solve(x): return {HOSTILE: [HOSTILE, {'a' * 60: (HOSTILE, x)}]}",
    "printed": """
        import sys
        def solve(x):
            print(HOSTILE)
            print(HOSTILE, file=sys.stderr)
            return x
        """,
    "exception": """
        def solve(x):
            raise type(NAME, (Exception,), {})(HOSTILE)
        """,
    "chained": """
        def solve(x):
            try:
                raise KeyError(HOSTILE)
            except KeyError as e:
                raise type(NAME, (ValueError,), {'__module__': HOSTILE})(HOSTILE) from e
        """,
    "record": """
        import dataclasses
        R = dataclasses.make_dataclass('R', ['a', 'b'])
        R.__qualname__ = HOSTILE
        def solve(x): return R(HOSTILE, x)
        """,
    "fields": """
        import dataclasses
        def solve(x):
            r = dataclasses.make_dataclass('R', ['a'])(x)
            f = r.__dataclass_fields__
            f[HOSTILE] = f.pop('a')
            f[HOSTILE].name = HOSTILE
            r.__dict__[HOSTILE] = x
            return r
        """,
    "opaque": """
        class Odd:
            __slots__ = ()
            def __repr__(self): return HOSTILE
        Odd.__qualname__ = HOSTILE
        def solve(x): return Odd()
        """,
    "texts_of_numpy": """
        import numpy as np
        def solve(x): return np.array([HOSTILE, str(x)])
        """,
    "at_import": "raise type(NAME, (Exception,), {})(HOSTILE)",
    "other_names": """
        def other(): pass
        globals()[HOSTILE] = other
        """,
    "type_of_function": "solve = type(NAME, (), {})()",
    "exits": """
        import os
        def solve(x):
            os.write(2, HOSTILE.encode(errors='replace'))
            os._exit(3)
        """,
}
TASK = """
    @t.relation(expect="equal")
    def same(x):
        return (x + 1,)

    @t.property
    def said(output, x):
        assert output == x, f"{output}"

    @t.law
    def agrees(solve, x):
        assert solve(x) == "first\\nsecond"

    @t.law
    def prints(solve, x):
        print(solve(x))
        assert [solve(x)] == [x]

    def test_through_a_fixture(mg_candidate):
        assert mg_candidate(1) == "first\\nsecond"
"""
COMMAND = re.compile(r"^\s*::[a-z]|##(\[|vso\[|teamcity\[)", re.IGNORECASE | re.MULTILINE)


def find_steering(text):
    """What of a text would steer its reader, with where it stands."""
    plain = text.replace("\n", "").replace("\t", "")
    found = {ascii(c) for c in plain if not c.isprintable()}
    return sorted(found) + [m[0] for m in COMMAND.finditer(text)]


def list_texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from list_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from list_texts(item)


def list_faults(project, result):
    """Everything that steers in what a run printed and wrote."""
    faults = find_steering("\n".join([*result.outlines, *result.errlines]))
    report = json.loads((project.path / "report.json").read_text())
    faults += [f for text in list_texts(report) for f in find_steering(text)]
    # The parser refuses control characters, and escapes of them as well.
    junit = ET.parse(project.path / "junit.xml").getroot()
    for node in junit.iter():
        for text in (node.text, node.tail, *node.attrib.values()):
            faults += find_steering(text or "")
    summary = project.path / "summary.md"
    return faults + (find_steering(summary.read_text()) if summary.exists() else [])


def run(project, names, *args, executor="local"):
    return project.spawn(
        *(f"--mg-candidate={name}" for name in names),
        "--mg-baseline=fine.py",
        f"--mg-executor={executor}",
        "--mg-gate",
        "--mg-monitor=errors",
        "--mg-monitor=output_drift",
        "--mg-report=report.json",
        "--junitxml=junit.xml",
        *args,
        timeout_s=280,
        GITHUB_STEP_SUMMARY=project.path / "summary.md",
        PYTHONIOENCODING="utf-8:surrogateescape",
    )


@pytest.fixture
def suite(project):
    project.write_task(TASK, inputs="[(1,)]")
    project.write(fine="def solve(x):\n    return x\n")
    for name, source in CANDIDATES.items():
        (project.path / f"{name}.py").write_text(HEAD + textwrap.dedent(source))
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("executor", "options"),
    [("local", ()), ("local", ("-n2", "-vv", "--showlocals", "-rA")), ("inprocess", ())],
    ids=["local", "all that pytest shows, with workers", "inprocess"],
)
def test_nothing_that_a_candidate_says_steers_the_reader(suite, executor, options):
    # With workers and all that pytest shows every one runs on this executor.
    names = ["printed", "exception", "record", "opaque", "at_import"]
    if options or executor == "inprocess":
        names = [name for name in CANDIDATES if (name, executor) != ("exits", "inprocess")]
    names = [f"{name}.py" for name in names]
    result = run(suite, names, *options, executor=executor)
    assert int(result.ret) == pytest.ExitCode.TESTS_FAILED
    assert list_faults(suite, result) == []


@pytest.mark.parametrize("options", [("-v",), ("-q", "-n2")], ids=" ".join)
def test_the_name_of_a_candidates_file_steers_nobody(suite, options):
    names = [
        "::error file=a,title=b::pwn.py",
        "##vso[task.complete]x.py",
        "a\n::error::\x1b[2J\u202e.py",
    ]
    for name in names:
        (suite.path / name).write_text("def solve(x):\n    return 0 / 0\n")
    result = run(suite, names, *options)
    assert int(result.ret) == pytest.ExitCode.TESTS_FAILED
    assert list_faults(suite, result) == []


def test_escapes_say_what_was_there(suite):
    shown = run(suite, ["exception.py"]).stdout.str()
    assert r"\x1b[2J\x1b]0;owned\x07\x00" in shown
    assert r"\x3a:set-output name=a::b" in shown
    assert r"\x23#[error]two" in shown


def test_values_are_compared_as_they_are_however_they_are_shown(project):
    project.write_task("@t.law\ndef same(solve, x):\n    assert solve(x) == '\\x1b[2J::error::'\n")
    project.write(
        right="def solve(x): return '\\x1b[2J::error::'",
        wrong="def solve(x): return r'\\x1b[2J' + '::error::'",
    )
    assert int(project.run("--mg-candidate=right.py").ret) == pytest.ExitCode.OK
    assert int(project.run("--mg-candidate=wrong.py").ret) == pytest.ExitCode.TESTS_FAILED


def test_what_pytest_itself_colours_stays_coloured(suite):
    result = run(suite, ["value.py"], "--color=yes")
    text = result.stdout.str()
    assert "\x1b[31m" in text
    assert not re.search(r"\x1b(?!\[[0-9;]*m)", text)


@pytest.mark.parametrize("kind", ["error", "name", "value", "output"])
def test_texts_are_clean_and_short_once_they_are_read(kind):
    text = STEERING * 100_000
    payload = {"success": kind in ("value", "output"), "result": STEERING}
    payload |= {"stdout": text} if kind == "output" else {}
    payload |= {"error": text} if kind == "error" else {}
    payload |= {"error_type": text, "exception_type": text} if kind == "name" else {}
    outcome = to_outcome(payload, PluginIdentity("executor", "any"))
    shown = [outcome.stdout, str(outcome.payload.get("exception_type", ""))]
    shown += [] if payload["success"] else [outcome.error, outcome.error_type, outcome.error_code]
    assert [find_steering(part) for part in shown] == [[]] * len(shown)
    assert max(map(len, shown)) <= (1 << 20 if kind == "output" else 4_000)
    assert outcome.payload["result"] == STEERING


@given(st.text() | st.lists(st.sampled_from([*STEERING, ":", "#", "e", " "])).map("".join))
def test_cleaning_twice_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once
    assert find_steering(once) == []
    assert find_steering(clean_line(text)) == []
    assert "\n" not in clean_line(text)


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_names_of_two_million_characters_are_cut(project, executor):
    project.write_task("""
        @t.relation(expect="equal")
        def same(x):
            return (x + 1,)

        @t.law
        def agrees(solve, x):
            assert solve(x) == x
    """)
    source = "def solve(x):\n    raise type('N' * 2_000_000, (Exception,), {})('M' * 2_000_000)\n"
    record = (
        "import dataclasses\nR = dataclasses.make_dataclass('R', ['f' * 2_000_000])\n"
        "R.__qualname__ = 'Q' * 2_000_000\ndef solve(x): return R(x)\n"
    )
    project.write(exception=source, record=record, old="def solve(x):\n    return x\n")
    result = project.spawn(
        "--mg-candidate=exception.py",
        "--mg-candidate=record.py",
        "--mg-baseline=old.py",
        f"--mg-executor={executor}",
        "--mg-gate",
        "--mg-monitor=errors",
        "--mg-report=report.json",
        "--junitxml=junit.xml",
    )
    assert int(result.ret) == pytest.ExitCode.TESTS_FAILED
    assert len(result.stdout.str()) < 50_000
    for name in ("report.json", "junit.xml"):
        assert (project.path / name).stat().st_size < 100_000


@pytest.mark.parametrize("executor", ["local", "inprocess"])
def test_of_a_million_functions_only_the_first_are_looked_at(project, executor):
    project.write_task("@t.property\ndef fine(output):\n    return True\n")
    crowd = "def _one(x): return x\nnames = (f'f_{i}' for i in range(1_000_000))\n"
    # The last name is nearly right, and would be proposed if all of them were compared.
    crowd += "globals().update(dict.fromkeys(names, _one))\ndef solver(x): return x\n"
    project.write(crowd=crowd)
    result = project.run("--mg-candidate=crowd.py", f"--mg-executor={executor}")
    result.stdout.fnmatch_lines(["*has no function 'solve' (its functions: *f_0, f_1, f_2, *"])
    assert "Did you mean" not in result.stdout.str()
    assert len(result.stdout.str()) < 50_000
