"""Code that runs as if hypothesis had drawn its input: what it calls of hypothesis works."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.errors
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.control import current_build_context, currently_in_test_context
from hypothesis.statistics import collector

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Seeded", "run_inside", "surround", "targeting_anew"]


def surround(function: Callable[[], None]) -> None:
    """Run a function where it may call of hypothesis what a test may, and raise what it raises.

    Nothing follows what it targets, and nobody is told the events that it notes.
    """
    __tracebackhide__ = True
    if currently_in_test_context():
        function()
        return
    raised: list[BaseException] = []

    def keep() -> None:
        __tracebackhide__ = True
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - raised below, whatever was noted before
            raised.append(error)

    run_inside(keep, seeds=False)
    if raised:
        raise raised[0]


class targeting_anew:  # noqa: N801 - reads as what it does, in a with statement
    """Let code target what was targeted before in the same test: for the other role, or an input.

    What was targeted first is what a search follows.
    """

    __slots__ = ("_before", "_targeted")

    def __enter__(self) -> None:
        self._before: dict[str, float] = {}
        self._targeted: dict[str, float] = {}
        if currently_in_test_context():
            self._targeted = current_build_context().data.target_observations
            if self._targeted:
                self._before.update(self._targeted)
                self._targeted.clear()

    def __exit__(self, *_: object) -> None:
        if self._before:
            self._targeted.update(self._before)


def run_inside(function: Callable[[], None], *, seeds: bool = True) -> bool:
    """Run a function inside a test of hypothesis, once, and raise what it raises.

    Args:
        function: The function.
        seeds: Whether global generators are seeded for it, as hypothesis does; false goes on with
            them as they are.

    Returns:
        Whether something in it drew, targeted or noted an event, which a search would follow.
    """
    __tracebackhide__ = True
    raised: list[BaseException] = []
    used: list[bool] = []
    states = [] if seeds else [Seeded()]

    @hypothesis.seed(0)
    @hypothesis.settings(
        max_examples=1,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(st.none())
    def host(_: None) -> None:
        __tracebackhide__ = True
        try:
            for state in states:
                state.restore()
            function()
        except BaseException as error:  # noqa: BLE001 - hypothesis would run it again
            raised.append(error)
        states[:] = [Seeded() for _ in states]
        data = current_build_context().data
        # What was drawn with an input draws no more once that is over.
        is_late = any(isinstance(error, hypothesis.errors.Frozen) for error in raised)
        used.append(is_late or bool(data.events or data.target_observations or data.frozen))

    with collector.with_value(None):
        host()
    for state in states:  # hypothesis brought them back
        state.restore()
    if used != [False]:
        return True
    if raised:
        raise raised[0]
    return False


class Seeded:
    """Brings the global generators back to where they were when this was made.

    Hypothesis does so before each input, since what is drawn or derived may come from them.
    """

    def __init__(self) -> None:
        self._state = random.getstate()
        self._numpy: Any = getattr(sys.modules.get("numpy"), "random", None)
        self._numpy_state = None if self._numpy is None else self._numpy.get_state()

    def restore(self) -> None:
        """Do it."""
        random.setstate(self._state)
        if self._numpy is not None:
            self._numpy.set_state(self._numpy_state)
