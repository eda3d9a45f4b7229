"""The gallery of classic subjects: seeded faults are found, what is right is left alone."""

import importlib.util
import re
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[2] / "examples" / "gallery"
SUBJECTS = {
    "arithmetic",
    "house_prices",
    "knapsack",
    "linear_systems",
    "maximum_flow",
    "satisfiability",
    "shortest_path",
    "sorting",
    "trigonometry",
}


@pytest.mark.slow  # runs the relations of nine subjects
@pytest.mark.parametrize("implementation", ["right", "fault_1", "fault_2"])
def test_faults_are_found_in_every_subject_and_what_is_right_is_left_alone(
    run_in_clone, implementation
):
    assert {path.parent.name for path in GALLERY.glob("*/test_*.py")} == SUBJECTS
    candidates = [
        f"--mg-candidate={name}=examples/gallery/{name}/{implementation}.py" for name in SUBJECTS
    ]
    words = ("--mg-executor=inprocess", "--mg-n=60", "--mg-shrink=off")
    folders = [f"examples/gallery/{name}" for name in SUBJECTS]
    _, printed = run_in_clone(*folders, *candidates, *words)
    found = set(re.findall(r"(?m)^FAILED \S+::(\w+)::", printed))
    assert found == (set() if implementation == "right" else SUBJECTS), printed
    assert re.search(r"\d+ passed", printed)
    assert " error" not in printed.splitlines()[-1]
    assert " skipped" not in printed.splitlines()[-1]


def test_the_lines_of_declaration_are_those_that_the_page_shows():
    spec = importlib.util.spec_from_file_location("count_lines", GALLERY / "count_lines.py")
    counter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(counter)
    assert counter.make_table() in (GALLERY / "README.md").read_text(), "run count_lines.py"
