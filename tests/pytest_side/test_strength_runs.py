"""Strength and trivial answers, through the options."""

import json

import jsonschema
import pytest

from pytest_metamorphic_guard.report.document import read_schema

SUITE = """
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import Task, equal

    total = Task("total", {"xs": st.lists(st.integers(0, 9), min_size=1, max_size=5)})

    @total.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    @total.property
    def least(out, xs):
        assert out >= max(xs) - 1
"""
OLD = """
    import time

    def solve(xs):
        total = 0
        for x in xs:
            total += x
            if total > 9:
                total -= 0
        return total
"""


def read_report(suite, name="report.json"):
    report = json.loads((suite.path / name).read_text())
    jsonschema.validate(report, read_schema())
    return report


def write(suite):
    suite.write(test_total=SUITE, old=OLD, new=OLD)


def test_the_summary_report_page_and_job_say_how_much_a_decision_rests_on(suite, monkeypatch):
    write(suite)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(suite.path / "summary.md"))
    before = {path.name: path.read_bytes() for path in suite.path.glob("*.py")}
    # The option takes no argument behind it: the file is still a file of tests.
    given = ["--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-n=20", "--mg-seed=1"]
    asked = ["--mg-report=report.json", "--mg-html=page.html", "--mg-gate"]
    result = suite.run("--mg-strength", "test_total.py", *given, *asked)
    assert result.ret == 0
    result.assert_outcomes(passed=4)  # two relations, the gate, and that strength was measured
    found = read_report(suite)["strength"][0]
    assert found["task"] == "total"
    assert (found["implementation"], found["file"]) == ("old.py", "old.py")
    assert found["counted"] == sum(one["status"] != "same" for one in found["mutants"])
    assert found["killed"] == sum(bool(one["kills"]) for one in found["mutants"]) > 0
    assert found["interval"]["lower"] < found["share"] < found["interval"]["upper"]
    by_name = {one["entry"]: one for one in found["entries"]}
    for name, one in by_name.items():
        assert one["kills"] == sum(name in mutant["kills"] for mutant in found["mutants"])
        alone = [mutant for mutant in found["mutants"] if list(mutant["kills"]) == [name]]
        assert one["alone"] == len(alone)
    assert {one["line"] for one in found["mutants"]} <= set(range(4, 10))
    statuses = {one["diff"]: one["status"] for one in found["mutants"]}
    assert statuses["- total -= 0\n+ pass"] == "same"
    assert statuses["- total += x\n+ total -= x"] == "killed"
    survived = [one for one in found["mutants"] if one["status"] == "survived"]
    assert survived
    assert all(one["differs"] > 0 and one["example"] and one["said"] for one in survived)
    share = f"{found['share']:.0%}".replace("%", " %")
    said = f"these relations notice {share} of {found['counted']} small changes ("
    lines = [line for line in result.outlines if said in line]
    assert lines[0].startswith("strength of total: ")
    assert lines[1].startswith(said)
    begun = result.outlines.index(lines[0])
    assert max(map(len, result.outlines[begun : result.outlines.index(lines[1])])) <= 80
    order = [line for line in result.outlines if line.startswith("  old.py:")]
    first = max(survived, key=lambda one: one["differs"])
    start = f"  old.py:{first['line']} differs from the original on {first['example']}"
    assert order[0].startswith(start[:70])
    result.stdout.fnmatch_lines(["  old.py:*the same on all 20 inputs", "      - *", "      + *"])
    page, summary = (suite.path / name for name in ("page.html", "summary.md"))
    assert f"notice {share} of {found['counted']} small changes" in page.read_text()
    assert "small changes" in summary.read_text()
    assert {path.name: path.read_bytes() for path in suite.path.glob("*.py")} == before


