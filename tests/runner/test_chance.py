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
