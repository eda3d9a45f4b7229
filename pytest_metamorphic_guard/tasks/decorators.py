"""The decorators of a task, which turn functions into its relations, properties and laws."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pytest_metamorphic_guard.tasks.declarations import Law, MetamorphicRelation, Property, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_metamorphic_guard.relations.expectations import Expectation

__all__ = ["Decorators", "name_function"]

_Function = TypeVar("_Function", bound="Callable[..., Any]")


class Decorators:
    """What a task offers to be written above a function; the task adds what comes of it."""

    def _declare(
        self,
        make: Callable[[], Subject],
        function: Callable[..., Any],
        marks: Iterable[Any],
    ) -> None:
        raise NotImplementedError  # a task does it

    @overload
    def relation(self, function: _Function, /) -> _Function: ...

    @overload
    def relation(
        self,
        function: None = None,
        /,
        *,
        expect: str | Expectation | Callable[..., Any] = ...,
        name: str | None = ...,
        sources: int = ...,
        followups: Literal["each", "all"] = ...,
        precondition: Callable[..., Any] | None = ...,
        min_pass_rate: float | None = ...,
        sees_output: bool | None = ...,
        parameters: Mapping[str, Sequence[Any]] | None = ...,
        items: Literal["each", "all"] = ...,
        repeats: int = ...,
        marks: Sequence[Any] = ...,
    ) -> Callable[[_Function], _Function]: ...

    def relation(  # noqa: PLR0913 - as Task
        self,
        function: Any = None,
        /,
        *,
        expect: str | Expectation | Callable[..., Any] = "equal",
        name: str | None = None,
        sources: int = 1,
        followups: Literal["each", "all"] = "each",
        precondition: Callable[..., Any] | None = None,
        min_pass_rate: float | None = None,
        sees_output: bool | None = None,
        parameters: Mapping[str, Sequence[Any]] | None = None,
        items: Literal["each", "all"] = "each",
        repeats: int = 1,
        marks: Sequence[Any] = (),
    ) -> Any:
        """Declare the decorated transformation as a relation; see `MetamorphicRelation`."""
        __tracebackhide__ = True

        def declare(transform: _Function) -> _Function:
            __tracebackhide__ = True
            self._declare(
                lambda: MetamorphicRelation(
                    name or name_function(transform),
                    transform,
                    expect,
                    sources=sources,
                    followups=followups,
                    precondition=precondition,
                    min_pass_rate=min_pass_rate,
                    sees_output=sees_output,
                    parameters=parameters,
                    items=items,
                    repeats=repeats,
                ),
                transform,
                marks,
            )
            return transform

        return declare if function is None else declare(function)

    @overload
    def property(self, function: _Function, /) -> _Function: ...

    @overload
    def property(
        self,
        function: None = None,
        /,
        *,
        soft: bool = ...,
        name: str | None = ...,
        precondition: Callable[..., Any] | None = ...,
        min_pass_rate: float | None = ...,
        marks: Sequence[Any] = ...,
    ) -> Callable[[_Function], _Function]: ...

    def property(  # noqa: PLR0913 - as Task
        self,
        function: Any = None,
        /,
        *,
        soft: bool = False,
        name: str | None = None,
        precondition: Callable[..., Any] | None = None,
        min_pass_rate: float | None = None,
        marks: Sequence[Any] = (),
    ) -> Any:
        """Declare the decorated check of one output as a property; see `Property`."""
        __tracebackhide__ = True

        def declare(check: _Function) -> _Function:
            __tracebackhide__ = True
            self._declare(
                lambda: Property(
                    check,
                    _first_line(check),
                    "soft" if soft else "hard",
                    name=name or name_function(check),
                    precondition=precondition,
                    min_pass_rate=min_pass_rate,
                ),
                check,
                marks,
            )
            return check

        return declare if function is None else declare(function)

    @overload
    def law(self, function: _Function, /) -> _Function: ...

    @overload
    def law(
        self,
        function: None = None,
        /,
        *,
        name: str | None = ...,
        precondition: Callable[..., Any] | None = ...,
        min_pass_rate: float | None = ...,
        parallel: bool = ...,
        marks: Sequence[Any] = ...,
    ) -> Callable[[_Function], _Function]: ...

    def law(  # noqa: PLR0913 - as Task
        self,
        function: Any = None,
        /,
        *,
        name: str | None = None,
        precondition: Callable[..., Any] | None = None,
        min_pass_rate: float | None = None,
        parallel: bool = False,
        marks: Sequence[Any] = (),
    ) -> Any:
        """Declare the decorated function as a law; see `Law`."""
        __tracebackhide__ = True

        def declare(body: _Function) -> _Function:
            __tracebackhide__ = True
            self._declare(
                lambda: Law(
                    name or name_function(body),
                    body,
                    precondition=precondition,
                    min_pass_rate=min_pass_rate,
                    parallel=parallel,
                ),
                body,
                marks,
            )
            return body

        return declare if function is None else declare(function)


def name_function(function: object) -> str:
    """Return the name by which a function is declared."""
    return str(getattr(function, "__name__", type(function).__name__))


def _first_line(function: object) -> str:
    doc = inspect.getdoc(function)
    return doc.splitlines()[0].rstrip(".") if doc else ""
