"""Functions of a file that undo another one, told by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["list_inverses"]

_PAIRS = (
    ("encode", "decode"),
    ("encrypt", "decrypt"),
    ("compress", "decompress"),
    ("serialize", "deserialize"),
    ("serialise", "deserialise"),
    ("quote", "unquote"),
    ("escape", "unescape"),
    ("pack", "unpack"),
    ("wrap", "unwrap"),
    ("dumps", "loads"),
    ("dump", "load"),
    ("format", "parse"),
    ("render", "parse"),
    ("write", "read"),
    ("join", "split"),
    ("to_", "from_"),
)
_CONVERSION = re.compile(r"(\w+?)(_to_|2)(\w+)\Z")


def list_inverses(name: str, functions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the function with one that may turn back what it makes.

    Args:
        name: The function that is called with the inputs.
        functions: All functions of its file.
    """
    wanted: list[str] = []
    for there, back in _PAIRS:
        for word, other in ((there, back), (back, there)):
            # `decode` ends in `code`, and `unquote` in `quote`: whole words only.
            pattern = rf"(?<![a-z]){word}" if word.endswith("_") else rf"(?<!un)(?<!de){word}"
            if re.search(pattern, name):
                wanted.append(re.sub(pattern, other, name, count=1))
    turned = _CONVERSION.match(name)
    if turned:
        wanted.append(f"{turned[3]}{turned[2]}{turned[1]}")
    for other in dict.fromkeys(wanted):
        if other != name and other in functions:
            yield name, other
