"""The catalogue: each entry leaves right implementations alone and notices a wrong one."""

import re

import polars as pl
import pytest

from pytest_metamorphic_guard import TaskError, catalogue
from pytest_metamorphic_guard.tasks.catalogue.page import read_condition, read_sentence

LISTS = "[([3, 1, 2, 3],), ([5, 4, 9, 1],)]"
WORDS = "[('Straße and \\'one\\' \"two\" héros\\nend',), ('Is it \"so\", or not?',)]"
COUNTED = "[(n * 'one two ',) for n in range(5)]"
ASKED = "[('What is the height of this mountain?', ['low', 'high', 'none'])]"
ROWS = "[([[n, 5, 2], [4, 0, 3], [2, 2, 9]],) for n in range(5)]"
TRAINING = "[([[1, 2], [4, 0], [3, 5]], [2.0, 5.0, 1.0], [1, 2, 3], [[2, 1]])]"
WEIGHTED = "[({'a': {'b': n, 'c': 1}, 'b': {}, 'c': {'b': 1}}, 'a', 'b') for n in range(1, 6)]"
EDGES = "[([('a', 'b', n), ('a', 'c', 1), ('c', 'b', 1)], 'a', 'b') for n in range(1, 6)]"
POINTS = "[([(0, 0), (4, 0), (4, 3)],), ([(1, 1), (2, 5), (-3, 2), (-1, 0)],)]"
FRAME = "[(pd.DataFrame({'a': [n, 2, 3], 'b': [5, 7, 9]}),) for n in range(1, 9)]"
POLARS = FRAME.replace("pd.", "pl.")
PICTURE = "[(np.array([[0., 1, 0], [0, 3, n]]),) for n in range(5, 10)]"
SELECT = "[('SELECT a, b FROM t',)]"
TOTAL = "[('SELECT COUNT(*) FROM t',)]"
JSON = '[(\'{"a": [1, {"b": "é"}], "c": 2}\',)]'
DICT = "[({'a': 1, 'b': {'d': 2, 'c': 3}},)]"

