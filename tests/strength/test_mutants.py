"""Small changes of a source text, made without running it."""

import ast
import hashlib
import textwrap

import pytest

from pytest_metamorphic_guard.errors import ImplementationError
from pytest_metamorphic_guard.strength.mutants import draw_mutants
from pytest_metamorphic_guard.tasks.implementations import Implementation

PRICES = '''\
# -*- coding: latin-1 -*-
"""What things cost, in £."""
from __future__ import annotations

import math

RATE = 0.2  # of everything


def unused(x):
    return x + 1


class Basket:
    """All of it."""

    def total(self, prices: list[int] = ()) -> "int > 0":
        """Sum > 0."""
        if not prices:
            raise ValueError("no " + "prices")
        return sum(prices)


def solve(prices, rebate=0):
    """Return the price."""
    # + a comment with signs < >
    taxed = Basket().total(prices) * (1 + RATE)
    best = max(
        taxed,  # as it is
        math.sqrt(taxed),
    )
    label = f"{taxed > 1} paid"
    if 0 < rebate <= best and label:
        best -= rebate
    return min(best, 100)
'''


def write(tmp_path, text, name="prices.py"):
    path = tmp_path / name
    path.write_bytes(textwrap.dedent(text).encode("latin-1"))
    return path


def draw(path, function="solve", limit=1000, seed=0):
    return draw_mutants(Implementation.from_path(path, function), limit=limit, seed=seed)


def test_mutants_change_one_place_and_keep_lines_comments_and_the_users_file(tmp_path):
    path = write(tmp_path, PRICES)
    before = hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns
    made = draw(path)
    diffs = {mutant.diff for mutant in made.mutants}
    assert "- if 0 < rebate <= best and label:\n+ if 0 < rebate < best and label:" in diffs
    assert "- if 0 < rebate <= best and label:\n+ if 0 < rebate <= best or label:" in diffs
    assert "- best -= rebate\n+ best += rebate" in diffs
    assert "- best -= rebate\n+ pass" in diffs
    assert "- best = max(\n+ best = min(" in diffs
    assert "- RATE = 0.2  # of everything\n+ RATE = 1.2  # of everything" in diffs
    assert '- raise ValueError("no " + "prices")\n+ pass' in diffs
    lines = PRICES.splitlines()
    for mutant in made.mutants:
        changed = mutant.text.splitlines()
        assert len(changed) == len(lines), mutant.diff
        different = [n for n, (a, b) in enumerate(zip(lines, changed, strict=True), 1) if a != b]
        assert different[0] == mutant.line
        assert len(different) <= 4, mutant.diff
        ast.parse(mutant.text)
        # What nothing can be said about is left alone, and what the function does not come to.
        for kept in ("in £", "return x + 1", "-> ", "list[int]", "Sum > 0", 'f"{taxed > 1} paid"'):
            assert mutant.text.count(kept) == PRICES.count(kept), mutant.diff
        assert "# + a comment with signs < >" in mutant.text
    assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns) == before


def test_a_draw_follows_from_its_seed_and_leaves_out_what_compiles_to_the_same(tmp_path):
    path = write(tmp_path, PRICES)
    few = draw(path, limit=6, seed=3)
    assert len(few.mutants) == 6
    assert few.possible == draw(path).possible > 20
    assert few == draw(path, limit=6, seed=3)
    assert few != draw(path, limit=6, seed=4)
    assert [m.line for m in few.mutants] == sorted(m.line for m in few.mutants)
    same = write(tmp_path, "def solve(x):\n    if x and True: return 1 - 0\n    return 2\n", "s.py")
    made = draw(same)
    # `- 0` becomes `+ 0`, both of which the compiler works out.
    assert made.equal > 0
    compiled = {compile(mutant.text, "", "exec").co_consts[0].co_code for mutant in made.mutants}
    assert len({mutant.text for mutant in made.mutants}) == len(made.mutants) >= len(compiled)


@pytest.mark.parametrize(
    ("text", "function", "said"),
    [
        ("def other(x):\n    return x + 1\n", "othr", "no function 'othr' in the file. Did you"),
        (
            "from nowhere_at_all import solve\n",
            "solve",
            "imported there from nowhere_at_all, and no",
        ),
        ("def solve(x):\n    return x\n", "solve", "nothing in 'solve' can be changed"),
        ("def solve(x:\n", "solve", "cannot be read as Python: "),
    ],
)
def test_what_cannot_be_changed_is_said_in_a_line(tmp_path, text, function, said):
    path = write(tmp_path, text)
    with pytest.raises(ImplementationError) as caught:
        draw(path, function)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_python_files_have_mutants(tmp_path):
    for given in (
        Implementation.from_content("Answer in one word."),
        Implementation.from_specification("http://localhost:1/solve"),
        Implementation.from_dotted("math:sqrt"),
        Implementation.from_path(write(tmp_path, "1", "data.json"), "solve"),
    ):
        with pytest.raises(ImplementationError, match="is no Python file"):
            draw_mutants(given, limit=10, seed=0)
