"""docs/explanation/isolation.md names what is there, and what is run."""

import re
import tomllib
from pathlib import Path

from pytest_metamorphic_guard.executors.local.configuration import (
    HARDENINGS,
    ISOLATIONS,
    Configuration,
)

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/explanation/isolation.md").read_text()
ATTACKS = tomllib.loads((HERE / "attacks.toml").read_text())["attack"]


def read_table(heading, header):
    """Rows of the first table below a heading, as lists of cells."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    assert lines[0].startswith(f"| {header} |")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_level_is_explained():
    assert [row[0].strip("`") for row in read_table("Levels", "level")] == list(ISOLATIONS)


def test_every_attack_of_the_tests_is_named_in_its_row_and_no_other():
    promised = {
        row[0]: re.findall(r"`(\w+)`", row[1]) for row in read_table("What is promised", "attacks")
    }
    run = {}
    for attack in ATTACKS:
        run.setdefault(attack["kind"], []).append(attack["name"])
    assert promised == run


def test_every_option_is_mentioned():
    for name in Configuration.__dataclass_fields__:
        assert f"`{name}" in PAGE, name
    for name in HARDENINGS:
        assert f"`{name}`" in PAGE
