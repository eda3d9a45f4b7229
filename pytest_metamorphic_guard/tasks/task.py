"""A task: what must hold for every implementation of one function."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations.raised import read_kinds
from pytest_metamorphic_guard.tasks.construction import check_calls
from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    MetamorphicRelation,
    Property,
)
from pytest_metamorphic_guard.tasks.entry_list import EntryList
from pytest_metamorphic_guard.tasks.faults import check_task, read_all
from pytest_metamorphic_guard.tasks.inputs import Inputs, to_inputs
from pytest_metamorphic_guard.tasks.locations import find_caller
from pytest_metamorphic_guard.tasks.operations import add_operations
from pytest_metamorphic_guard.tasks.word_checks import check_rate, check_task_name
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from pytest_metamorphic_guard.relations.raised import ExceptionKind
    from pytest_metamorphic_guard.tasks.metrics import Metric

__all__ = ["Task"]

DEFAULT_FUNCTION = "solve"


class Task(EntryList):
    """What must hold for every implementation of one function.

    Args:
        name: Name of the task; part of its items' node ids.
        inputs: A hypothesis strategy of argument tuples, a dict of argument name to strategy, a
            list of argument tuples, or a function ``gen_inputs(n, seed)`` that returns one. A
            `Call` may stand for a tuple.
        function: Name of the function in an implementation's file unless its specification says
            otherwise; ``Class.method`` for a method, and the first of several ``functions``.
        equivalence: When two outputs count as equal; `approx` for numbers that may differ a little.
        relations: Relations in declarative form.
        properties: Properties in declarative form.
        metrics: Numbers to take from every output.
        examples: Argument tuples that every item runs before any drawn input.
        precondition: ``precondition(*inputs)``; false skips the case, for every item.
        group: ``group(*inputs)`` names the group of an input, for monitors that compare groups.
        cluster: ``cluster(*inputs)`` names the inputs that belong together, such as the turns of
            one conversation; the gate counts them once.
        setup: Name of a function in an implementation's file that is called once per process and
            without arguments, before its first call; what it loads is no part of a call's time.
        operations: A strategy of lists of ``(method, arguments)``, done one after the other on one
            new object; what ``inputs`` draws is then what the object is made with.
        construct: With what objects are made whose methods are called: a tuple of arguments, a dict
            of those by name, a `Call`, or a function of the inputs that returns one of these.
        functions: Names of several functions of an implementation, which laws receive by name.
        max_items: How many items of an iterator are taken, 100,000 by default; one that has more is
            a violation.
        by_state: Objects of an implementation's own classes are compared by their attributes, which
            outputs are then records of. A dataclass is one without being asked.
        agreement: Whether the candidate must do what the baseline does on the same input, see
            `Agreement`. A task that declares nothing has one wherever there is a baseline, unless
            this is False.
        compare_arguments: An agreement is about what calls leave of their arguments, too.
        compare_messages: It is about the messages of exceptions, too.
        raises: Exceptions that are answers: one class or name, or several. Where a call raises
            one, properties and expectations receive a `RaisedAnswer`.
        min_pass_rate: Share of the inputs on which an entry must hold, unless it has its own.
        timeout_s: Seconds one call may take, unless the command line or configuration says.
        mem_mb: Memory in MiB one call may use, unless the command line or configuration says.
        marks: pytest marks for every item.
        format_input: Writes an argument tuple in reports.
        format_output: Writes an output in reports.

    Raises:
        TaskError: With all faults of the declaration, its file and line.
    """

    def __init__(  # noqa: PLR0913 - a declaration has as many words, and lines, as things to declare
        self,
        name: str,
        inputs: Any = None,
        *,
        function: str = DEFAULT_FUNCTION,
        equivalence: Callable[[Any, Any], Any] = equal_values,
        relations: Iterable[MetamorphicRelation] = (),
        properties: Iterable[Property] = (),
        metrics: Iterable[Metric] = (),
        examples: Iterable[tuple[Any, ...]] = (),
        precondition: Callable[..., Any] | None = None,
        group: Callable[..., Hashable] | None = None,
        cluster: Callable[..., Hashable] | None = None,
        setup: str | None = None,
        operations: Any = None,
        construct: Any = None,
        functions: Iterable[str] = (),
        max_items: int | None = None,
        by_state: bool = False,
        agreement: bool | None = None,
        compare_arguments: bool = False,
        compare_messages: bool = False,
        raises: ExceptionKind | Iterable[ExceptionKind] = (),
        min_pass_rate: float | None = None,
        timeout_s: float | None = None,
        mem_mb: int | None = None,
        marks: Iterable[Any] = (),
        format_input: Callable[[tuple[Any, ...]], str] | None = None,
        format_output: Callable[[Any], str] | None = None,
    ) -> None:
        __tracebackhide__ = True
        super().__init__()
        self.location = find_caller()
        self.name = name
        self.function = function
        self.equivalence = equivalence
        faults = [f"task {fault}" for fault in check_task_name(name)] + check_rate(min_pass_rate)
        self.raises, wrong = read_kinds(raises, "raises")
        faults += wrong
        self.metrics = read_all(metrics, "metrics", faults)
        self.examples = read_all(examples, "examples", faults)
        self.precondition = precondition
        self.group = group
        self.cluster = cluster
        self.setup = setup
        self.operations = operations
        self.construct = construct
        self.functions = read_all(functions, "functions", faults)
        if function == DEFAULT_FUNCTION and self.functions:
            self.function = self.functions[0]
        self.max_items = max_items
        self.by_state = by_state
        self.agreement = agreement
        self.compare_arguments = compare_arguments
        self.compare_messages = compare_messages
        self.min_pass_rate = min_pass_rate
        self.timeout_s = timeout_s
        self.mem_mb = mem_mb
        self.marks = read_all(marks, "marks", faults)
        self.format_input = format_input
        self.format_output = format_output
        read = to_inputs(inputs) if operations is None else add_operations(inputs, operations)
        if isinstance(read, str):
            faults.append(read)
        else:
            self.inputs: Inputs = read
        faults += check_task(self, self._width) + check_calls(self, self._width, inputs)
        declarations = (
            *read_all(relations, "relations", faults),
            *read_all(properties, "properties", faults),
        )
        for declared in declarations:
            faults += self._try_add(declared, decorated=False)
        if agreement and not faults:
            faults += self._try_agree()
        self._compared: Task | None = None
        self._raise(faults)

    def __repr__(self) -> str:
        return f"<Task {self.name!r}: {', '.join(self._entries) or 'no relations'}>"

    def agree(self) -> None:
        """Declare nothing but an agreement, in the words of the task.

        Raises:
            TaskError: One of these is wrong.
        """
        self._entries = {}
        self._raise(self._try_agree())

    @property
    def declares_nothing(self) -> bool:
        """Whether it has no entry, and may get an agreement."""
        return not self._entries and self.agreement is not False

    def compare(self) -> Task:
        """Return the task as it is where there is a baseline: with an agreement if it had nothing.

        Raises:
            TaskError: It is declared wrongly.
        """
        if not self.declares_nothing:
            return self
        if self._compared is None:
            self._compared = copy(self)
            self._compared.agree()
        return self._compared

    def _try_agree(self) -> list[str]:
        words = {word: getattr(self, word) for word in ("compare_arguments", "compare_messages")}
        try:
            return self._try_add(Agreement(**words), decorated=False)
        except TaskError as error:
            return list(error.faults)
