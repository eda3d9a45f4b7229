"""--mg-suggest from the command line: relations for a file that the tool has never seen."""

import json

import pytest

OLD = """
    import sys

    assert "pytest" not in sys.modules, "imported where the tests are"

    def total(prices: list[int], percent: int) -> int:
        whole = sum(prices)
        return whole - whole * percent // 100 if whole > 0 else 0
"""
NEW = """
    def total(prices: list[int], percent: int) -> int:
        whole = 0
        for price in prices:
            whole += price
        return 0 if whole <= 0 else whole - whole * percent // 100
"""
BAD = """
    def total(prices: list[int], percent: int) -> int:
        whole = sum(sorted(prices)[1:])
        return whole - whole * percent // 100 if whole > 0 else prices[0] if prices else 0
"""


@pytest.mark.slow  # three runs, of which one starts a process for each of twenty mutants
def test_from_nothing_to_a_gate(project):
    project.write(old=OLD, new=NEW, bad=BAD)
    baseline = "--mg-baseline=old.py:total"
    done = project.spawn("--mg-suggest=test_total.py", baseline, "--mg-n=30", "-n2")
    assert done.ret == 0, done.stdout.str()
    assert "wrote test_total.py; next:" in done.stdout.str()
    assert "pytest test_total.py --mg-gate --mg-candidate=new.py:total" in done.stdout.str()
    assert "small changes of total" in done.stdout.str()
    gate = ("test_total.py", baseline, "--mg-gate", "--mg-seed=11")
    good = project.spawn(*gate, "--mg-candidate=new.py:total")
    assert good.ret == 0, good.stdout.str()
    assert "ADOPT" in good.stdout.str()
    bad = project.spawn(*gate, "--mg-candidate=bad.py:total", "--mg-shrink=off")
    assert bad.ret == 1
    assert "REJECT" in bad.stdout.str()


def test_inputs_of_a_task_and_of_a_file_are_used_and_code_is_printed(project):
    project.write(old="def solve(x, y):\n    return x * y\n")
    rows = [{"x": number, "y": number * 7 % 13} for number in range(1, 25)]
    (project.path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    project.write_task("t.add(commutative())", inputs="st.tuples(*[st.integers(1, 9)] * 2)")
    # In this process, which is sooner done.
    options = ("--mg-executor=inprocess", "--mg-n=20", "-Wignore")
    done = project.run("--mg-suggest", "test_it.py", "--mg-baseline=old.py", *options)
    printed = done.stdout.str()
    assert done.ret == 0, printed
    assert 'task = Task("t_suggested", test_it.t.inputs, function="solve")' in printed
    assert "import test_it" in printed
    assert "homogeneous_2" in printed
    words = ("--mg-suggest", "--mg-suggest-inputs=rows.jsonl", "--mg-baseline=old.py:solve")
    filed = project.run(*words, *options)
    assert filed.ret == 0, filed.stdout.str()
    assert 'Task("solve", from_file("rows.jsonl"), function="solve")' in filed.stdout.str()


def test_wrong_use_is_a_line_and_changes_nothing(project):
    project.write(old="def solve(x):\n    return x\n", test_it="KEPT = True\n")
    before = (project.path / "test_it.py").read_text(encoding="utf-8")
    baseline = "--mg-baseline=old.py"
    for arguments, said in [
        (["--mg-suggest"], "no baseline: pass --mg-baseline=old.py:solve"),
        (["--mg-suggest=test_it.py", baseline], "exists already, and is kept as it is"),
        (["--mg-suggest=it.txt", baseline], "expected the name of a new test file"),
        (["--mg-suggest=no/test_a.py", baseline], "there is no folder"),
        (["--mg-suggest", "--mg-suggest-inputs=no.csv", baseline], "there is no such file"),
        (["--mg-suggest", "--mg-gate", baseline], "--mg-suggest runs no test, and --mg-gate needs"),
    ]:
        done = project.run(*arguments)
        assert done.ret == 4, arguments
        assert said in done.stderr.str()
    assert (project.path / "test_it.py").read_text(encoding="utf-8") == before


def test_what_cannot_be_searched_fails_with_a_line(project):
    project.write(old="import os\n\ndef solve(x: int) -> int:\n    os._exit(3)\n")
    project.write(ok="def solve(x):\n    return x\n\ndef make(x: int):\n    return make\n")
    dies = project.run("--mg-suggest=test_new.py", "--mg-baseline=old.py", "--mg-n=20")
    assert dies.ret == 1
    assert "does not come back from" in dies.stdout.str()
    assert not (project.path / "test_new.py").exists()
    (project.path / "few.csv").write_text("x\n1\n2\n", encoding="utf-8")
    (project.path / "plain.txt").write_text("no Python", encoding="utf-8")
    for arguments, said in [
        (["--mg-baseline=old.py:other"], "has no function 'other', it has solve: write"),
        (["--mg-baseline=plain.txt:solve"], "cannot be read as Python"),
        (["--mg-baseline=ok.py", "--mg-suggest-inputs=few.csv"], "2 inputs are too few"),
        (["--mg-baseline=ok.py:make"], "does not travel between processes"),
    ]:
        done = project.run("--mg-suggest", "--mg-n=20", *arguments)
        assert done.ret == 1, arguments
        assert said in done.stdout.str()
