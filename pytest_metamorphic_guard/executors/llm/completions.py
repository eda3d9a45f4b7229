"""Answers of the OpenAI chat protocol, and what they are worth."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.http.exchange import Reply, Trouble
from pytest_metamorphic_guard.executors.http.reading import read_json
from pytest_metamorphic_guard.executors.http.retrying import BUSY

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Completion", "read_completion", "require_good"]

_CHARACTERS_PER_TOKEN = 4
# None of these changes with the input.
_NOT_ALLOWED = {
    HTTPStatus.UNAUTHORIZED: "the service does not take the key",
    HTTPStatus.PAYMENT_REQUIRED: "the account has no credit left",
    HTTPStatus.FORBIDDEN: "the service does not allow it",
    HTTPStatus.NOT_FOUND: "the service has no such model or address",
}


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer.

    Attributes:
        content: Its text; None where it has none.
        refusal: Why the model does not answer, or None.
        finish: Why it ended, such as ``"stop"`` or ``"length"``.
        tokens_prompt: Tokens that were read.
        tokens_completion: Tokens that were written.
        estimated: Whether these are only estimated, since the service counts none.
        model: What answered.
        fingerprint: Which configuration of it, or None.
    """

    content: str | None
    refusal: str | None
    finish: str
    tokens_prompt: int
    tokens_completion: int
    estimated: bool
    model: str
    fingerprint: str | None

    def describe(self) -> dict[str, Any]:
        """Return what monitors may want to know of it, as keys of a payload."""
        return {
            "tokens_prompt": self.tokens_prompt,
            "tokens_completion": self.tokens_completion,
            "tokens_total": self.tokens_prompt + self.tokens_completion,
            "tokens_estimated": self.estimated,
            "model": self.model,
            "system_fingerprint": self.fingerprint,
            "finish_reason": self.finish,
        }

    def read(self, *, as_json: bool) -> Any:
        """Return its text, or the JSON that this is.

        Raises:
            Trouble: It is no answer, or none that is whole.
        """
        start = f": {' '.join(self.content.split())[:200]}" if self.content else ""
        if self.refusal is not None:
            raise Trouble("refusal", f"the model refused: {' '.join(self.refusal.split())[:300]}")
        if self.finish == "content_filter":
            raise Trouble("content_filter", f"the service held the answer back{start}")
        if self.finish == "length":
            raise Trouble("truncated", f"the answer was cut at its limit of tokens{start}")
        if self.content is None:
            raise Trouble("response", f"the answer has no text (it ended with {self.finish!r:.40})")
        if not as_json:
            return self.content
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise Trouble("no_json", f"the answer is no JSON{start}") from None


def require_good(reply: Reply, model: str) -> None:
    """Refuse an answer whose status says that there is none.

    Raises:
        Trouble: It says so.
    """
    if reply.status == HTTPStatus.OK:
        return
    said = reply.describe()
    if reply.status in _NOT_ALLOWED:
        raise Trouble(
            "not_started", f"model {model!r}: {_NOT_ALLOWED[HTTPStatus(reply.status)]} ({said})"
        )
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS and b"insufficient_quota" in reply.body:
        raise Trouble("not_started", f"the account has no credit left ({said})")
    raise Trouble("unavailable" if reply.status in BUSY else "http_status", said)


def read_completion(reply: Reply, messages: Sequence[dict[str, str]]) -> Completion:
    """Return the answer that the body of a good status holds.

    Raises:
        Trouble: It holds none.
    """
    data = read_json(reply)
    choices = data.get("choices") if isinstance(data, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise Trouble("response", f"no message under 'choices': {reply.start}")
    content, refusal = _read_text(message.get("content")), _read_text(message.get("refusal"))
    usage = data.get("usage")
    counted = usage if isinstance(usage, dict) else {}
    read, written = (
        _read_count(counted.get(f"{kind}_tokens")) for kind in ("prompt", "completion")
    )
    estimated = read is None or written is None
    if read is None or written is None:
        read = _estimate("".join(one["content"] for one in messages))
        written = _estimate(content or refusal or "")
    return Completion(
        content,
        refusal,
        str(choice.get("finish_reason") or ""),
        read,
        written,
        estimated,
        str(data.get("model") or ""),
        _read_text(data.get("system_fingerprint")),
    )


def _read_text(value: Any) -> str | None:
    """Return a text, or those of a list of parts; None for anything else, or an empty one."""
    if isinstance(value, list):
        parts = [one.get("text") for one in value if isinstance(one, dict)]
        return "".join(part for part in parts if isinstance(part, str)) or None
    return value if isinstance(value, str) and value else None


def _read_count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _estimate(text: str) -> int:
    return math.ceil(len(text) / _CHARACTERS_PER_TOKEN)
