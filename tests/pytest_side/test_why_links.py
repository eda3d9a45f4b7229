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
