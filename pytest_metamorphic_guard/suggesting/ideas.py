"""Relations that may hold of a function, as code, by what it takes and returns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_metamorphic_guard.suggesting.shapes import Shape

__all__ = ["Idea", "Subject", "Writer"]

_NOT_WORD = re.compile(r"\W+")


class Idea(NamedTuple):
    """A relation, property or law that may hold.

    Attributes:
        name: Its name as an entry of a task.
        code: The statement that declares it to a task called ``task``.
        origin: ``"template"``, ``"catalogue"``, ``"change"`` or ``"check"``.
        key: What it says, in a word or two that another one may name.
        follows: The keys of ideas from which it follows.
    """

    name: str
    code: str
    origin: str
    key: str = ""
    follows: tuple[str, ...] = ()


class Subject(NamedTuple):
    """What is known of a function.

    Attributes:
        name: Its name.
        parameters: The names of the arguments that it is called with.
        shapes: What was seen of each of them.
        output: What was seen of its outputs.
        functions: Names of the functions at the top of its file.
    """

    name: str
    parameters: tuple[str, ...]
    shapes: tuple[Shape, ...]
    output: Shape
    functions: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether it takes one argument."""
        return len(self.parameters) == 1


class Writer:
    """Writes ideas, each under a name of its own.

    Args:
        subject: The function that they are about.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.ideas: list[Idea] = []
        self._names: set[str] = set()

    def add_ready(
        self,
        maker: str,
        words: Sequence[str] = (),
        *,
        argument: int | None = 0,
        follows: Sequence[str] = (),
        key: str = "",
    ) -> None:
        """Write an entry of the catalogue, or a template.

        Args:
            maker: How it is called.
            words: What it is called with, beside the position of the argument.
            argument: The position; None where it takes none.
            follows: The keys of ideas from which it follows.
            key: What it says, where its name and words do not tell.
        """
        subject, said = self.subject, list(words)
        own = maker.rpartition(".")[2]
        is_plain = own != "homogeneous" and all(word.isdecimal() for word in words)
        default = f"{own}_{words[0]}" if own == "homogeneous" else own
        said_words = () if is_plain else words
        parts = [own, *(_NOT_WORD.sub("_", word.removesuffix("=True")) for word in said_words)]
        key = key or " ".join((own, *words, "" if argument is None else f"at {argument}")).strip()
        if argument is not None:
            said += [f"argument={argument}"] if argument else []
            parts += [] if subject.is_single else [subject.parameters[argument]]
        name = self._take("_".join(part.strip("_") for part in parts))
        if name != default or own == "monotone":
            said.append(f'name="{name}"')
        origin = "catalogue" if maker.startswith("catalogue.") else "template"
        code = f"task.add({maker}({', '.join(said)}))"
        self.ideas.append(Idea(name, code, origin, key, tuple(follows)))

    def add_change(  # noqa: PLR0913 - a relation is what all of these together say
        self,
        name: str,
        said: str,
        results: Sequence[str],
        expect: str,
        *,
        key: str,
        follows: Sequence[str],
    ) -> None:
        """Write a relation of a change of the input.

        Args:
            name: Its name.
            said: What it says.
            results: The arguments of the follow-up call, as expressions.
            expect: The expectation as code; empty for equal outputs.
            key: What it says, in a word or two that another one may name.
            follows: The keys of ideas from which it follows.
        """
        name = self._take(name)
        parameters = ", ".join(self.subject.parameters)
        made = ", ".join(results) if len(results) > 1 else f"({results[0]},)"
        declared = f"@task.relation(expect={expect})" if expect else "@task.relation"
        code = f'{declared}\ndef {name}({parameters}):\n    """{said}"""\n    return {made}'
        self.ideas.append(Idea(name, code, "change", key, tuple(follows)))

    def add_check(
        self, name: str, said: str, condition: str, *, follows: Sequence[str] = ()
    ) -> None:
        """Write a property of one output.

        Args:
            name: Its name.
            said: What it says.
            condition: What must be true of ``output`` and the arguments, as an expression.
            follows: The keys of ideas from which it follows.
        """
        name = self._take(name)
        parameters = ", ".join(("output", *self.subject.parameters))
        code = (
            f'@task.property\ndef {name}({parameters}):\n    """{said}"""\n    return {condition}'
        )
        self.ideas.append(Idea(name, code, "check", name, tuple(follows)))

    def _take(self, name: str) -> str:
        found, number = name, 2
        while found in self._names:
            found, number = f"{name}_{number}", number + 1
        self._names.add(found)
        return found