# The entry, the right function (of the arguments), and inputs.
CASES = f"""
numbers.even() | lambda x: x * x | [(2,), (5,)]
numbers.odd() | lambda x: x**3 | [(2,), (5,)]
numbers.periodic(7) | lambda day: day % 7 | [(2,), (5,)]
numbers.scale_free(3) | lambda xs: max(xs) // min(xs) | {LISTS}
numbers.shift_free(3) | lambda xs: max(xs) - min(xs) | {LISTS}
numbers.moves_with(3) | lambda xs: sorted(xs)[1] | {LISTS}
numbers.smooth(by=0.5, most=0.5) | lambda x: abs(x) | [(2,), (-0.2,)]
sequences.order_free() | sorted | {LISTS}
sequences.same_elements() | lambda xs: [x for x in xs if x > 2] | {LISTS}
sequences.order_follows() | lambda xs: [2 * x for x in xs] | {LISTS}
sequences.copies_free() | lambda xs: sorted(set(xs)) | {LISTS}
sequences.keeps_found() | lambda xs: [x for x in xs if x > 2] | {LISTS}
sequences.keeps_found(name="of_sets") | lambda xs: xs - {{1}} | [({{1, 2, 3}},)]
sequences.joins_parts() | lambda xs: [2 * x for x in xs] | {LISTS}
sequences.sums_parts() | lambda xs: sum(xs) | {LISTS}
sequences.merges_parts() | lambda xs: sorted(xs)[:2] | {LISTS}
sequences.keeps_elements() | sorted | {LISTS}
text.case_free() | lambda s: len(s.casefold().split()) | {WORDS}
text.padding_free() | lambda s: s.strip() | {WORDS}
text.space_runs_free() | lambda s: s.split() | {WORDS}
text.line_endings_free() | lambda s: s.splitlines() | {WORDS}
text.normal_form_free() | lambda s: unicodedata.normalize("NFC", s) | {WORDS}
text.quotes_free() | lambda s: len(re.findall(r"[a-z]+", s)) | {WORDS}
text.grows_with_text() | lambda s: len(s) | {COUNTED}
prompts.upper_case() | lambda s, o: s.lower() | {ASKED}
prompts.lower_case() | lambda s, o: s.upper() | {ASKED}
prompts.spaced_out() | lambda s, o: s.split() | {ASKED}
prompts.punctuation_dropped() | lambda s, o: s.rstrip("?") | {ASKED}
prompts.options_reordered() | lambda s, o: max(o) | {ASKED}
prompts.mistyped(3) | lambda s, o: sorted(s.lower()) | {ASKED}
prompts.paraphrased([["What is", "Tell me"]]) | lambda s, o: s.split()[2:] | {ASKED}
prompts.framed(["Answer: {{}}", "{{}} Quick."]) | lambda s, o: "mountain" in s and max(o) | {ASKED}
prompts.distracted("I like tea.") | lambda s, o: s.split()[-1] | {ASKED}
tables.row_order_free() | lambda t: int(t["a"].sum()) | {FRAME}
tables.row_order_follows() | lambda t: t[t["a"] > 1] | {FRAME}
tables.column_order_free() | lambda t: int((t["b"] - t["a"]).sum()) | {FRAME}
tables.spare_column_free() | lambda t: int((t["b"] - t["a"]).sum()) | {FRAME}
tables.labels_free() | lambda t: t["a"].tolist() | {FRAME}
tables.row_twice_free() | lambda t: int(t["a"].max()) | {FRAME}
tables.doubles_with_rows() | lambda t: int(t["a"].sum()) | {FRAME}
tables.row_order_free(name="of_polars") | lambda t: int(t["a"].sum()) | {POLARS}
tables.spare_column_free(name="of_polars") | lambda t: int((t["b"] - t["a"]).sum()) | {POLARS}
tables.doubles_with_rows(name="of_polars") | lambda t: int(t["a"].sum()) | {POLARS}
arrays.transpose_follows() | lambda a: a + 1 | {PICTURE}
arrays.flip_follows(1) | lambda a: a + 1 | {PICTURE}
arrays.flip_free() | lambda a: float(a.max()) | {PICTURE}
arrays.turn_free() | lambda a: float(a.sum()) | {PICTURE}
arrays.brightness_free() | lambda a: int(a.argmax()) | {PICTURE}
arrays.border_free() | lambda a: int((a > 0).sum()) | {PICTURE}
arrays.layout_free() | lambda a: a[0].tolist() | {PICTURE}
arrays.precision_free("float32") | lambda a: float(a.sum()) | {PICTURE}
graphs.names_free(1, 2) | shortest | {WEIGHTED}
graphs.names_free(1, 2, name="of_edges") | shortest | {EDGES}
graphs.edge_order_free() | shortest | {WEIGHTED}
graphs.edge_order_free(name="edges") | shortest | {EDGES}
graphs.edges_reversed() | shortest | {WEIGHTED}
graphs.edges_reversed(name="edges") | shortest | {EDGES}
graphs.weights_scale(5) | shortest | {WEIGHTED}
graphs.weights_scale(5, name="edges") | shortest | {EDGES}
graphs.lone_node_free() | shortest | {WEIGHTED}
graphs.edge_added(2) | shortest | {WEIGHTED}
graphs.edge_added(2, name="edges") | shortest | {EDGES}
geometry.move_free() | area | {POINTS}
geometry.move_follows() | lambda points: min(points) | {POINTS}
geometry.turn_free() | area | {POINTS}
geometry.mirror_free() | area | {POINTS}
geometry.enlarged(3, degree=2) | area | {POINTS}
geometry.start_free() | area | {POINTS}
models.row_order_follows() | lambda rows: [sum(row) for row in rows] | {ROWS}
models.training_order_free(1, 2) | nearest | {TRAINING}
models.weights_as_copies(2, 1) | nearest | {TRAINING}
models.feature_order_free(3) | nearest | {TRAINING}
models.feature_raises(1) | lambda rows: [row[1] for row in rows] | {ROWS}
models.feature_lowers(1) | lambda rows: [-row[1] for row in rows] | {ROWS}
models.feature_free(1, [7, 8]) | lambda rows: [row[0] for row in rows] | {ROWS}
models.feature_raises("a", name="table") | lambda t: t["a"].tolist() | {FRAME}
models.feature_raises(1, name="array") | lambda a: a[:, 1].tolist() | {PICTURE}
sql.partitioned("a > 1") | query | {SELECT}
sql.partitions_sum("a > 1") | lambda q: query(q)[0][0] | {TOTAL}
sql.true_condition_free() | query | {SELECT}
sql.condition_narrows("a > 1") | query | {SELECT}
serialisation.stable("{{f}}", "undo") | lambda d: json.dumps(d) | {DICT}
serialisation.key_order_free() | lambda d: json.dumps(d, sort_keys=True) | {DICT}
serialisation.layout_free() | json.loads | {JSON}
serialisation.escapes_free() | json.loads | {JSON}
serialisation.unknown_key_free() | lambda d: d["a"] | {DICT}
serialisation.cut_off_is_refused(ValueError) | json.loads | {JSON}
"""

RIGHT = """
import json, re, sqlite3, unicodedata

undo = json.loads

def shortest(graph, start, end):
    edges = [
        (a, b, w) for a, near in graph.items() for b, w in near.items()
    ] if isinstance(graph, dict) else graph
    best = {start: 0}
    for _ in edges:
        for a, b, w in edges:
            if a in best:
                best[b] = min(best.get(b, float("inf")), best[a] + w)
    return best.get(end, float("inf"))

def area(points):
    pairs = zip(points, points[1:] + points[:1])
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairs))

def nearest(rows, targets, weights, asked):
    def distance(row, other):
        return sum((a - b) ** 2 for a, b in zip(row, other))
    def ask(one):
        parts = [(w / (1 + distance(row, one)), t) for row, t, w in zip(rows, targets, weights)]
        return round(sum(p * t for p, t in parts) / sum(p for p, _ in parts), 9)
    return [ask(one) for one in asked]

def query(text):
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE t (a, b)")
        base.executemany("INSERT INTO t VALUES (?, ?)", [(1, 2), (2, 2), (None, 5), (3, None)])
        return [list(row) for row in base.execute(text)]
"""
# Another answer for everything that differs in anything.
WRONG = """
import hashlib

undo = lambda answer: answer

def digest(*args):
    read = [(a, getattr(a, "strides", 0), getattr(a, "dtype", 0)) for a in args]
    return int(hashlib.sha256(repr(read).encode()).hexdigest()[:8], 16) + 1
"""


