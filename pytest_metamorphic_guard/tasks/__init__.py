"""What a user declares: a task with its inputs, relations, properties and laws."""

from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Metric, Property
from pytest_metamorphic_guard.tasks.specification import TaskSpec, find_task
from pytest_metamorphic_guard.tasks.task import Entry, Task

__all__ = [
    "Entry",
    "Law",
    "MetamorphicRelation",
    "Metric",
    "Property",
    "Task",
    "TaskSpec",
    "find_task",
]
