"""What the line `difference` says: what the expectation refused, how much of it, the largest."""

import re

CANDIDATE = """
import datetime as dt
import numpy as np
import pandas as pd


def near(n):
    values = [1.0 + i / 7 for i in range(50)]
    if n > 4:
        values = [value + 1e-10 for value in values]
        values[31] += 1
        values[40] -= 3
    return values

def near_array(n):
    return np.array(near(n)).reshape(5, 10)

def near_dict(n):
    return {f"k{i}": {"value": value} for i, value in enumerate(near(n))}

def near_frame(n):
    return pd.DataFrame({"price": near(n), "name": "x"}, index=[f"row{i}" for i in range(50)])

def rising(n):
    values = list(range(0, 200, 5))
    falls = {100: -2, 150: -7}
    return values if n == 4 else [value + falls.get(value, 1) for value in values]

def rising_array(n):
    return np.array(rising(n))

def few(n):
    return [3, 2, 1, 5] if n == 4 else [4, 3, 0, 5]

def integers(n):
    kind = "Int64" if n == 4 else "int64"
    return pd.DataFrame({"n": pd.array([1, 2], dtype=kind), "m": [1.0, 2.0]})

def relabelled(n):
    frame = pd.DataFrame({"a": range(3), "b": range(3)}, index=["x", "y", "z"])
    return frame if n == 4 else frame.drop(columns="b").rename({"y": "w"}).assign(c=1)

def missing(n):
    return list(range(30)) if n == 4 else [*range(1, 29), 99, 99]

def moment(n):
    at = dt.datetime(2026, 10, 25, tzinfo=dt.UTC) + dt.timedelta(hours=n - 4)
    from zoneinfo import ZoneInfo
    return {f"at{i}": at.astimezone(ZoneInfo("Europe/Berlin")) for i in range(5)}

def times(n):
    return np.datetime64("2026-01-01", "ns") + np.arange(20) * np.timedelta64(n, "s")

def prefix(n):
    return list(range(40)) if n == 4 else [0, 1, 7, *range(3, 60)]
"""


CASES = [
    ("near", "approx(1e-6)", "equal_values", ["[31]", "[40]", "2 of 50", "largest: [40]"]),
    ("near", "equal", "lambda a, b: np.allclose(a, b)", ["[31]", "[40]", "largest: [40]"]),
    ("near_array", "equal", "approx()", ["2 of 50", "[3, 1]", "[4, 0]", "largest: [4, 0]"]),
    ("near_dict", "equal", "approx()", ["['k31']", "['k40']", "2 values", "['k40']['value']"]),
    ("near_frame", "equal", "approx()", ["row 'row31', column 'price':", "row 'row40'"]),
    ("near_frame", "equal", "approx()", ["2 of 100 cells", "largest: row 'row40'"]),
    ("rising", "non_decreasing", "equal_values", ["[20] 100 becomes 98", "[30] 150"]),
    ("rising", "non_decreasing", "equal_values", ["2 of 40 elements fall", "largest: [30]"]),
    ("rising", "increasing", "equal_values", ["[20] 100", "2 of 40 elements do not rise"]),
    ("rising_array", "non_decreasing", "equal_values", ["2 of 40", "[20] 100 becomes 98"]),
    ("few", "non_decreasing", "equal_values", ["[2] 1 becomes 0", "1 of 4 elements fall"]),
    ("near", "'equal'", "equal_values", ["[0]", "50 of 50 elements", "largest: [40]"]),
    ("relabelled", "equal", "equal_values", ["column 'b' is gone", "column 'c' is new"]),
    ("relabelled", "equal", "equal_values", ["row 'y' is gone", "row 'w' is new"]),
    ("missing", "is_permutation", "equal_values", ["gone: 0, 29", "new: 99, 99"]),
    ("missing", "is_subset", "equal_values", ["gone: 0, 29"]),
    ("missing", "is_superset", "equal_values", ["new: 99"]),
    ("prefix", "is_prefix", "equal_values", ["[2] 2 becomes 7"]),
    ("moment", "equal", "equal_values", ["['at0']", "fold=1", "5 values differ"]),
    ("times", "equal", "equal_values", ["19 of 20", "[1] ...", "T00:00:04"]),
    ("integers", "equal", "equal_values", ["column 'n': dtype Int64 becomes int64"]),
]
RELATION = """
t{number} = Task("t{number}", inputs=[(4,)], function={function!r}, equivalence={equivalence})

@t{number}.relation(expect={expect})
def more(n):
    {body}
"""


def read_differences(project, read_texts, relations):
    """Run relations of one task each and return the lines beside `difference` of each."""
    head = "import numpy as np\nfrom pytest_metamorphic_guard import *\n"
    tests = head + "".join(
        RELATION.format(number=n, function=f, expect=e, equivalence=q, body=body)
        for n, (f, e, q, body) in enumerate(relations)
    )
    project.write(new=CANDIDATE, test_it=tests)
    texts = read_texts(project.run("--mg-candidate=new.py", "-p", "no:xdist"))
    found = []
    for number in range(len(relations)):
        text = texts[f"t{number}.more"]
        assert max(map(len, text.splitlines())) <= 80
        lines = re.search(r"^difference  (.*(?:\n {12}.*)*)", text, re.MULTILINE)
        assert lines, text
        found.append([line.strip() for line in lines[1].splitlines()])
    return found


def test_what_was_refused_is_shown_counted_and_the_largest_named(project, read_texts):
    relations = [(*case[:3], "return (n + 1,)") for case in CASES]
    for case, lines in zip(CASES, read_differences(project, read_texts, relations), strict=True):
        _, expect, equivalence, said = case
        text, at = "\n".join(lines), -1
        for words in said:
            at = text.find(words, at + 1)
            assert at >= 0, (case, lines)
        if "approx" in expect + equivalence or expect.startswith("non"):
            assert "[0]" not in text, (case, lines)
        if expect == "is_subset":
            assert "new" not in text, (case, lines)


def test_under_a_tolerance_and_of_several_follow_ups(project, read_texts):
    lines = [
        "[31] 5.428571428571429 becomes 6.428571428671429",
        "[40] 6.714285714285714 becomes 3.7142857143857144",
        "2 of 50 elements differ by more than is tolerated",
        "the largest: [40] 6.714285714285714 becomes 3.7142857143857144",
    ]
    relations = [
        ("near", "equal", "approx()", "return (n + 1,)"),
        ("near", "equal", "approx()", "yield (4,); yield (5,)"),
    ]

    assert read_differences(project, read_texts, relations) == [
        lines,
        ["of follow-up 2:", *lines],
    ]
