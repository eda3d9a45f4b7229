"""A message that is no verdict ends with the command that explains it."""

import re

import pytest

from pytest_metamorphic_guard.report.topics import read_topics

TASK = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

task = Task("sums", inputs=st.tuples(st.integers()))

@task.property
def positive(output, x):
    return True
"""
MARK = r"(?m)^why: pytest --mg-why=([\w-]+)$"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--mg-candidate=nope.py",), "implementation"),
        (("--mg-candidate=good.py", "--mg-n=many"), "options"),
        (("--mg-candidate=good.py", "--mg-gate", "--mg-policy=strickt"), "policy"),
        (("--mg-candidate=good.py", "--mg-monitor=latncy"), "monitor"),
        (("--mg-candidate=good.py", "--mg-shard=3/2"), "shards"),
        (("--mg-candidate=good.py", "--mg-compare=gone.json"), "report"),
        (("--mg-candidate=other.py",), "not-called"),
    ],
)
def test_a_fault_of_the_user_leads_to_what_explains_it(
    pytester: pytest.Pytester, arguments: tuple[str, ...], word: str
) -> None:
    pytester.makepyfile(
        test_sums=TASK, good="def solve(x):\n    return x\n", other="def other(x):\n    return x\n"
    )
    result = pytester.runpytest_subprocess(*arguments)
    assert result.ret != 0
    assert set(re.findall(MARK, result.stdout.str())) == {word}


def test_the_option_prints_every_topic_and_runs_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_fails():\n    raise AssertionError\n")
    everything = pytester.runpytest_subprocess("--mg-why=all")
    assert everything.ret == 0
    assert [line.split()[0] for line in everything.outlines] == list(read_topics())
    one = pytester.runpytest_subprocess("--mg-why=policy", "-n2")
    assert one.ret == 0
    assert one.outlines[0] == read_topics()["policy"].title
    assert one.outlines[-1] == "More: docs/how-to/decide-in-ci.md"
    assert max(map(len, one.outlines)) < 80
    unknown = pytester.runpytest_subprocess("--mg-why=polcy")
    assert unknown.ret == pytest.ExitCode.USAGE_ERROR
    assert "Did you mean 'policy'?" in unknown.stderr.str()
    assert f"Words: {', '.join(read_topics())}." in unknown.stderr.str()


FAULTS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task

sums = Task("sums", inputs=[(x,) for x in range(20)])

@sums.property
def same(output, x):
    return output == x

@sums.property
def listed(output, x):
    return [output]

@sums.property(precondition=lambda x: x > 100)
def never(output, x):
    return True

bare = Task("bare", inputs=st.integers())

@bare.property
def anything(output, x):
    return True

def test_of_my_own(mg_candidate):
    assert mg_candidate("text") == "text"
"""
PLAIN = """
from pytest_metamorphic_guard import Task

def test_that_declares():
    Task("later", inputs=5)

def test_that_fails():
    raise ValueError("task 'x': inputs is a int, expected a hypothesis strategy")
"""
WRONG = "from pytest_metamorphic_guard import Task\n\ntask = Task('wrong', inputs=5)\n"
HOOK = """
class Watcher:
    def __init__(self, **options): ...
    def record(self, record): ...
    def finalize(self):
        alert = {"severity": "error", "message": "it looks odd"}
        return {"id": "watcher", "summary": {}, "alerts": [alert]}
"""
# Of that run, in the order of the page of messages.
ALL_WORDS = [
    *("task", "inputs", "check", "violation", "not-called", "no-cases"),
    *("isolation", "monitor", "decision"),
]


def find_links(result: pytest.RunResult) -> list[str]:
    """Return the words to which a run leads, after everything else of its own section."""
    lines = result.outlines
    found = [line for line in lines if re.match(MARK, line)]
    if found:
        first = lines.index(found[0])
        assert lines[first : first + len(found)] == found
        assert " metamorphic guard ==" in "".join(lines[:first])
        assert re.match(r"=+|$", lines[first + len(found)])
    return [line.partition("why=")[2] for line in found]


@pytest.mark.slow  # one run without and one with workers
def test_each_kind_of_fault_of_a_run_leads_on_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_faults=FAULTS,
        test_wrong=WRONG,
        watcher=HOOK,
        new="def solve(x):\n    return x + (x == 3)\n",
        old="def solve(x):\n    return x\n",
    )
    arguments = ["--continue-on-collection-errors", "--mg-candidate=new.py", "--mg-baseline=old.py"]
    arguments += ["--mg-gate", "--mg-monitor=watcher.py:Watcher", "--mg-executor=inprocess"]
    runs = [pytester.runpytest_subprocess(*arguments, *more) for more in ((), ("-n2",))]
    assert [find_links(run) for run in runs] == [ALL_WORDS, ALL_WORDS]


@pytest.mark.slow  # one run without and one with workers
def test_what_fails_where_no_option_is_given_leads_on_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_wrong=WRONG, test_plain=PLAIN)
    for workers in ((), ("-n2",)):
        declared = pytester.runpytest_subprocess("test_wrong.py", *workers)
        assert find_links(declared) == ["task"]
        raised = pytester.runpytest_subprocess("test_plain.py", *workers)
        assert find_links(raised) == ["task"]
        raised.assert_outcomes(failed=2)
    failing = pytester.runpytest_subprocess("test_plain.py", "-k", "that_fails")
    assert find_links(failing) == []


@pytest.mark.slow  # many short runs
def test_no_more_is_said_than_what_is_shown(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_sums=TASK.replace("return True", "return x < 50"), good="def solve(x):\n    return x\n"
    )

    def run(*arguments: str) -> list[str]:
        return find_links(pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments))

    assert run() == ["no-candidate"]
    assert run("--mg-candidate=good.py", "-q") == ["violation"]
    assert run("--mg-candidate=good.py", "-qq") == []
    assert run("--mg-candidate=good.py", "--mg-gate", "-q") == ["decision"]
    # A share decides nothing, and a run that holds has nothing to explain.
    pytester.makepyfile(test_sums=TASK.replace("return True", "return output == x"))
    assert run("--mg-candidate=good.py", "--mg-gate", "--mg-shard=1/2") == []
    idle = ("--mg-candidate=good.py", "--mg-policy=strict")
    assert run(*idle) == ["options"]
    assert run(*idle, "--disable-warnings") == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--mg-task=sum",), "no-candidate"),
        (("--mg-candidate=other=good.py",), "implementation"),
        (("--mg-known=known.toml",), "known"),
    ],
)
def test_a_run_that_is_refused_once_tests_are_collected_leads_on(
    pytester: pytest.Pytester, arguments: tuple[str, ...], word: str
) -> None:
    known = '[[known]]\ntask = "sums"\nentry = "x"\ninput = "(1,)"\nreason = "it is so"\n'
    (pytester.path / "known.toml").write_text(known + "expires = 2999-01-31\n")
    pytester.makepyfile(test_sums=TASK, good="def solve(x):\n    return x\n")
    for workers in ((), ("-n2",)):
        result = pytester.runpytest_subprocess("--mg-candidate=good.py", *arguments, *workers)
        assert result.ret != 0
        assert set(re.findall(MARK, result.stdout.str())) == {word}


def test_a_message_leads_to_its_topic_as_its_word_does(pytester: pytest.Pytester) -> None:
    text = "task 'sums' (test_sums.py:5): two tasks are named 'a', at b and c: rename one"
    result = pytester.runpytest_subprocess(f"--mg-why={text}")
    assert result.ret == 0
    assert result.outlines[0] == read_topics()["task"].title
