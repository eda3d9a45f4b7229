"""What is said of a violation that is there by chance."""

import re

import pytest

CHANCE = """
import random

def solve(x):
    return x if random.random() < {right} else -1
"""
CHECK = """
@t.property
def right(output, x):
    assert output == x
"""


@pytest.mark.parametrize("isolation", ["worker", "fork", "none"])
def test_a_violation_by_chance_says_in_how_many_repeats_it_was_seen(project, isolation):
    project.write_task(CHECK, inputs="[(x,) for x in range(40)]")
    project.write(new=CHANCE.format(right=0.5))

    texts = [
        project.spawn("--mg-candidate=new.py", f"--mg-isolation={isolation}").stdout.str()
        for _ in range(3)
    ]

    # Each says so with a chance of 15 in 16, where the seed of chance is nobody's.
    said = [re.search(r"violated in (\d) of 5 repeats, by chance", t) for t in texts]
    assert any(found and 0 < int(found[1]) < 5 for found in said)


@pytest.mark.parametrize("isolation", ["worker", "fork", "none"])
def test_a_violation_that_does_not_depend_on_chance_is_confirmed(project, isolation):
    project.write_task(CHECK)
    project.write(new="def solve(x):\n    return -1\n")

    result = project.spawn("--mg-candidate=new.py", f"--mg-isolation={isolation}")

    assert "confirmed in a fresh process" in result.stdout.str()


# Wrong in every second process that is asked.
IN_TURNS = """
from pathlib import Path
STARTS = Path(__file__).with_name("starts.txt")
with STARTS.open("a") as file:
    file.write(".")

def solve(x):
    return -1 if len(STARTS.read_text()) % 2 else x
"""


def test_a_gate_repeats_as_often_as_any_run_until_a_violation_is_seen_again(project):
    project.write_task(CHECK, inputs="[(7,)]")
    project.write(new=IN_TURNS, old="def solve(x):\n    return x\n")

    result = project.spawn(
        *("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate"),
        '--mg-executor-config={"harden": "off"}',
    )

    result.stdout.fnmatch_lines(["REJECT: *"])
    assert "of 5 repeats, by chance" in result.stdout.str()
