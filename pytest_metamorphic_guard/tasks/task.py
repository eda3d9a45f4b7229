"""A task: what must hold for every implementation of one function."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.relations.raised import read_kinds
from pytest_metamorphic_guard.tasks.declarations import (
    Agreement,
    MetamorphicRelation,
    Property,
    Subject,
    function_of,
)
from pytest_metamorphic_guard.tasks.decorators import Decorators, name_function
from pytest_metamorphic_guard.tasks.entries import Entry
from pytest_metamorphic_guard.tasks.faults import (
    check_arity,
    check_examples,
    check_marks,
    check_task,
    read_all,
)
from pytest_metamorphic_guard.tasks.inputs import Inputs, to_inputs
from pytest_metamorphic_guard.tasks.locations import Location, find_caller, find_function
from pytest_metamorphic_guard.tasks.word_checks import check_rate, check_task_name
from pytest_metamorphic_guard.values.equivalence import equal_values

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from pytest_metamorphic_guard.relations.raised import ExceptionKind
    from pytest_metamorphic_guard.tasks.metrics import Metric

__all__ = ["Task"]


class Task(Decorators):
    """What must hold for every implementation of one function.

    Args:
        name: Name of the task; part of its items' node ids.
        inputs: A hypothesis strategy of argument tuples, a dict of argument name to strategy, a
            list of argument tuples, or a function ``gen_inputs(n, seed)`` that returns one.
        function: Name of the function in an implementation's file unless its specification says
            otherwise.
        equivalence: When two outputs count as equal; `approx` for numbers that may differ a little.
        relations: Relations in declarative form.
        properties: Properties in declarative form.
        metrics: Numbers to take from every output.
        examples: Argument tuples that every item runs before any drawn input.
        precondition: ``precondition(*inputs)``; false skips the case, for every item.
        group: ``group(*inputs)`` names the group of an input, for monitors that compare groups.
        cluster: ``cluster(*inputs)`` names the inputs that belong together, such as the turns of
            one conversation; the gate counts them once.
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
        inputs: Any,
        *,
        function: str = "solve",
        equivalence: Callable[[Any, Any], Any] = equal_values,
        relations: Iterable[MetamorphicRelation] = (),
        properties: Iterable[Property] = (),
        metrics: Iterable[Metric] = (),
        examples: Iterable[tuple[Any, ...]] = (),
        precondition: Callable[..., Any] | None = None,
        group: Callable[..., Hashable] | None = None,
        cluster: Callable[..., Hashable] | None = None,
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
        self.agreement = agreement
        self.compare_arguments = compare_arguments
        self.compare_messages = compare_messages
        self.min_pass_rate = min_pass_rate
        self.timeout_s = timeout_s
        self.mem_mb = mem_mb
        self.marks = read_all(marks, "marks", faults)
        self.format_input = format_input
        self.format_output = format_output
        self._entries: dict[str, Entry] = {}
        # Examples written below @task.relation wait here for their function; see example().
        self._waiting: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        read = to_inputs(inputs)
        if isinstance(read, str):
            faults.append(read)
        else:
            self.inputs: Inputs = read
        faults += check_task(self, self._width)
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

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Relations, properties, laws and agreements in the order of their declaration.

        Raises:
            TaskError: The task has none, or an example was given to something else.
        """
        faults = [] if self._entries else ["no relations, properties or laws given"]
        faults += [
            f"example{arguments!r:.60} is given to {name_function(function)!r}, which is no "
            "relation, property or law of this task"
            for function, arguments in self._waiting
        ]
        self._raise(faults)
        return tuple(self._entries.values())

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

    def add(self, *declared: Subject) -> None:
        """Declare relations, properties, laws and agreements, such as those of templates.

        Raises:
            TaskError: With all faults of what is given.
        """
        __tracebackhide__ = True
        faults: list[str] = []
        for one in declared:
            faults += self._try_add(one, decorated=False)
        self._raise(faults, find_caller())

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

    @property
    def hard_properties(self) -> tuple[Property, ...]:
        """The properties that fail a case."""
        subjects = (entry.subject for entry in self._entries.values())
        return tuple(s for s in subjects if isinstance(s, Property) and s.mode == "hard")

    def example(self, *arguments: Any) -> Callable[[Any], Any]:
        """Run these arguments first in the decorated relation, property or law.

        A relation with several sources takes that many argument tuples.
        """
        __tracebackhide__ = True

        def attach(function: Any) -> Any:
            __tracebackhide__ = True
            for key, entry in self._entries.items():
                if entry.function is function:
                    self._raise(check_examples(entry.subject, [arguments], self._width))
                    # Decorators apply from below: the upper line runs first, as in hypothesis.
                    self._entries[key] = entry._replace(examples=(arguments, *entry.examples))
                    return function
            self._waiting.append((function, arguments))
            return function

        if len(arguments) == 1 and any(e.function is arguments[0] for e in self._entries.values()):
            self._raise(["example needs the arguments: write @task.example(...)"])
        return attach

    def _declare(
        self,
        make: Callable[[], Subject],
        function: Callable[..., Any],
        marks: Iterable[Any],
    ) -> None:
        __tracebackhide__ = True
        faults: list[str] = []
        given = read_all(marks, "marks", faults)
        faults += check_marks(given)
        try:
            faults += self._try_add(make(), given)
        except TaskError as error:
            faults += error.faults
        self._raise(
            faults, (find_function(function) if callable(function) else None) or find_caller()
        )

    def _try_agree(self) -> list[str]:
        words = {word: getattr(self, word) for word in ("compare_arguments", "compare_messages")}
        try:
            return self._try_add(Agreement(**words), decorated=False)
        except TaskError as error:
            return list(error.faults)

    def _try_add(
        self,
        subject: Subject,
        marks: Sequence[Any] = (),
        *,
        decorated: bool = True,
    ) -> list[str]:
        if not isinstance(subject, Subject):
            return [f"{subject!r:.60} is no MetamorphicRelation and no Property"]
        function = function_of(subject)
        mine = tuple(arguments for waiting, arguments in self._waiting if waiting is function)
        self._waiting = [pair for pair in self._waiting if pair[0] is not function]
        faults = check_arity(subject, self._width) + check_examples(subject, mine, self._width)
        if subject.name in self._entries:
            earlier = self._entries[subject.name].location
            faults.append(f"a second {subject.name!r} is declared; the first is at {earlier}")
        if faults:
            return faults
        # What this package made stands where the user declared it.
        where = find_function(function)
        if where is not None and where.is_ours:
            where = self.location if isinstance(subject, Agreement) else find_caller()
        self._entries[subject.name] = Entry(
            subject,
            function,
            where,
            mine[::-1],
            tuple(marks),
            decorated,
            constants=tuple(getattr(subject, "parameters", None) or ()),
        )
        return []

    @property
    def _width(self) -> int | None:
        inputs: Inputs | None = getattr(self, "inputs", None)
        return None if inputs is None else inputs.arity

    def _raise(self, faults: list[str], location: Location | None = None) -> None:
        __tracebackhide__ = True
        if faults:
            name = self.name if isinstance(self.name, str) else None
            raise TaskError(name, faults, str(location) if location else self._where())

    def _where(self) -> str | None:
        return str(self.location) if self.location else None
