"""What messages are about: the topics to which ``pytest --mg-why=WORD`` leads."""

from __future__ import annotations

import contextlib
import re
import textwrap
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_metamorphic_guard.report.recognising import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Topic",
    "describe_topic",
    "find_topic",
    "list_topics",
    "name_begun",
    "name_said",
    "name_topic",
    "read_topics",
]

_PACKAGE = Path(__file__).parents[1]
_WIDTH = 79


class Topic(NamedTuple):
    """A topic: its word, and what a user should know who met one of its messages.

    Attributes:
        word: What stands after ``--mg-why=``.
        title: What happened, in a line.
        why: Why the tool says so, as Markdown.
        remedy: What to do, as Markdown.
        page: The page of the documentation with more, below ``docs``.
        modules: Beginnings of the paths of the modules whose messages these are.
        begins: Beginnings of messages that belong here, wherever they come from.
    """

    word: str
    title: str
    why: str
    remedy: str
    page: str
    modules: tuple[str, ...]
    begins: tuple[str, ...]


@cache
def read_topics() -> dict[str, Topic]:
    """Return all topics by their words, in the order of the page."""
    data = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return {
        word: Topic(
            word,
            fields["title"],
            fields["why"],
            fields["remedy"],
            fields["page"],
            tuple(fields["modules"]),
            tuple(fields.get("begins", ())),
        )
        for word, fields in data.items()
    }


def find_topic(module: str) -> Topic:
    """Return the topic of a module's messages.

    Args:
        module: Its path below the package without the ending, such as ``gate/policies``.

    Raises:
        LookupError: No topic has it.
    """
    fitting = [
        (len(start), topic)
        for topic in read_topics().values()
        for start in topic.modules
        if module.startswith(start)
    ]
    if not fitting:
        raise LookupError(f"no topic in topics.toml has the messages of {module}")
    return max(fitting, key=lambda found: found[0])[1]


def name_topic(error: BaseException, otherwise: str) -> str:
    """Return the word of what an error is about.

    That is what its message begins with or says, or else the topic of the code that raised it
    first, which also tells where two topics share a message.

    Args:
        error: What happened.
        otherwise: The word where nothing tells.
    """
    modules = [module for link in _unchain(error) for module in _walk_modules(link)]
    with contextlib.suppress(LookupError):  # none is the fault of whoever reads the message
        otherwise = find_topic(modules[-1]).word if modules else otherwise
    return name_said(str(error), otherwise)


def name_said(text: str, otherwise: str) -> str:
    """Return the word of what a message is about.

    Args:
        text: The message as it is printed, with anything around it.
        otherwise: The word where it does not tell.
    """
    begun = name_begun(text)
    if begun is not None:
        return begun
    words = recognise(text)
    return otherwise if otherwise in words or not words else words[0]


def name_begun(text: str) -> str | None:
    """Return the word of the topic to which a message belongs by its beginning, if there is one."""
    for topic in read_topics().values():
        # Of an option, what is wrong with its value, and not that it has no effect.
        if any(re.match(rf"{re.escape(begin)}(?! )", text) for begin in topic.begins):
            return topic.word
    return None


def list_topics() -> list[str]:
    """Return a line for each topic."""
    return [f"{topic.word:15} {topic.title}" for topic in read_topics().values()]


def describe_topic(topic: Topic) -> str:
    """Return a topic as text for a terminal."""
    parts = (topic.title, topic.why, f"What to do: {topic.remedy}")
    shown = "\n\n".join(_fill(part) for part in parts)
    return f"{shown}\n\nMore: docs/{topic.page}"


def _fill(text: str) -> str:
    # An option stays in one piece, to be copied.
    return textwrap.fill(text.replace("`", ""), _WIDTH, break_on_hyphens=False)


def _unchain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _walk_modules(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE) and path.suffix == ".py":
            yield path.relative_to(_PACKAGE).with_suffix("").as_posix()
        trace = trace.tb_next
