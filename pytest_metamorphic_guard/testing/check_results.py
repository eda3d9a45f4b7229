"""What the checks of an executor found."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_metamorphic_guard.errors import MetamorphicGuardError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AREAS", "Area", "CheckResult", "ExecutorContractError", "ExecutorReport"]

Area = Literal["contract", "results", "limits", "hostile"]
AREAS: tuple[Area, ...] = ("contract", "results", "limits", "hostile")
_WIDTH = 80


class ExecutorContractError(MetamorphicGuardError, AssertionError):
    """An executor that breaks its contract.

    Args:
        executor: Its name.
        faults: One sentence per broken requirement.
    """

    def __init__(self, executor: str, faults: Sequence[str]) -> None:
        super().__init__(executor, tuple(faults))
        self.executor = executor
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = "".join(f"\n- {fault}" for fault in self.faults)
        return f"{self.executor} breaks the executor contract in {len(self.faults)} ways:{lines}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check.

    Attributes:
        area: ``"contract"`` is required of every executor; the others are promises it may make.
        name: What was checked.
        held: Whether it holds.
        sentence: What was seen.
        lack: What the executor does not promise, where it does not hold.
    """

    area: Area
    name: str
    held: bool
    sentence: str
    lack: str


@dataclass(frozen=True, slots=True)
class ExecutorReport:
    """All checks of one executor; as text, a page of at most 80 columns.

    Attributes:
        executor: Its name.
        results: In the order in which they were made.
    """

    executor: str
    results: tuple[CheckResult, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """One sentence per requirement of the contract that is broken."""
        return tuple(
            f"{result.name}: {result.sentence}"
            for result in self.results
            if result.area == "contract" and not result.held
        )

    @property
    def unpromised(self) -> tuple[str, ...]:
        """What the executor does not promise, such as ``"does not limit memory"``."""
        lacks = (r.lack for r in self.results if r.area != "contract" and not r.held)
        return tuple(dict.fromkeys(lacks))

    def assert_contract(self) -> None:
        """Raise if the contract is broken.

        Raises:
            ExecutorContractError: It names every fault.
        """
        if self.faults:
            raise ExecutorContractError(self.executor, self.faults)

    def __str__(self) -> str:
        kept = "keeps its contract"
        broken = f"breaks its contract in {len(self.faults)} ways"
        lines = [f"{self.executor} {broken if self.faults else kept}"]
        for area in AREAS:
            found = [result for result in self.results if result.area == area]
            if found:
                lines += ["", area]
            for result in found:
                lines += _wrap(f"{'ok' if result.held else 'NO':<4}", _describe(result))
        if self.unpromised:
            lines += ["", "not promised"]
            for lack in self.unpromised:
                lines += _wrap("- ", lack)
        return "\n".join(lines)


def _describe(result: CheckResult) -> str:
    return result.name if result.held else f"{result.name}: {result.sentence}"


def _wrap(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        _WIDTH,
        initial_indent="  " + head,
        subsequent_indent=" " * (2 + len(head)),
        break_on_hyphens=False,
    )
