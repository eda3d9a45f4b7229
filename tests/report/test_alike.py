"""What many candidates are shown where all of them violate a relation alike."""

import re

import pytest

SHORT = re.compile(r"^like +new1.py, by the same", re.MULTILINE)

CORRECT = "def solve(x):\n    return x * 2\n"
RELATIONS = """
@t.relation
def shifted(x):
    return (x + 1,)

@t.relation
def same(x):
    return (x,)
"""


@pytest.mark.parametrize("others", [CORRECT, "def solve(x):\n    return x * 3\n"])
def test_a_wrong_relation_is_shown_once_and_suspected_once(project, read_texts, others):
    project.write(old=CORRECT, new1=CORRECT, new2=others, new3=CORRECT)
    project.write_task(RELATIONS)
    options = [f"--mg-candidate=new{n}.py" for n in (1, 2, 3)]
    result = project.run("--mg-baseline=old.py", *options, "-p", "no:xdist")

    texts = {key: text for key, text in read_texts(result).items() if "shifted" in key}
    short = [text for text in texts.values() if SHORT.search(text)]
    assert len(texts) == 3
    assert len(short) == (2 if others == CORRECT else 1)
    assert all("violates it too" in text and len(text.splitlines()) <= 8 for text in short)
    assert all("--mg-candidate=new" in text for text in short)
    said = "t::shifted is violated by all 3 candidates and by the baseline: suspect the relation"
    assert [line for line in result.outlines if "suspect the" in line] == [said]


def test_a_regression_of_one_of_them_suspects_nothing(project, read_texts):
    project.write(old="def solve(x):\n    return 0\n", new1=CORRECT, new2=CORRECT)
    project.write_task(RELATIONS)
    result = project.run("--mg-baseline=old.py", "--mg-candidate=new1.py", "--mg-candidate=new2.py")

    assert [len(text.splitlines()) > 8 for text in read_texts(result).values()] == [True, True]
    assert not [line for line in result.outlines if "suspect the" in line]


def test_a_follow_up_that_rng_makes_is_shown_beside_the_example(project, read_texts):
    project.write(new="def solve(xs):\n    return xs[:1]\n")
    project.write_task(
        """
        @t.relation
        def shuffled(xs, rng):
            return (rng.sample(xs, len(xs)),)
        """,
        inputs="[([1, 2, 3, 4, 5],)]",
    )
    (text,) = read_texts(project.run("--mg-candidate=new.py", "--mg-seed=3")).values()

    followup = re.search(r"^follow-up +xs = (\[.*\])", text, re.MULTILINE)[1]
    assert f"rng makes its follow-up ({followup}):" in text
    assert "under another --mg-seed the example has another follow-up" in text


def test_long_texts_can_be_copied_and_tables_of_five_rows_are_whole(project, read_texts):
    project.write(
        new="""
        import pandas as pd
        import sys

        def text(n):
            for number in range(20):
                print("line", number, file=sys.stderr)
            return "alpha beta gamma " * 8 + "x" * n

        def table(n):
            return pd.DataFrame({"count": [n, 1, 2, 3, 4]}, index=list("abcde"))
        """,
        test_it="""
        from pytest_metamorphic_guard import Task

        words = Task("words", inputs=[(4,)], function="text")
        tables = Task("tables", inputs=[(4,)], function="table")

        @words.relation
        @tables.relation
        def more(n):
            return (n + 1,)
        """,
    )
    texts = read_texts(project.run("--mg-candidate=new.py"))

    text = texts["words.more"]
    source = re.search(r"source    -> (\(.*?\))\n", text, re.DOTALL)[1]
    assert eval(source) == "alpha beta gamma " * 8 + "xxxx"
    assert all(re.search(r"(alpha|beta|gamma|x+) ?'\)?$", line) for line in source.splitlines())
    errors = re.search(r"stderr +(.*?)\n\n", text, re.DOTALL)[1].split("\n")
    assert [line.strip() for line in errors][:2] == ["line 0", "line 1"]
    assert errors[-1].strip() == "line 19"
    rows = re.findall(r"([a-e]) +(\d)$", texts["tables.more"], re.MULTILINE)
    assert [row for row, _ in rows] == list("abcde") * 2
