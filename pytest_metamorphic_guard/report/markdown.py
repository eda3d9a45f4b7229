"""The decision as Markdown, for the summary page of a CI job."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import name_task
from pytest_metamorphic_guard.report.links import find_words, list_links
from pytest_metamorphic_guard.report.sandbox_lines import describe_refused
from pytest_metamorphic_guard.report.since_lines import list_changes
from pytest_metamorphic_guard.report.tables import (
    clean,
    count_pairs,
    format_metric,
    format_row,
    name_interval,
    sum_up,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_metamorphic_guard.contracts.refused import RefusedCalls
    from pytest_metamorphic_guard.contracts.strengths import Accepted, Strength
    from pytest_metamorphic_guard.gate.decision import Decision
    from pytest_metamorphic_guard.gate.ranking import Ranking
    from pytest_metamorphic_guard.report.known_record import KnownRecord
    from pytest_metamorphic_guard.report.since import Since
    from pytest_metamorphic_guard.report.tables import MonitorLine

__all__ = ["render_known", "render_markdown", "render_since", "render_undecided"]

# Signs that would start markup: what is shown comes from strangers' names and messages.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~@:-])")
_MOST_ROWS = 200
_MOST_NOTES = 20


def render_markdown(  # noqa: PLR0913, PLR0917 - all that a page of a job shows
    ranking: Ranking,
    monitors: Sequence[MonitorLine] = (),
    refused: Sequence[RefusedCalls] = (),
    strengths: Sequence[Strength] = (),
    accepted: Sequence[Accepted] = (),
    more: Sequence[str] = (),
) -> str:
    """Return the summary, ending in a newline; one candidate is a ranking of one.

    Args:
        ranking: What was decided.
        monitors: What monitors said.
        refused: What a sandbox refused.
        strengths: What entries notice of small changes.
        accepted: The tasks that answers satisfy which do nothing.
        more: Further parts, in Markdown.
    """
    parts = [f"## Metamorphic guard: {ranking.outcome.value}", _escape(ranking.reason)]
    remedy = ranking.decisions[0].remedy if ranking.decisions else None
    if remedy:
        parts.append(f"**To settle it:** {_escape(remedy)}")
    parts += _list_links(find_words(ranking, monitors, refused))
    if strengths or accepted:
        # Not loaded for a run that measures no strength, which starts sooner.
        from pytest_metamorphic_guard.report.strength_lines import describe_accepted

        parts += [f"**{_escape(line)}**" for line in describe_accepted(accepted)]
        parts += [_describe_strength(one) for one in strengths]
    if len(ranking.decisions) > 1:
        parts.append(_list_candidates(ranking))
    parts += [_describe(decision, ranking) for decision in ranking.decisions]
    if monitors:
        rows = [(entry.monitor, entry.status, entry.text) for entry in monitors]
        parts.append(_table(("monitor", "status", "what it saw"), rows))
    return "\n\n".join([*parts, *more, *_list_refused(refused)]) + "\n"


def render_known(known: Iterable[KnownRecord]) -> list[str]:
    """Return known violations as one part; none where there is nothing to say of them."""
    rows = [
        (
            f"{one.task}::{one.relation}",
            one.candidate or "any",
            one.status,
            f"{one.violated} of {one.inputs}",
            one.reason,
            one.ticket,
            one.expires,
        )
        for one in known
        if one.status != "not run"
    ]
    titles = ("known violation", "candidate", "status", "violated", "reason", "ticket", "until")
    return [_table(titles, rows)] if rows else []


def render_since(since: Since) -> list[str]:
    """Return what changed since an earlier report as parts."""
    found = list_changes(since)
    title = f"### Since {_escape(since.file)}"
    if not any(word != "unchanged" for word, _ in found):
        found.append(("", "nothing changed"))
    return [title, _table(("", "what changed"), found[:_MOST_ROWS])]


def render_undecided(
    undecided: str, refused: Sequence[RefusedCalls] = (), more: Sequence[str] = ()
) -> str:
    """Return the summary of a run that decided nothing, with the reason, ending in a newline.

    The reason is a sentence of ours, and nothing in it is a stranger's.
    """
    links = _list_links(find_words(None, (), refused))
    parts = ["## Metamorphic guard", undecided, *links, *more, *_list_refused(refused)]
    return "\n\n".join(parts) + "\n"


def _list_refused(refused: Sequence[RefusedCalls]) -> list[str]:
    """Return what a sandbox refused as one part, or none where it refused nothing."""
    lines = [f"- {_escape(line)}" for line in describe_refused(refused)]
    return ["\n".join(lines)] if lines else []


def _list_links(words: Iterable[str]) -> list[str]:
    """Return what explains it as one part, or none where nothing went wrong."""
    commands = [line.partition(": ")[2] for line in list_links(words)]
    return ["Why: " + ", ".join(f"`{command}`" for command in commands)] if commands else []


def _list_candidates(ranking: Ranking) -> str:
    rows = [
        (decision.candidate, *count_pairs(decision), decision.outcome.value, decision.reason)
        for decision in ranking.decisions
    ]
    return _table(("candidate", "passed", "regressed", "improved", "outcome", "reason"), rows)


def _describe(decision: Decision, ranking: Ranking) -> str:
    parts = [f"### {_escape(decision.candidate)}"] if len(ranking.decisions) > 1 else []
    for task in decision.tasks:
        parts.append(_escape(sum_up(task)))
        rows = [(row.relation, *format_row(row)) for row in task.relations[:_MOST_ROWS]]
        titles = ("relation", "baseline", "new", "regressed", "improved", "difference", "verdict")
        parts.append(_table(titles, rows))
        if len(task.relations) > _MOST_ROWS:
            parts.append(f"... and {len(task.relations) - _MOST_ROWS} more relations")
        if task.metrics:
            measured = [(row.metric, *format_metric(row)) for row in task.metrics[:_MOST_ROWS]]
            names = (
                "metric",
                "baseline",
                "new",
                "mean difference",
                name_interval(task.metrics),
                "trend",
            )
            parts.append(_table(names, measured))
    notes = [f"- {_escape(note)}" for note in decision.notes[:_MOST_NOTES]]
    if notes:
        parts.append("\n".join(notes))
    return "\n\n".join(parts)


def _describe_strength(strength: Strength) -> str:
    # As above.
    from pytest_metamorphic_guard.report.strength_lines import (
        describe_share,
        describe_survivor,
        list_survivors,
    )

    name = name_task(strength.task, strength.where)
    parts = [f"**{_escape(name)}:** {_escape(describe_share(strength))}"]
    rows = [
        (one.entry, str(one.kills), str(one.relation), str(one.alone)) for one in strength.entries
    ]
    parts.append(_table(("entry", "notices", "by what it says", "alone"), rows[:_MOST_ROWS]))
    survivors = [one for one in list_survivors(strength) if one.status == "survived"]
    lines = [f"- {_escape(describe_survivor(one, strength))}" for one in survivors[:_MOST_NOTES]]
    if len(survivors) > _MOST_NOTES:
        lines.append(f"- and {len(survivors) - _MOST_NOTES} more that nothing noticed")
    return "\n\n".join([*parts, *(["\n".join(lines)] if lines else [])])


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(titles), " | ".join("---" for _ in titles)]
    lines += [" | ".join(_escape(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", html.escape(clean(text), quote=False))
