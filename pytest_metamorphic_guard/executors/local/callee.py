"""One candidate under one memory limit, as the host knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_metamorphic_guard.executors.local.needs import Need, UnpreparedError
    from pytest_metamorphic_guard.executors.local.payloads import Payload
    from pytest_metamorphic_guard.executors.local.sandbox import Sandbox
    from pytest_metamorphic_guard.executors.local.setup import Target
    from pytest_metamorphic_guard.executors.local.sources import Watch
    from pytest_metamorphic_guard.executors.local.turns import Turns

__all__ = ["Callee"]


@dataclass(slots=True)
class Callee:
    """What is called, its process if there is one, and why not otherwise.

    Attributes:
        target: What to import.
        mem_mb: Its memory limit in MiB; 0 for none.
        withheld: Files that it may not read, each with what it is.
        watch: Tells whether its sources changed.
        sandbox: Its process.
        refusal: Why it has none.
        needs: Modules that every process of it imports for inputs, by name.
        notes: What the payload of its next call says.
        is_held: Whether its calls are those of one case, see `LocalExecutor.hold`.
        is_checked: Whether one of these calls has looked for edits.
        turns: What keeps them and whoever waits for them on one processor.
    """

    target: Target
    mem_mb: int
    withheld: Mapping[str, str] = field(default_factory=dict)
    watch: Watch | None = None
    sandbox: Sandbox | None = None
    refusal: Payload | None = None
    needs: dict[str, Need] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    is_held: bool = False
    is_checked: bool = False
    turns: Turns | None = None
    _lost: dict[str, str] = field(default_factory=dict)

    def lose(self, error: UnpreparedError) -> None:
        """Note that a module cannot be imported for inputs, and end the process."""
        self._lost[error.need.module] = str(error)
        self.needs.pop(error.need.module, None)
        self.end_process()

    def find_lost(self, needs: Iterable[Need]) -> str:
        """Return why one of these modules cannot be imported, or nothing."""
        return next((self._lost[need.module] for need in needs if need.module in self._lost), "")

    def explain(self, payload: Payload) -> Payload:
        """Return a payload that says so where a file was asked for that is withheld."""
        if not self.withheld or payload["success"]:
            return payload
        # Not loaded for calls that do not fail, which starts sooner.
        from pytest_metamorphic_guard.executors.local.withholding import explain_withheld

        return explain_withheld(payload, self.target.file or self.target.name, self.withheld)

    def end_process(self) -> None:
        """End its process; the next call starts another one."""
        if self.sandbox is not None:
            self.sandbox.end()
        self.sandbox = None

    def end(self) -> None:
        """End its process, and forget what was wrong with it."""
        self.end_process()
        self.watch = self.refusal = None
        self._lost.clear()