@pytest.mark.slow  # two sessions, one of them with workers, measure two tasks each
def test_two_processes_measure_what_one_measures(suite):
    write(suite)
    suite.write(test_second=SUITE.replace('"total"', '"second"'))
    given = ["--mg-baseline=old.py", "--mg-n=10", "--mg-strength-limit=4,60s", "--mg-strength"]
    reports = []
    for workers in ((), ("-n2",)):
        suite.workers = workers
        result = suite.run(*given, "--mg-report=report.json")
        # Nothing is judged without a candidate, and strength is measured all the same.
        assert result.ret == 0
        report = read_report(suite)
        assert set(report["times"]["strength_s"]) == {"second", "total"}
        reports.append(sorted(report["strength"], key=lambda one: one["task"]))
        assert "4 of " in result.stdout.str()
    assert reports[0] == reports[1]
    assert [len(one["mutants"]) for one in reports[0]] == [4, 4]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "--mg-strength: there is nothing to change: pass --mg-baseline=path.py"),
        (("--mg-strength=http://localhost:1/x",), "is no Python file, and only Python code can"),
        (("--mg-strength=nowhere.py",), "--mg-strength=nowhere.py: there is no file"),
        (("--mg-baseline=old.py", "--mg-strength-limit=x"), "expected a number of changes and one"),
        (("--mg-baseline=old.py", "--mg-shard=1/2"), "--mg-strength needs whole samples, and"),
        (("--mg-baseline=old.py", "--mg-strength=other=old.py"), "no task 'other'"),
    ],
)
def test_what_cannot_be_measured_at_all_is_refused_before_anything_runs(suite, given, said):
    write(suite)
    result = suite.run("--mg-strength", *given)
    assert result.ret == 4
    assert said in result.stderr.str() + result.stdout.str()


def test_what_cannot_be_measured_for_a_task_is_a_failed_item_of_one_line(suite):
    write(suite)
    suite.write(others="def answer(xs):\n    return sum(xs) + 0\n")
    suite.write(passes="def solve(xs):\n    return sum(xs)\n")
    for named, said in {
        "others.py:solve": "there is no function 'solve' in the file",
        "passes.py": "nothing in 'solve' can be changed to measure strength",
        "json": "there is no function 'solve' in the file",
    }.items():
        result = suite.run("--mg-candidate=new.py", "--mg-n=5", f"--mg-strength={named}")
        assert result.ret == 1
        result.assert_outcomes(passed=2, failed=1)
        [line] = [line for line in result.outlines if line.startswith("FAILED ")]
        assert "metamorphic-guard::strength" in line
        assert said in result.stdout.str()
    # A prompt, say, is found to be no Python file when its task is known.
    command = ["--mg-baseline=command: true", "--mg-candidate=new.py", "-k", "least"]
    result = suite.run(*command, "--mg-n=1", "--mg-strength")
    assert "'command: true': is no Python file" in result.stdout.str()


def test_a_module_by_name_is_measured_and_time_that_is_out_is_said(suite):
    suite.write(
        test_dedent="""
            from hypothesis import strategies as st
            from pytest_metamorphic_guard import Task, equal

            dedent = Task("dedent", {"text": st.text("a \\n")}, function="dedent")

            @dedent.relation(expect=equal)
            def twice(text):
                import textwrap
                return (textwrap.dedent(text),)
        """
    )
    given = ["--mg-strength=textwrap", "--mg-n=5", "--mg-report=report.json"]
    result = suite.run(*given, "--mg-strength-limit=5,0.01s")
    assert result.ret == 0
    [found] = read_report(suite)["strength"]
    assert found["file"] == "textwrap.py"
    assert found["left_out"][-1].endswith("were not tried in 0.01 s (--mg-strength-limit)")
    assert found["share"] is None


VACUOUS = """
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import Task, equal

    vague = Task("vague", {"xs": st.lists(st.integers(0, 9))})

    @vague.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    sharp = Task("sharp", {"xs": st.lists(st.integers(0, 9))})

    @sharp.property
    def exact(out, xs):
        assert out == sum(xs)
"""


