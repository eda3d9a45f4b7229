"""Answers that differ from the baseline's while no relation says which is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.gate.phrases import count
from pytest_metamorphic_guard.gate.policies import Strict

if TYPE_CHECKING:
    from pytest_metamorphic_guard.gate.evidence import TaskEvidence
    from pytest_metamorphic_guard.gate.policies import Policy

__all__ = ["is_about_answers", "note_answers"]

_BEGINS = "the answers differ from the baseline's"


def note_answers(evidence: TaskEvidence, policy: Policy) -> list[str]:
    """Say on how many inputs the answers differ, where code is judged and nothing compares them.

    Models and prompts, which policies of rates are for, hardly ever answer the same.
    """
    seen = next((one for one in evidence.relations if one.apart), None)
    if seen is None or not isinstance(policy, Strict):
        return []
    inputs = f"{seen.apart} of {count(seen.compared, 'input')}"
    said = f"{_BEGINS} on {inputs}, such as {seen.apart_example}; no relation compares them"
    return [f"{said}, agreement=True does"]


def is_about_answers(note: str) -> bool:
    """Tell whether a note of a task is one of these."""
    return note.startswith(_BEGINS)
