"""Results from answers."""

from __future__ import annotations

import codecs
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.executors.http.exchange import Reply, Trouble

if TYPE_CHECKING:
    from pytest_metamorphic_guard.executors.http.configuration import Configuration

__all__ = ["read_json", "read_result"]

_OF_PYTHON: Final = frozenset(
    {"idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape"}
)


def read_result(reply: Reply, config: Configuration) -> Any:
    """Return the result that an answer with a good status holds.

    Raises:
        Trouble: It holds none.
    """
    if config.response == "text":
        return reply.body.decode(_find_charset(reply), "replace")
    if reply.status == HTTPStatus.NO_CONTENT:
        return None
    answer = read_json(reply)
    if config.result is None:
        return answer
    try:
        result = config.result(answer)
    except Exception as error:  # a path's functions refuse what they are given
        said = " ".join(str(error).split())[:200]
        raise Trouble("response", f"the path of the result fails: {said}: {reply.start}") from error
    if result is None and not config.null_result:
        raise Trouble("response", f"the path of the result finds nothing in {reply.start}")
    return result


def read_json(reply: Reply) -> Any:
    """Return the body of an answer.

    Raises:
        Trouble: It is no JSON.
    """
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        said = reply.describe() if reply.body else f"status {reply.status} and an empty body"
        raise Trouble("response", f"the answer is no JSON: {said}") from None


def _find_charset(reply: Reply) -> str:
    written = reply.headers.get("content-type", "").lower().partition("charset=")[2]
    name = written.partition(";")[0].strip("\"' ") or "utf-8"
    try:
        # Python has codecs beside those of the web: one takes hours for a body that is allowed.
        if codecs.lookup(name).name in _OF_PYTHON or "".encode(name) != b"":
            return "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
    return name