def test_relations_that_accept_anything_are_named_by_a_gate(any_suite):
    suite = any_suite
    suite.write(test_vague=VACUOUS, old=OLD, new=OLD)
    given = ["--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-n=20"]
    said = "vague: these relations would also accept: always 0"
    result = suite.run(*given, "--mg-gate", "--mg-report=report.json")
    assert result.ret == 0
    assert f"warning: {said}" in result.stdout.str()
    assert "sharp: these" not in result.stdout.str()
    [found] = read_report(suite)["vacuity"]
    assert (found["task"], found["answers"][0]) == ("vague", "always 0")
    result = suite.run(*given, "--mg-gate", "-q", "--mg-vacuity=error")
    assert result.ret == 1
    assert "INCONCLUSIVE" in result.stdout.str()
    assert "FAILED metamorphic-guard::vacuity - Vacuous: " + said[:20] in result.stdout.str()


PARTS = """
    from hypothesis import strategies as st
    from pytest_metamorphic_guard import Task, equal

    adding = Task("adding", {"xs": st.lists(st.integers(0, 9))})

    @adding.relation(expect=equal)
    def order(xs):
        return (xs[::-1],)

    @adding.relation(parameters={"k": [2, 3]}, expect=lambda old, new, k: new == old * k)
    def longer(xs, k):
        return (xs * k,)

    @adding.property
    def exact(out, xs):
        assert out == sum(xs)
"""


def test_a_part_of_the_entries_is_not_blamed_for_what_the_others_refuse(suite):
    suite.write(test_adding=PARTS, old=OLD, new=OLD)
    given = ["--mg-candidate=new.py", "--mg-n=5", "--mg-vacuity=error"]
    for part in (["-k", "not exact"], ["test_adding.py::adding::order"]):
        result = suite.run(*given, *part)
        assert result.ret == 0, result.stdout.str()
        assert "would also accept" not in result.stdout.str()

    # With all of them selected it is said, whatever the name that selects them.
    vague = PARTS.replace("assert out == sum(xs)", "assert out >= 0")
    suite.write(test_adding=vague)
    result = suite.run(*given, "-k", "order or longer or exact")
    assert result.ret == 1
    assert "would also accept: always 0" in result.stdout.str()


def test_an_agreement_on_inputs_that_ask_for_nothing_says_so(suite):
    unescape = "import html\n\ndef solve(text):\n    return html.unescape(text)\n"
    task = """
    from pytest_metamorphic_guard import *
    from hypothesis import strategies as st

    texts = Task("texts", {"text": st.text("abc")}, agreement=True)
"""
    suite.write(test_texts=task, old=unescape, new="def solve(text):\n    return text\n")
    given = ["--mg-candidate=new.py", "--mg-baseline=old.py", "--mg-gate"]
    result = suite.run(*given, "--mg-report=report.json", "--mg-html=report.html")
    said = (
        "texts: these relations would also accept: the first argument; the baseline itself does "
        "no more on the inputs tried, so draw others"
    )
    assert f"warning: {said}" in " ".join(result.stdout.str().split())
    assert read_report(suite)["vacuity"][0]["agreed"] is True
    assert said in (suite.path / "report.html").read_text()


def test_trivial_answers_are_tried_where_there_is_a_gate_or_somebody_asks(suite):
    suite.write(test_vague=VACUOUS, old=OLD, new=OLD)
    given = ["--mg-candidate=new.py", "--mg-n=5"]
    said = "would also accept"
    assert said not in suite.run(*given).stdout.str()
    assert said not in suite.run(*given, "--mg-gate", "--mg-vacuity=off").stdout.str()
    assert said in suite.run(*given, "--mg-vacuity=warn").stdout.str()
    result = suite.run(*given, "--mg-vacuity=error")
    result.assert_outcomes(passed=2, failed=1)
    assert suite.run(*given, "--mg-vacuity=maybe").ret == 4
