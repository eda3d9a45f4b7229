"""@given tests that use the fixtures draw by the seed of the run."""

import pytest

OWN = """
from hypothesis import given, seed, settings, strategies as st

SEEN = []

@given(x=st.integers())
def test_drawn(mg_candidate, x):
    mg_candidate(x)
    SEEN.append(x)

class TestMethods:
    @settings(max_examples=10)
    @given(x=st.integers())
    def test_method(self, mg_baseline, x):
        SEEN.append(x)

@seed(5)
@given(x=st.integers())
def test_seeded(mg_candidate, x):
    OWN_SEED.append(x)

OWN_SEED = []

def test_shown():
    import zlib
    print("seen", len(SEEN), zlib.crc32(repr(SEEN).encode()))
    print("own", zlib.crc32(repr(OWN_SEED).encode()))
"""


@pytest.fixture
def draw(project):
    """Run the tests with a seed, and return what was drawn: by it, and by the test's own."""
    project.write(one="def solve(x):\n    return x\n", test_own=OWN)
    kept = project.path / "conftest.py"
    kept.write_text(
        "from hypothesis import settings\n"
        "settings.register_profile('plain', database=None, deadline=None)\n"
        "settings.load_profile('plain')\n"
    )

    def run(*options):
        result = project.spawn("--mg-candidate=one.py", "--mg-baseline=one.py", "-s", *options)
        result.assert_outcomes(passed=4)
        shown = result.stdout.str()
        (seen,) = [line for line in shown.splitlines() if "seen " in line]
        (own,) = [line for line in shown.splitlines() if line.startswith("own ")]
        return seen.partition("seen ")[2], own

    return run


def test_own_tests_draw_by_the_seed_of_the_run(draw):
    first, own = draw("--mg-executor=inprocess")
    assert draw("--mg-executor=inprocess") == (first, own)
    other, own_again = draw("--mg-executor=inprocess", "--mg-seed=7")
    assert (other != first, own_again) == (True, own)


def test_the_seed_of_hypothesis_wins(draw):
    options = ("--mg-executor=inprocess", "--hypothesis-seed=3")
    assert draw(*options, "--mg-seed=1")[0] == draw(*options, "--mg-seed=2")[0]
