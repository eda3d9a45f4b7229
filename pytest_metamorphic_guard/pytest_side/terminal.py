"""What the terminal shows at the end of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.evaluation.totals import count_items, suspect_entries
from pytest_metamorphic_guard.pytest_side.why_links import find_shown
from pytest_metamorphic_guard.report.links import find_words, list_links
from pytest_metamorphic_guard.report.sandbox_lines import describe_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from pytest_metamorphic_guard.pytest_side.results import ResultKeeper
    from pytest_metamorphic_guard.report.tables import Tone

__all__ = ["TerminalSummary"]

_MARKUP: dict[Tone, dict[str, bool]] = {
    "good": {"green": True},
    "bad": {"red": True, "bold": True},
    "warn": {"yellow": True},
    "bold": {"bold": True},
    "dim": {},
}
_TITLE = "metamorphic guard"
_NOTHING_RAN = "no task ran: name a test file with a Task, or --mg-task=NAME for a registered one"
# Below it, -qq, not even what to do is said.
_SILENT = -1


class TerminalSummary:
    """Writes the decision with its tables, or one line per task where nothing was decided.

    Args:
        keeper: What was gathered and judged.
    """

    def __init__(self, keeper: ResultKeeper) -> None:
        self._keeper = keeper

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the section."""
        lines = _list_lines(self._keeper, terminalreporter)
        if terminalreporter.verbosity >= _SILENT:
            lines += list_links(_find_words(self._keeper, terminalreporter, lines))
        if not lines:
            return
        terminalreporter.section(_TITLE)
        for line in lines:
            terminalreporter.line(self._keeper.session.redaction.hide(line))


def _list_lines(keeper: ResultKeeper, reporter: pytest.TerminalReporter) -> list[str]:
    quiet = reporter.verbosity < 0
    width = min(reporter._tw.fullwidth, 100)  # noqa: SLF001 - pytest's own terminal

    def style(text: str, tone: Tone) -> str:
        return reporter._tw.markup(text, **_MARKUP[tone])  # noqa: SLF001 - pytest's own colours

    lines: list[str] = []
    if keeper.ranking is not None:
        # Not loaded for a run that decides nothing, which starts sooner.
        from pytest_metamorphic_guard.report.summary import Screen, render_summary

        screen = Screen(width=width, quiet=quiet, style=style)
        lines = render_summary(keeper.ranking, keeper.monitor_lines, screen)
        lines = [*_show_strength(keeper, reporter, width, style), *lines]
    elif not quiet:
        lines = [*count_items(keeper.gathered), *_show_monitors(keeper, width, style)]
        lines += _show_strength(keeper, reporter, width, style)
    lines += _rest_on(keeper, width, style, quiet=quiet)
    settings = keeper.session.settings
    if keeper.ranking is not None and settings.seed_source == "contents" and not quiet:
        lines.append(settings.described_seed)
    lines += [] if quiet else keeper.session.input_notes.lines
    lines += [] if quiet else _show_noise(keeper, width)
    lines += [*suspect_entries(keeper.gathered), *describe_refused(keeper.gathered.refused)]
    if keeper.undecided is not None and not keeper.has_nothing:
        lines.append(keeper.undecided)
    elif keeper.interrupted and keeper.gathered.is_empty and not keeper.has_nothing:
        lines.append("the run was cut short before an item had ended")
    if keeper.partial and keeper.monitor_results and not quiet:
        lines.append("monitors saw only a part of this run")
    failed = reporter.stats.get("error")  # of the collection, which says what is wrong
    if settings.candidates and keeper.gathered.is_empty and not keeper.partial and not failed:
        lines += _explain_nothing(keeper)
    lines += _explain_skips(keeper, reporter.verbosity)
    lines += [*keeper.known_runs.describe(width), *keeper.past_runs.describe(width)]
    lines += _show_spent(keeper)
    for name in ("metamorphic_guard_recording", "metamorphic_guard_answers"):
        plugin: Any = keeper.config.pluginmanager.get_plugin(name)
        lines += plugin.lines if plugin is not None else []
    lines += keeper.file_lines
    return lines


