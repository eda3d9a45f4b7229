"""An example line stands in the words of the file that it is pasted into, or shows the import."""

import textwrap

import pytest

CASES = {
    "a module": ("import datetime", "datetime.date(2020, 1, 1)", "datetime.date(2020, 1, 1)", ""),
    "a class": ("from datetime import date", "date(2020, 1, 1)", "date(2020, 1, 1)", ""),
    "a class named like its module": (
        "from datetime import datetime, timezone",
        "datetime(2020, 1, 1, tzinfo=timezone.utc)",
        "datetime(2020, 1, 1, 0, 0, tzinfo=timezone.utc)",
        "",
    ),
    "an alias": ("import datetime as d", "d.date(2020, 1, 1)", "d.date(2020, 1, 1)", ""),
    "another class": ("import decimal", "decimal.Decimal('1')", "decimal.Decimal('1')", ""),
    "numpy": ("import numpy", "numpy.array([1, 2])", "numpy.array([1, 2])", ""),
    "an enum": (
        "import enum\nclass Color(enum.Enum):\n    RED = 1\nNONE = None",
        "[Color.RED, {'k': Color.RED}]",
        "[Color.RED, {'k': Color.RED}]",
        "",
    ),
    "not imported": (
        "import fractions as f\nmake = f.Fraction\ndel f\nhalf = make(1, 2)\ndel make",
        "[half]",
        "[Fraction(1, 2)]",
        "from fractions import Fraction",
    ),
    "a module not imported": (
        "from helper import moment",
        "moment",
        "datetime.date(2020, 1, 1)",
        "import datetime",
    ),
    "a module whose name is taken": (
        "from helper import moment\ndatetime = 3",
        "moment",
        "dt.date(2020, 1, 1)",
        "import datetime as dt",
    ),
    "no names": ("", "float('nan')", "float('nan')", ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_example_runs_where_it_is_pasted(project, read_texts, case):
    head, value, written, needed = case
    project.write(
        echo="def solve(x):\n    return 0\n",
        helper="import datetime\nmoment = datetime.date(2020, 1, 1)\n",
    )
    source = f"""
    from pytest_metamorphic_guard import Task
    {textwrap.indent(head, "    ").lstrip()}

    t = Task("t", inputs=[({value},)])

    PLACE
    @t.property
    def wrong(output, x):
        return False
    """
    project.write(test_it=source.replace("PLACE", ""))
    (text,) = read_texts(project.run("--mg-candidate=echo.py")).values()
    lines = text.partition("--mg-candidate=echo.py\n")[2].splitlines()
    expected = [needed, f"@t.example({written})"] if needed else [f"@t.example({written})"]
    assert [line.strip() for line in lines] == expected
    pasted = "\n    ".join(line.strip() for line in lines)
    project.write(test_it=source.replace("PLACE", pasted))
    again = project.run("--mg-candidate=echo.py")
    again.assert_outcomes(failed=1)
    (text,) = read_texts(again).values()
    assert "in case 1 of this run" in text
