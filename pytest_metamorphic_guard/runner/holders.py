"""Where an item leaves what its test function needs, if it is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_metamorphic_guard.runner.functions import RunHolder

if TYPE_CHECKING:
    from pytest_metamorphic_guard.runner.sample_run import Measuring

__all__ = ["MeasuringHolder"]


class MeasuringHolder(RunHolder):
    """Where the item leaves its measuring for the test function that was built before it."""

    measuring: Measuring
