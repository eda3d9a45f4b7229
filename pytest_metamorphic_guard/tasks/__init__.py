"""What a user declares: a task with its inputs, relations, properties and laws."""

from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    Law,
    MetamorphicRelation,
    Property,
)
from pytest_metamorphic_guard.tasks.entries import Entry
from pytest_metamorphic_guard.tasks.metrics import Metric
from pytest_metamorphic_guard.tasks.specification import TaskSpec, find_task
from pytest_metamorphic_guard.tasks.task import Task

__all__ = [
    "Agreement",
    "Entry",
    "Law",
    "MetamorphicRelation",
    "Metric",
    "Property",
    "Task",
    "TaskSpec",
    "find_task",
]
