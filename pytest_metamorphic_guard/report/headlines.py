"""The first line of a violation: what is violated, and by whom."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.titles import name_variant
from pytest_metamorphic_guard.tasks.declarations import name_kind

if TYPE_CHECKING:
    from pytest_metamorphic_guard.report.page import Page
    from pytest_metamorphic_guard.runner.run import Run

__all__ = ["write_headline"]


def write_headline(page: Page, run: Run) -> str:
    """Add the line and an empty one, and return what kind of declaration is violated."""
    kind = name_kind(run.entry.subject)
    candidate = run.candidate.implementation.specification
    name = name_variant(run.entry.name, run.entry.variant)
    named = kind if name == kind else f"{kind} {name!r}"
    said = f"{run.task.name}: {named} is violated by {candidate}"
    page.raw(textwrap.wrap(said, page.width - 2))
    page.blank()
    return kind
