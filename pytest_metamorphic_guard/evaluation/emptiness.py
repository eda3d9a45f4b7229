"""Whether answers that do nothing satisfy a task, told from a few answers of the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.contracts.strengths import Accepted
from pytest_metamorphic_guard.evaluation.quota import UndrawnError
from pytest_metamorphic_guard.runner.call_errors import Unusable
from pytest_metamorphic_guard.runner.cases import Case
from pytest_metamorphic_guard.runner.entry_needs import prepare_callers
from pytest_metamorphic_guard.strength.trivial_answers import list_answers
from pytest_metamorphic_guard.strength.vacuity import find_accepted
from pytest_metamorphic_guard.tasks.declarations import Agreement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.evaluation.evaluation import Evaluation
    from pytest_metamorphic_guard.runner.calling import Caller
    from pytest_metamorphic_guard.tasks import Entry, Task
    from pytest_metamorphic_guard.tasks.implementations import Implementation

__all__ = ["find_vacuous"]

_FEW = 5
# Whose calls cost nothing but time.
_FREE = frozenset({"local", "inprocess"})


def find_vacuous(
    evaluation: Evaluation, task: Task, entries: Sequence[Entry], where: str = ""
) -> Accepted | None:
    """Return the trivial answers that satisfy all of a task's entries; None where none does.

    It asks the baseline, or else the first candidate, for a few outputs. Where calls may cost
    something only outputs that are known already count.

    Args:
        evaluation: The run, with the processes of its implementations.
        task: The task.
        entries: Its entries, as items have them.
        where: What tells the task from others of its name.
    """
    settings = evaluation.settings
    baseline = settings.find_baseline(task.name, task.function)
    candidates = settings.find_candidates(task.name, task.function)
    source = baseline or (candidates[0] if candidates else None)
    if baseline is None:
        entries = [one for one in entries if not isinstance(one.subject, Agreement)]
    if source is None or not entries:
        return None
    role = "candidate" if baseline is None else "baseline"
    is_free = settings.find_executor(role, source).lower() in _FREE

    def make_baseline(entry: Entry) -> Caller:
        assert baseline is not None  # it is given only then
        caller = _make_caller(evaluation, ("baseline", baseline), task, f"{entry.name} of nothing")
        prepare_callers(task, entry, (caller,))
        return caller

    try:
        inputs = evaluation.samples.get_inputs(task, paired=baseline is not None)
        caller = _make_caller(evaluation, (role, source), task, "")
        outputs = list(_ask(caller, inputs[:_FEW], may_call=is_free))
        accepted = find_accepted(
            task,
            entries,
            inputs,
            list_answers(inputs[:_FEW], outputs),
            settings=settings,
            make_baseline=make_baseline if baseline is not None and is_free else None,
        )
    except (Unusable, UndrawnError):
        return None  # what is wrong with the task or the calls is said by its items
    if not accepted:
        return None
    names = tuple(one.name for one in accepted)
    agreed = any(isinstance(one.subject, Agreement) for one in entries)
    return Accepted(task=task.name, where=where, answers=names, agreed=agreed)


def _make_caller(
    evaluation: Evaluation, called: tuple[str, Implementation], task: Task, entry: str
) -> Caller:
    caller = evaluation.make_caller(*called, task, entry)
    if task.inputs.names is not None:
        # Not loaded for inputs without names, for a run that starts sooner.
        from pytest_metamorphic_guard.runner.named_inputs import order_inputs

        order_inputs((caller,), task.inputs.names, lenient=True)
    return caller


def _ask(caller: Caller, inputs: Sequence[tuple[Any, ...]], *, may_call: bool) -> list[Any]:
    """Return what the implementation answers to inputs of the sample."""
    outputs = []
    for number, source in enumerate(inputs):
        case = Case((source,), f"sample {number}")
        outcome = None if caller.shared is None else caller.shared.find(case.identity, "")
        if outcome is None and may_call:
            args = case.sources[0] if caller.packs else case.copy()[0]
            outcome = caller.call(args, case=case)
        if isinstance(outcome, Returned):
            outputs.append(outcome.value)
    return outputs
