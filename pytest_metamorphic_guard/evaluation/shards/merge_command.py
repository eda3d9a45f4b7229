"""The command that merges shards: reports in, the summary and exit status of the whole run out."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.evaluation.concluding import add_to_page, list_monitor_lines
from pytest_metamorphic_guard.evaluation.past.earlier_reports import (
    add_past,
    find_past,
    keep_report,
)
from pytest_metamorphic_guard.evaluation.report_file import write_report
from pytest_metamorphic_guard.evaluation.shards.shard_report import MergeError
from pytest_metamorphic_guard.evaluation.shards.whole_run import merge_shards, read_shards
from pytest_metamorphic_guard.evaluation.totals import count_items, suspect_entries
from pytest_metamorphic_guard.report.alert_lines import render_monitors
from pytest_metamorphic_guard.report.document import to_document
from pytest_metamorphic_guard.report.known_lines import describe_known
from pytest_metamorphic_guard.report.links import find_words, list_links, name_item
from pytest_metamorphic_guard.report.markdown import (
    render_known,
    render_markdown,
    render_since,
)
from pytest_metamorphic_guard.report.redaction import Redaction
from pytest_metamorphic_guard.report.sandbox_lines import describe_refused
from pytest_metamorphic_guard.report.since_lines import describe_changes, describe_history
from pytest_metamorphic_guard.report.spending import describe_spent
from pytest_metamorphic_guard.report.summary import Screen, leave_plain, render_summary
from pytest_metamorphic_guard.report.topics import name_said, name_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.evaluation.shards.whole_run import Merged

__all__ = ["run_command"]

_CANNOT = 4
_WIDEST = 100
_OWN_ITEMS = "metamorphic-guard::"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(_CANNOT, f"{self.prog}: {message}\n")


def run_command(arguments: Sequence[str]) -> int:
    """Merge the reports that the arguments name, and say what came of it; return the status."""
    parser = _Parser(
        prog="python -m pytest_metamorphic_guard.merge",
        description="Make of the reports of all shards of a run (pytest --mg-shard=I/N "
        "--mg-report=FILE) the decision, report and exit status of the whole run.",
    )
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="one per shard")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the merged report")
    parser.add_argument("--compare", type=Path, metavar="PATH", help="as --mg-compare")
    parser.add_argument("--history", type=Path, metavar="FOLDER", help="as --mg-history")
    given = parser.parse_args(arguments)
    try:
        past = find_past(given.compare, given.history)
        merged = _merge(given.reports)
        document = to_document(merged.record)
        since, runs = add_past(document, past, keeps=given.history is not None)
        if given.history is not None:
            keep_report(document, given.history)
        written = None if given.output is None else write_report(document, given.output)
    except MetamorphicGuardError as error:
        sys.stdout.write(f"{list_links([name_topic(error, 'shards')])[0]}\n")
        sys.stderr.write(f"{parser.prog}: {clean_line(str(error))}\n")
        return _CANNOT
    hide = Redaction(known=merged.record.secrets).hide
    lines = [*_list_violations(merged), *_sum_up(merged)]
    lines += describe_changes(since, _find_width()) if since is not None else []
    lines += describe_history(runs, given.history.name, _find_width()) if runs else []
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page and merged.ranking is not None:
        monitors = list_monitor_lines(merged.monitors)
        more = [*render_known(merged.record.known), *(render_since(since) if since else ())]
        text = render_markdown(merged.ranking, monitors, merged.gathered.refused, more=more)
        fault = add_to_page(page, hide(text))
        lines += [fault] if fault else []
    if written is not None:
        lines.append(f"report: {written}")
    lines += list_links(_find_words(merged))
    lines += [f"FAILED {clean_line(f'{n} - {said}')}" for n, said in merged.failures.items()]
    sys.stdout.write("\n".join(map(hide, lines)) + "\n")
    return 1 if merged.failures else 0


def _merge(reports: Sequence[Path]) -> Merged:
    try:
        return merge_shards(read_shards(reports))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        fault = f"one of the reports is damaged ({type(error).__name__}): run its shard again"
        raise MergeError(", ".join(map(str, reports)), fault) from error


def _list_violations(merged: Merged) -> list[str]:
    lines = []
    for node in merged.failures:
        result = merged.gathered.items.get(node)
        if result is not None and result.text:
            lines += [_head(node, "_"), *result.text.splitlines(), ""]
    return lines


def _sum_up(merged: Merged) -> list[str]:
    """Return the lines that pytest's terminal has below its own."""
    screen = Screen(width=_find_width())
    if merged.ranking is not None:
        lines = render_summary(merged.ranking, list_monitor_lines(merged.monitors), screen)
        if merged.record.seed_source == "contents":
            lines.append(f"seed {merged.record.seed} from the contents of the implementations")
    else:
        monitors = render_monitors(merged.monitors, screen.width, leave_plain)
        lines = [*count_items(merged.gathered), *monitors]
    lines += [*suspect_entries(merged.gathered), *describe_refused(merged.gathered.refused)]
    lines += describe_spent(merged.gathered.spent)
    rule = merged.record.options.get("known") or {}
    lines += describe_known(merged.record.known, rule.get("file", ""), screen.width)
    if merged.record.partial and merged.monitors:
        lines.append("monitors saw only a part of this run")
    return [_head("metamorphic guard", "="), *lines]


def _find_words(merged: Merged) -> set[str]:
    """Return the words of the topics that explain what went wrong, as for the whole run."""
    words = find_words(merged.ranking, merged.monitors, merged.gathered.refused)
    for node, said in merged.failures.items():
        result = merged.gathered.items.get(node)
        if node.startswith(_OWN_ITEMS):
            words.add(name_item(node.removeprefix(_OWN_ITEMS)))
        elif result is not None and result.verdict.status == "violated":
            words.add("violation")
        else:
            words.add(name_said(said, "shards"))
    return words


def _head(title: str, line: str) -> str:
    return f" {clean_line(title)} ".center(_find_width(), line)


def _find_width() -> int:
    return max(60, min(shutil.get_terminal_size().columns, _WIDEST))
