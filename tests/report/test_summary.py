import dataclasses
import re

import pytest

from pytest_metamorphic_guard.gate.evidence import Evidence
from pytest_metamorphic_guard.gate.policies import NonInferior
from pytest_metamorphic_guard.gate.ranking import rank
from pytest_metamorphic_guard.report.summary import Screen, render_summary
from pytest_metamorphic_guard.report.tables import MonitorLine, clean, format_rate

MONITORS = [
    MonitorLine("success_rate", "passed", "100 % and 100 % of 400"),
    MonitorLine("latency", "warned", "candidate is 1.42x slower at the median (99 % CI 1.31-1.55)"),
]


def paint(text, tone):
    return f"<{tone}>{text}</{tone}>"


def strip_paint(line):
    return re.sub(r"</?(good|bad|warn|dim|bold)>", "", line)


def test_the_summary_of_an_adopted_candidate_is_this_screen(make_evidence):
    rows = ["++ ++"] * 390 + ["++ --"] * 6 + ["++ -+"] * 4
    lines = render_summary(rank([make_evidence(rows)]), MONITORS)
    assert lines == [
        "relation               baseline     new    -    +      difference  verdict",
        "top_k against old: 400 of 400 inputs; strict:alpha=0.05",
        "  reordered               100 %   100 %    0    0    -0.7 to +0.7  ok",
        "  larger_k               97.5 %  98.5 %    0    4    +0.3 to +2.2  improved",
        "monitors",
        "  latency       warned  candidate is 1.42x slower at the median (99 % CI 1.31...",
        "  success_rate  passed  100 % and 100 % of 400",
        "ADOPT: 0 regressions in 400 inputs: regression rate below 0.75 % at 95 %",
    ]


def test_an_inconclusive_summary_says_what_would_settle_it(make_evidence):
    lines = render_summary(rank([make_evidence(["++ ++"] * 100)], NonInferior(0.02)))
    assert " ".join(line.strip() for line in lines[-3:]) == (
        "to settle it: run at least 149 inputs for a margin of 2 %, afresh with another seed: "
        "enough for an equal candidate in 80 % of runs; or let it go on: --mg-extend=298"
    )
    assert lines[-5].startswith("INCONCLUSIVE: a loss of less than 2 % is neither shown nor")


def test_quiet_leaves_the_outcome_and_its_reason(make_evidence):
    ranking = rank([make_evidence(["+- ++"])])
    lines = render_summary(ranking, MONITORS, Screen(quiet=True))
    assert lines == ["REJECT: 1 confirmed regression in 1 input (reordered)"]


def test_a_run_without_candidates_still_has_a_summary():
    assert render_summary(rank([])) == ["INCONCLUSIVE: no candidate was run"]


def test_several_candidates_are_ranked_above_the_relations_of_the_best(make_evidence):
    ranking = rank(
        [
            make_evidence(["++ ++", "++ +-"] * 100, candidate="worse"),
            make_evidence(["++ ++"] * 200, candidate="equal"),
            make_evidence(["++ ++", "+- ++"] * 100, candidate="flaky", confirmed=False),
        ]
    )
    lines = render_summary(ranking)
    assert lines[:5] == [
        "candidate                       passed regressed  improved  alerts  outcome",
        "equal                            100 %         0         0       0  adopt",
        "flaky                             50 %       100         0       0  inconclusive",
        "worse                             50 %       100         0       0  reject",
        "relations of equal:",
    ]
    assert lines[-2].startswith("ADOPT: equal (1 of 3 candidates may be adopted): 0 regressions")


def test_a_row_that_looks_as_if_it_could_be_adopted_says_why_not(make_evidence):
    bad = [
        dataclasses.replace(make_evidence(["++ ++"], candidate=name), failures=("it cannot be",))
        for name in ("a", "b", "c", "d", "e")
    ]
    shown = [make_evidence(["++ ++"], candidate="good"), make_evidence(["++ +-"], candidate="bad")]
    lines = render_summary(rank([*bad, *shown]))
    explained = lines[lines.index(next(x for x in lines if x.startswith("bad "))) + 1 :]
    assert explained[:5] == [
        "a: it cannot be",
        "b: it cannot be",
        "c: it cannot be",
        "... and 2 more (--mg-report has all)",
        "relations of good:",
    ]


@pytest.mark.parametrize("candidates", [1, 2, 12])
@pytest.mark.parametrize("tasks", [1, 9])
@pytest.mark.parametrize("relations", [1, 40])
@pytest.mark.parametrize("monitors", [0, 25])
def test_a_summary_is_at_most_one_screen_of_eighty_columns(
    make_evidence, candidates, tasks, relations, monitors
):
    names = tuple(f"{'a_relation_with_a_very_long_name_' * 3}{i}" for i in range(relations))
    row = " ".join(["+-"] + ["++"] * (relations - 1))
    one = make_evidence([row] * 3, relations=names, task="task_" * 30, baseline="b" * 90).tasks[0]
    evidence = [
        Evidence(
            candidate=f"{'candidate' * 12}{index}",
            tasks=tuple(dataclasses.replace(one, task=f"{one.task}{i}") for i in range(tasks)),
        )
        for index in range(candidates)
    ]
    lines = render_summary(
        rank(evidence), [MonitorLine("monitor" * 9, "failed", "text " * 60)] * monitors
    )
    # Every candidate has its line, however many there are.
    assert len(lines) <= 24 + max(0, candidates - 5)
    if candidates > 1:
        assert sum(line.endswith("reject") for line in lines) >= candidates
    assert max(len(line) for line in lines) <= 80
    assert any("regressed" in line for line in lines)


def test_what_is_fine_gives_way_to_what_is_not(make_evidence):
    names = tuple(f"r{i}" for i in range(50))
    row = " ".join(["++"] * 49 + ["+-"])
    lines = render_summary(rank([make_evidence([row] * 9, relations=names)]))
    assert lines[1].split()[0] == "r49"
    assert lines[1].endswith("regressed")
    assert re.fullmatch(r"  \.\.\. and \d+ more that are fine", lines[-2])
    hidden = int(re.search(r"\d+", lines[-2])[0])
    assert hidden + sum(line.startswith("  r") for line in lines) == 50


def test_colour_changes_no_other_character(make_evidence):
    ranking = rank([make_evidence(["+- ++"] * 3 + ["++ -+"])])
    plain = render_summary(ranking, MONITORS)
    coloured = render_summary(ranking, MONITORS, Screen(style=paint))
    assert [strip_paint(line) for line in coloured] == plain
    assert coloured[-1].startswith("<bad>REJECT:</bad> 3 confirmed")
    assert any("<warn>warned</warn>" in line for line in coloured)
    assert any(line.endswith("<good>improved</good>") for line in coloured)


def test_a_strangers_text_cannot_reach_the_terminals_controls(make_evidence):
    evil = "\x1b[2J\x1b]0;owned\x07 first\nsecond\x00\x9b31m"
    lines = render_summary(
        rank([make_evidence(["++ ++"], alerts=[("error", evil)], candidate=evil)]),
        [MonitorLine(evil, "failed", evil)],
    )
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", "".join(lines))
    assert clean("a\x1b[31mb\x1b[0m\n\tc") == "a b c"


@pytest.mark.parametrize(
    ("passed", "ran", "shown"),
    [
        (0, 0, "-"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (99_999, 100_000, ">99.9 %"),
        (1, 100_000, "<0.1 %"),
        (2, 3, "66.7 %"),
        (1, 2, "50 %"),
    ],
)
def test_a_rate_says_all_or_none_only_where_it_is_true(passed, ran, shown):
    assert format_rate(passed, ran) == shown
