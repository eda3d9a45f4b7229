"""Inputs from a file: a line is an input, a column an argument, and ids are kept in reports."""

import json

import pytest

from pytest_metamorphic_guard import TaskError, from_file, union

TASKS = """
from hypothesis import strategies as st
from pytest_metamorphic_guard import Task, from_file, union

lines = Task("lines", inputs=from_file("data/questions.jsonl", columns=["b", "a"]))
table = Task("table", inputs=from_file("data/questions.csv"))
both = Task("both", inputs=union(from_file("data/questions.csv"), from_file("data/more.csv")))
drawn = Task("drawn", inputs=union(from_file("data/more.csv"), {"a": st.just(5), "b": st.just(6)}))

def below(output, first, second):
    assert output < 7

for task in (lines, table, both, drawn):
    task.property(below)
"""
# Takes its arguments by name, in an order of its own.
NEW = "def solve(a, b):\n    return 10 * a - b if (a, b) in [(1, 2), (5, 6)] else 0\n"


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["n0", "n2"])
def test_lines_and_columns_become_inputs_and_ids_are_reported(project, workers):
    (project.path / "tests" / "data").mkdir(parents=True)
    data = project.path / "tests" / "data"
    (data / "questions.jsonl").write_text(
        '{"id": "q-0", "a": 3, "b": 4, "why": null}\n\n{"id": "q-7", "a": 1, "b": 2, "why": ""}\n'
    )
    (data / "questions.csv").write_text("id,a,b\nrow-1,3,4\nrow-2,1,2\n")
    (data / "more.csv").write_text("b,a,id\n2,1,more-1\n4,3,\n")
    (project.path / "tests" / "test_it.py").write_text(TASKS)
    (project.path / "new.py").write_text(NEW)

    start = project.spawn if workers else project.run
    result = start("--mg-candidate=new.py", "--mg-executor=inprocess", *workers)

    result.assert_outcomes(failed=4)
    # In the order of columns=, and of the first source.
    assert "b = 2, a = 1" in result.stdout.str()
    result.stdout.fnmatch_lines_random(
        [
            *("id * q-7", "id * row-2", "id * more-1"),
            "lines: its inputs leave out the column why of data/questions.jsonl",
            "both: its inputs leave out 2 inputs that stand in several sources, or twice",
        ]
    )


WRONG = {
    "a.jsonl": ('{"a": 1}\n\n{"a": }\n', "'a.jsonl': line 3: is no JSON: Expecting value"),
    "b.jsonl": ('{"a": 1}\n[2]\n', "line 2: is a list, expected an object such as"),
    "c.jsonl": ('{"a": 1}\n{"b": 2}\n', "line 2: has 'b', which line 1 has not"),
    "d.jsonl": ('{"a": 1, "b": 2}\n{"b": 2}\n', "line 2: has no 'a', which line 1 has"),
    "e.jsonl": ("\n", "has no inputs"),
    "f.csv": ('a,b\n"1\n",2\n3\n', "line 4: has 1 fields, the first line 2"),
    "g.csv": ("a b\n1\n", "the column 'a b' is no name of a parameter: choose"),
    "h.csv": (b"a\n1\n\xff\n", "line 3: is no UTF-8"),
    "i.csv": ("a,a\n1,2\n", "line 1: names the column 'a' more than once"),
    "j.txt": ("1\n", "has the ending '.txt', expected one of .jsonl, .ndjson, .csv"),
    "k.parquet": ("no", "is no parquet file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_named_with_its_number(tmp_path, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="no library here reads parquet")
    content, fault = WRONG[name]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(TaskError) as error:
        from_file(tmp_path / name)

    assert fault in str(error.value).replace(str(tmp_path) + "/", "")
    assert "test_from_file.py" in error.value.location


def test_a_column_of_numbers_alone_is_numbers_and_parquet_keeps_its_types(tmp_path):
    (tmp_path / "a.csv").write_text("n,x,zip,gap\n1,1,00501,1\n-2,2.5,10001,\n")
    assert from_file(tmp_path / "a.csv").cases == [(1, 1.0, "00501", 1), (-2, 2.5, "10001", None)]
    parquet = pytest.importorskip("pyarrow.parquet", reason="no library here writes parquet")
    import pyarrow as pa

    parquet.write_table(pa.table({"xs": [[1, 2], []], "id": [7, 8]}), tmp_path / "a.parquet")

    read = from_file(tmp_path / "a.parquet")

    assert (read.cases, read.names) == ([([1, 2],), ([],)], ("xs",))
    assert read.ids == {"([1, 2],)": "7", "([],)": "8"}


def test_sources_that_do_not_fit_together_are_refused_all_at_once(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("a,c\n1,2\n")

    with pytest.raises(TaskError) as error:
        union(from_file(tmp_path / "a.csv"), from_file(tmp_path / "b.csv"), [(1,)], lambda n, s: [])

    assert error.value.faults == (
        "source 2 of union() has the arguments a, c, not a, b",
        "source 3 of union() has 1 arguments, another has 2",
        "source 4 of union() is a function: call it, as in gen_inputs(100, 0)",
    )
    with pytest.raises(TaskError, match="there is no such file in"):
        from_file("not_there.csv")
    with pytest.raises(TaskError, match="has no column 'q', it has a, b"):
        from_file(tmp_path / "a.csv", columns=["q"])


def test_every_kind_of_violation_and_difference_says_its_row(project):
    project.write_task(
        """
        @t.relation(expect="equal")
        def same(x):
            return (x + 1,)

        @t.property
        def right(output, x):
            assert output != 4

        @t.property
        def holds(output, x):
            assert output >= 0

        @t.law
        def law(f, x):
            assert f(x) != 4
        """,
        inputs="from_file('rows.jsonl')",
        agreement=True,
    )
    rows = ['{"x": 1, "id": "one"}', '{"x": 4, "id": "four"}', '{"x": 9, "id": 9}']
    (project.path / "rows.jsonl").write_text("\n".join(rows))
    project.write(
        new="def solve(x):\n    return x if x == 4 else 0\n",
        old="""
        def solve(x):
            if x == 9:
                raise ValueError
            return 0
        """,
    )
    project.run("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-report=r.json")

    report = json.loads((project.path / "r.json").read_text())
    found = {one["relation"]: one["id"] for one in report["violations"]}
    assert found["right"] == found["law"] == found["agreement"] == "four"
    assert found["same"] == "four"
    assert {one["relation"]: one["id"] for one in report["differences"]} == {"holds": "9"}
