import re

from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.ranking import rank
from pytest_metamorphic_guard.report.markdown import render_markdown
from pytest_metamorphic_guard.report.tables import MonitorLine


def test_the_markdown_summary_has_the_decision_the_tables_and_the_monitors(make_evidence):
    evidence = make_evidence(["++ ++"] * 98 + ["-- -+"] * 2)
    text = render_markdown(
        rank([evidence], NonInferior(0.01)), [MonitorLine("latency", "passed", "fine")]
    )
    assert text.startswith("## Metamorphic guard: inconclusive\n\n")
    assert "**To settle it:** run at least" in text
    assert "\n\nWhy: `pytest --mg-why=decision`\n\n" in text
    assert "| reordered | 98 % | 98 % | 0 | 0 |" in text
    assert "| latency | passed | fine |" in text
    assert text.endswith("|\n")


def test_every_row_of_a_table_has_as_many_cells_as_its_title(make_evidence):
    candidates = [
        make_evidence(["++ ++"] * 9 + ["+- nn"], candidate=name) for name in ("a|b", "c", "d")
    ]
    text = render_markdown(rank(candidates), [MonitorLine("m|n", "failed", "a | b\n| c |")])
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    for title, *rows in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in (title, *rows)}
        assert len(cells) == 1


def test_names_and_messages_of_strangers_start_no_markup(make_evidence):
    evil = "<script>alert(1)</script> [x](javascript:1) `code` **bold** @someone #1 ![i](u)"
    evidence = make_evidence(["++ ++"], alerts=[("error", evil)], candidate=evil)
    text = render_markdown(rank([evidence, evidence]), [MonitorLine(evil, "failed", evil)])
    assert "<script" not in text
    for sign in ("[x](", "`code`", "**bold**", "![i]", " @someone", " #1"):
        assert sign not in text


def test_a_very_long_table_is_cut_and_says_so(make_evidence):
    names = tuple(f"r{i}" for i in range(300))
    text = render_markdown(rank([make_evidence([" ".join(["++"] * 300)], relations=names)]))
    assert "... and 100 more relations" in text


def test_the_summary_leads_to_explanations_of_what_went_wrong_alone(make_evidence):
    adopted = rank([make_evidence(["++ ++"] * 500)], NonInferior(0.01))
    warned = MonitorLine("latency", "warned", "slower")

    assert adopted.adopt is not None
    assert "Why:" not in render_markdown(adopted)
    assert "\n\nWhy: `pytest --mg-why=monitor`\n\n" in render_markdown(adopted, [warned])
