"""What the page of pytest-html gets: a few lines for an item, the decision, and a link to ours.

Its page runs scripts and puts what it is given into itself as it is, so everything is escaped here.
"""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from pytest_metamorphic_guard.contracts.texts import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.evaluation.transport import ItemResult
    from pytest_metamorphic_guard.gate.ranking import Ranking

__all__ = ["HtmlSummary", "list_extras"]

_LONGEST = 500
_SAID = {"held": "holds", "violated": "is violated", "broken": "could not be judged"}


def list_extras(result: ItemResult, hide: Callable[[str], str]) -> list[dict[str, str | None]]:
    """Return the short form of what an item concluded, as pytest-html takes it.

    Args:
        result: What it concluded.
        hide: Takes secrets out of a text.
    """
    verdict = result.verdict
    rows = [(verdict.task, f"{verdict.entry} {_SAID[verdict.status]} in {verdict.cases} cases")]
    if result.inputs:
        rows.append(("violated for", result.inputs))
        if result.shown is not None and result.shown.calls:
            last = result.shown.calls[-1]
            if last.baseline is not None:
                rows.append(("baseline", last.baseline))
            rows.append(("candidate", last.candidate))
    rows += [("known violation", one.example) for one in result.known if one.violated]
    written = "".join(
        f"<div><strong>{_escape(name)}</strong> <code>{_escape(hide(text))}</code></div>"
        for name, text in rows
    )
    return [
        {
            "name": None,
            "format_type": "html",
            "content": f'<div class="metamorphic-guard">{written}</div>',
            "mime_type": None,
            "extension": None,
        }
    ]


class HtmlSummary:
    """Says at the top of the page of pytest-html what was decided, and where our page is.

    Args:
        find_ranking: Returns what was decided, when that is asked.
        hide: Takes secrets out of a text.
        ours: Our page; None for none.
        page: The file of pytest-html.
    """

    def __init__(
        self,
        find_ranking: Callable[[], Ranking | None],
        hide: Callable[[str], str],
        ours: Path | None,
        page: str,
    ) -> None:
        self._find_ranking, self._hide = find_ranking, hide
        self._ours, self._page = ours, Path(page)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[Any]) -> None:
        ranking = self._find_ranking()
        if ranking is not None:
            said = _escape(self._hide(f"{ranking.outcome.value}: {ranking.reason}"))
            prefix.append(f"<p>metamorphic guard: <strong>{said}</strong></p>")
        if self._ours is not None:
            where = os.path.relpath(self._ours.absolute(), self._page.absolute().parent)
            link = _escape(quote(Path(where).as_posix()))
            prefix.append(f'<p><a href="{link}">The page of metamorphic guard</a></p>')


def _escape(text: str) -> str:
    return html.escape(clean_line(text, _LONGEST))