def read_cases():
    """Return domain, entry, name of the item, declaration, right function and inputs of each."""
    for line in CASES.strip().splitlines():
        declared, function, inputs = line.split(" | ")
        domain, entry = re.match(r"(\w+)\.(\w+)", declared).groups()
        named = re.search(r'name="(\w+)"', declared)
        yield domain, entry, named[1] if named else entry, declared, function, inputs


def write_project(project, wrong):
    code, tasks = [WRONG if wrong else RIGHT], ["import numpy as np, pandas as pd, polars as pl"]
    tasks += ["from pytest_metamorphic_guard import Task, catalogue"]
    for domain, entry, item, declared, function, inputs in read_cases():
        name = f"{domain}_{entry}" + (f"_{item}" if item != entry else "")
        code.append(f"def {name}(*args):\n    return ({'digest' if wrong else function})(*args)")
        tasks.append(
            f"{name} = Task({name!r}, inputs={inputs}, function={name!r})\n"
            f"{name}.add(catalogue.{declared.replace('{f}', name)})"
        )
    project.write(code="\n".join(code), test_it="\n".join(tasks))


def list_entries():
    return {
        (domain, name): getattr(getattr(catalogue, domain), name)
        for domain in catalogue.DOMAINS
        for name in getattr(catalogue, domain).__all__
    }


def test_every_entry_is_tested_and_says_what_must_hold_and_where():
    entries = list_entries()
    assert {(domain, entry) for domain, entry, *_ in read_cases()} == entries.keys()
    for entry in entries.values():
        assert read_sentence(entry)
        assert read_condition(entry)


def test_no_entry_raises_a_false_alarm_on_a_right_implementation(project):
    write_project(project, wrong=False)
    result = project.run("--mg-candidate=code.py", "--mg-executor=inprocess", "--mg-n=8")
    result.assert_outcomes(passed=len(list(read_cases())))


@pytest.mark.slow  # every entry is confirmed in a fresh process
def test_every_entry_notices_an_implementation_that_is_wrong_and_says_its_sentence(
    project, read_texts
):
    write_project(project, wrong=True)
    result = project.run("--mg-candidate=code.py", "--mg-executor=inprocess", "--mg-n=8")
    texts = {name: " ".join(text.split()) for name, text in read_texts(result).items()}
    entries = list_entries()
    silent = []
    for domain, entry, item, *_ in read_cases():
        name = f"{domain}_{entry}" + (f"_{item}" if item != entry else "") + f".{item}"
        if read_sentence(entries[domain, entry]) not in texts.get(name, ""):
            silent.append((name, texts.get(name)))
    assert silent == []


def test_tables_of_polars_are_changed_as_those_of_pandas_are():
    table = pl.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})

    def change(relation):
        (made,) = relation.transform(table)
        return made.to_dict(as_series=False)

    tables, models = catalogue.tables, catalogue.models
    assert change(tables.row_order_free()) == {"a": [3, 2, 1], "b": [6, 5, 4]}
    assert list(change(tables.column_order_free())) == ["b", "a"]
    assert change(tables.spare_column_free("c"))["c"] == [0, 0, 0]
    assert change(tables.doubles_with_rows())["a"] == [1, 2, 3, 1, 2, 3]
    assert list(tables.labels_free().transform(table)) == []
    assert change(models.feature_raises("a", by=10)) == {"a": [11, 12, 13], "b": [4, 5, 6]}
    assert change(models.row_order_follows())["a"] == [3, 2, 1]
    assert list(change(models.feature_order_free())) == ["b", "a"]


def test_typos_keep_to_their_budget_and_leave_short_words_and_numbers_alone():
    import random

    text = "Where did the 4711 travellers arrive yesterday?"
    for seed in range(50):
        ((changed,),) = catalogue.prompts.mistyped(2).transform(text, rng=random.Random(seed))
        before, after = text.split(), changed.split()
        differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert 1 <= len(differing) <= 2
        for old, new in differing:
            assert (sorted(old), old[0], old[-1]) == (sorted(new), new[0], new[-1])
            assert old not in ("did", "the", "4711")


def test_a_wrong_word_is_refused_where_it_is_written():
    with pytest.raises(TaskError, match="a number of words from 1"):
        catalogue.prompts.mistyped(0)
    with pytest.raises(TaskError, match="lists of phrases"):
        catalogue.prompts.paraphrased(["What is", "Tell me"])
    with pytest.raises(TaskError, match=r"with \{\} in each"):
        catalogue.prompts.framed(["Answer:"])
