"""Results that would cost the host much time or memory: refused, shown in part, and not kept."""

import resource

import pytest

from pytest_metamorphic_guard.relations.expectations import is_permutation
from pytest_metamorphic_guard.values.deciding import Undecidable

TOO_LARGE = {
    "range": "range(3_000_000)",
    "network": "__import__('ipaddress').ip_network('10.0.0.0/12')",
    "zero_axis": "__import__('numpy').zeros((2_000_000, 0))",
}


@pytest.mark.parametrize("name", list(TOO_LARGE))
def test_a_result_that_is_too_large_to_compare_decides_nothing(project, name, read_texts):
    project.write_task("""
        @t.relation(expect="is_permutation")
        def any_order(x):
            return (x + 1,)
    """)
    project.write(
        new=f"found = {TOO_LARGE[name]}\ndef solve(x): return found\n",
        old="def solve(x):\n    return [1]\n",
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = project.run("--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100_000
    text = read_texts(result)["any_order"]
    assert "'any_order' decides nothing: from the candidate" in text
    assert "too large to compare" in text
    assert "ADOPT" not in result.stdout.str()


def test_elements_that_were_chosen_to_collide_end_the_comparison():
    hostile = [k * (2**61 - 1) for k in range(100_000)]
    with pytest.raises(Undecidable, match="too large to compare: it takes more than 5 s"):
        is_permutation(hostile, hostile[::-1])


@pytest.mark.parametrize("expect", ["equal", "not_equal", "is_permutation", "is_subset"])
def test_as_many_elements_as_travel_are_compared(project, expect):
    project.write_task(f"""
        @t.relation(expect="{expect}")
        def same(x):
            return (x + 1,)
    """, inputs="[(1,)]")  # fmt: skip
    first = "x" if expect == "not_equal" else "0"
    project.write(new=f"def solve(x):\n    return [{first}, *range(300_000)]\n")
    assert int(project.run("--mg-candidate=new.py").ret) == pytest.ExitCode.OK


SHOWN = {
    "deep": "deep",
    "alternating": "'a\\nb\\n' * 4_000 + str(x)",
    "bytes": "bytes(12_000_000) + bytes([x])",
    "text": "'x' * 12_000_000 + str(x)",
    "lines": "'\\n' * 6_000_000 + str(x)",
    "list": "list(range(400_000)) + [x]",
    "dict": "{str(i): i + x for i in range(60_000)}",
    "set": "set(range(x, 150_000 + x))",
    "array": "__import__('numpy').arange(1_900_000) + x",
    "zero_axis": "__import__('numpy').zeros((500_000 + x, 0))",
    "texts": "['long ' * 1_000 + str(x)] * 600",
}
NESTED = """
deep = [0] * 1000
for _ in range(180):
    deep = [deep, *range(500)]
"""


@pytest.mark.parametrize("name", list(SHOWN))
def test_a_large_result_is_shown_by_its_start(project, name, read_texts):
    project.write_task("""
        @t.relation(expect=lambda before, after: False)
        def shown(x):
            return (x + 1,)

        @t.relation(expect="equal")
        def same(x):
            return (x + 1,)
    """, inputs="[(1,)]")  # fmt: skip
    project.write(new=NESTED + f"def solve(x):\n    deep.append(x)\n    return {SHOWN[name]}\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = project.run("--mg-candidate=new.py", "--mg-report=report.json")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 400_000
    texts = read_texts(result)
    assert {"shown", "same"} <= texts.keys()
    assert max(len(text) for text in texts.values()) < 10_000
    assert (project.path / "report.json").stat().st_size < 50_000