def _find_words(
    keeper: ResultKeeper, reporter: pytest.TerminalReporter, lines: list[str]
) -> set[str]:
    """Return the words of the topics that explain what went wrong."""
    gathered, strength_runs = keeper.gathered, keeper.strength_runs
    # A share decides nothing, as it says.
    ranking = None if keeper.session.settings.shard is not None else keeper.ranking
    found = {
        "decision": keeper.undecided is not None and not keeper.has_nothing,
        "strength": strength_runs is not None and bool(strength_runs.accepted),
        "no-candidate": bool(gathered.without_candidate) or _NOTHING_RAN in lines,
        "inputs": reporter.verbosity >= 0 and bool(keeper.session.input_notes.lines),
    }
    words = find_words(ranking, keeper.monitor_results, gathered.refused)
    words |= find_shown(reporter) | {word for word, is_said in found.items() if is_said}
    # Who wants few lines asks for the reason of the decision first.
    return words & {"decision"} if ranking is not None and reporter.verbosity < 0 else words


def _show_monitors(
    keeper: ResultKeeper, width: int, style: Callable[[str, Tone], str]
) -> list[str]:
    if not keeper.monitor_results:
        return []
    # Not loaded for a run without monitors, which starts sooner.
    from pytest_metamorphic_guard.report.alert_lines import render_monitors

    return render_monitors(keeper.monitor_results, width, style)


def _show_noise(keeper: ResultKeeper, width: int) -> list[str]:
    if not any(result.noise for result in keeper.gathered.items.values()):
        return []
    # Not loaded for a run without repeats, which starts sooner.
    from pytest_metamorphic_guard.report.noise_lines import describe_noise

    return describe_noise(keeper.gathered.item_records, width)


def _show_strength(
    keeper: ResultKeeper,
    reporter: pytest.TerminalReporter,
    width: int,
    style: Callable[[str, Tone], str],
) -> list[str]:
    if keeper.strength_runs is None or reporter.verbosity < 0:
        return []
    # Not loaded for a run that measures no strength, which starts sooner.
    from pytest_metamorphic_guard.report.strength_lines import render

    shows_all = reporter.verbosity > 0
    return [
        line
        for one in keeper.strength_runs.strengths
        for line in render(one, width, style, shows_all=shows_all)
    ]


def _rest_on(
    keeper: ResultKeeper, width: int, style: Callable[[str, Tone], str], *, quiet: bool
) -> list[str]:
    """Say how much the relations notice on which everything rests."""
    if keeper.strength_runs is None:
        return []
    # As above.
    from pytest_metamorphic_guard.report.strength_lines import render_basis

    runs = keeper.strength_runs
    # Without a decision the table itself is all there is to say.
    strengths = runs.strengths if quiet or keeper.ranking is not None else ()
    return render_basis(strengths, runs.accepted, width, style)


def _show_spent(keeper: ResultKeeper) -> list[str]:
    budget_usd = keeper.session.settings.budget_usd
    if not keeper.gathered.spent and (budget_usd is None or keeper.gathered.is_empty):
        return []
    # Not loaded for a run whose calls cost nothing, which starts sooner.
    from pytest_metamorphic_guard.report.spending import describe_spent

    return describe_spent(keeper.gathered.spent, budget_usd)


def _explain_skips(keeper: ResultKeeper, verbosity: int) -> list[str]:
    """Say why items were skipped, which pytest itself says with ``-rs`` alone."""
    skipped = len(keeper.gathered.without_candidate)
    if not skipped or verbosity < _SILENT:
        return []
    were = "item was" if skipped == 1 else "items were"
    how = "pass --mg-candidate=path.py or, for one task, TASK=path.py"
    return [f"{skipped} {were} skipped, since no candidate was given: {how}"]


def _explain_nothing(keeper: ResultKeeper) -> list[str]:
    if (
        keeper.session.seen_tasks
        or keeper.session.used_fixtures
        or keeper.gathered.lost
        or keeper.config.option.collectonly
    ):
        return []
    return [_NOTHING_RAN]
