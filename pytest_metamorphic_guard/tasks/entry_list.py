"""The entries of a task: what its decorators and `add` declare, checked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.errors import TaskError
from pytest_metamorphic_guard.tasks.argument_names import find_place
from pytest_metamorphic_guard.tasks.declarations import Agreement, Property, Subject, function_of
from pytest_metamorphic_guard.tasks.decorators import Decorators, name_function
from pytest_metamorphic_guard.tasks.dropped_comparisons import find_dropped
from pytest_metamorphic_guard.tasks.entries import Entry
from pytest_metamorphic_guard.tasks.faults import (
    check_arity,
    check_examples,
    check_marks,
    read_all,
)
from pytest_metamorphic_guard.tasks.locations import Location, find_caller, find_function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_metamorphic_guard.tasks.inputs import Inputs

__all__ = ["EntryList"]


class EntryList(Decorators):
    """A task as the list of its entries, in the order of their declaration."""

    name: str
    location: Location | None
    functions: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        # Examples written below @task.relation wait here for their function; see example().
        self._waiting: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

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

    @property
    def hard_properties(self) -> tuple[Property, ...]:
        """The properties that fail a case."""
        subjects = (entry.subject for entry in self._entries.values())
        return tuple(s for s in subjects if isinstance(s, Property) and s.mode == "hard")

    def example(self, *arguments: Any, **named: Any) -> Callable[[Any], Any]:
        """Run these arguments first in the decorated relation, property or law.

        A relation with several sources takes that many argument tuples. One `Call` stands for its
        arguments.
        """
        __tracebackhide__ = True
        if named:
            arguments = Call(*arguments, **named)
        elif len(arguments) == 1 and type(arguments[0]) is Call:
            arguments = arguments[0]

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

    def _try_add(
        self,
        subject: Subject,
        marks: Sequence[Any] = (),
        *,
        decorated: bool = True,
    ) -> list[str]:
        if not isinstance(subject, Subject):
            return [f"{subject!r:.60} is no MetamorphicRelation and no Property"]
        subject, faults = find_place(subject, getattr(getattr(self, "inputs", None), "names", None))
        function = function_of(subject)
        mine = tuple(arguments for waiting, arguments in self._waiting if waiting is function)
        self._waiting = [pair for pair in self._waiting if pair[0] is not function]
        faults += [*check_arity(subject, self._width, self.functions), *find_dropped(subject)]
        faults += check_examples(subject, mine, self._width)
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
