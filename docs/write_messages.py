"""Write ``docs/reference/messages.md``: every message of the tool, by topic, and what to do.

The messages are read from the source of the package, the topics from ``report/topics.toml`` there.
``report/messages.json`` holds the same messages, by which the tool finds what explains one of them.
``python docs/write_messages.py`` writes both anew; a test compares them with what they would be.
"""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pytest_metamorphic_guard.report.recognising import HOLE, LIST
from pytest_metamorphic_guard.report.topics import (
    Topic,
    find_topic,
    name_begun,
    read_topics,
)

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_metamorphic_guard"
PAGE = ROOT / "docs" / "reference" / "messages.md"
FEWEST_WORDS = 4
# Programs in other languages, queries and patterns are no messages; nor is what --help says, or
# what stands in messages of all kinds.
NO_MESSAGE = re.compile(
    r"[<>\\\n]|^\s*(select|insert|delete|import|from) |\(\?|^python -m|^No such file|^\. Did you"
)
WITHOUT_MESSAGES = ("pytest_side/options", "report/html/charts", "testing")
BEGINNING = """\
# Why did it say this?

Where anything went wrong, the last lines of the section *metamorphic guard* are the commands that
explain it, such as `why: pytest --mg-why=task`: one for each topic of this page, so that messages
themselves stay short. With an error in the options the command stands above the error. It prints
what the section of its topic says here: why, and what to do.

A message itself leads there, too: `pytest --mg-why='inputs yields a list, expected a tuple'`. Each
section lists the messages that it is about, word for word; `…` stands for what changes.

<!-- Written by docs/write_messages.py from the source of the package; do not edit. -->
"""


def read_text(node: ast.expr) -> str | None:
    """Return the text of a literal, with holes where values go."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
        return re.sub(f"{HOLE}+", HOLE, "".join(map(str, parts)))
    return None


def find_messages(path: Path) -> Iterator[str]:
    """Yield the sentences in the source of a module, but for its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for value in node.values for part in ast.walk(value)}
    for node in ast.walk(tree):
        text = read_text(node) if isinstance(node, ast.expr) and id(node) not in left_out else None
        words = re.findall(r"[^\W\d_]{2,}", text or "")
        if text is None or len(text.split()) < FEWEST_WORDS:
            continue
        if len(words) >= FEWEST_WORDS - 1 and not NO_MESSAGE.search(text):
            yield " ".join(text.split()).strip(" ;,")


def gather() -> dict[str, list[str]]:
    """Return all messages by the word of their topic."""
    gathered = defaultdict[str, set[str]](set)
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix()
        if not module.startswith(WITHOUT_MESSAGES):
            for message in find_messages(path):
                word = name_begun(message) or find_topic(module).word
                gathered[word].add(message)
    return {
        word: sorted(messages, key=lambda message: (message.casefold(), message))
        for word, messages in gathered.items()
    }


def describe(topic: Topic, messages: list[str]) -> str:
    """Return the section of a topic."""
    listed = "\n".join(f"- ``{message.replace('`', chr(39))}``" for message in messages)
    return (
        f"({topic.word})=\n## {topic.title}\n\n`pytest --mg-why={topic.word}`\n\n{topic.why}\n\n"
        f"**What to do:** {topic.remedy} More: [](../{topic.page}).\n\n"
        f"The messages:\n\n{listed}\n"
    )


def make_page() -> str:
    """Return the whole page."""
    messages = gather()
    sections = [
        describe(topic, messages[word]) for word, topic in read_topics().items() if word in messages
    ]
    return "\n".join((BEGINNING, *sections))


def make_list() -> str:
    """Return the messages as the tool reads them."""
    return json.dumps(gather(), indent=0, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    LIST.write_text(make_list(), encoding="utf-8")
    PAGE.write_text(make_page(), encoding="utf-8")
