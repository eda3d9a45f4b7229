"""What is asked of a service, what it answers, and how that can fail."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Ask", "Reply", "Trouble", "TroubleKind", "inflate"]

TroubleKind = Literal[
    "aborted",
    "connection",
    "content_filter",
    "http_status",
    "no_json",
    "not_started",
    "refusal",
    "response",
    "response_size",
    "timeout",
    "truncated",
    "unavailable",
]
_STEP = 1 << 16
_MOST_READ = 1 << 16
_MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        method: Its method.
        url: The whole URL.
        headers: Names and values, which may be secret.
        body: What is sent, or None.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        status: Its status.
        reason: What stands beside it.
        headers: Its headers, by lower-case name.
        body: Its body, unpacked.
        duration_ms: Milliseconds from the request to the end of the body.
        hide: Takes secrets out of what is shown of it.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    duration_ms: float
    hide: Callable[[str], str] = field(default=str, repr=False)

    @property
    def start(self) -> str:
        """The start of the body as one line of text."""
        # Hidden before it is cut, or the start of a secret would be left.
        shown = self.hide(self.body[:_MOST_READ].decode("utf-8", "replace"))
        return " ".join(shown.split())[:_MOST_SHOWN]

    def describe(self) -> str:
        """Return the status and the start of the body."""
        said = f"status {self.status} {self.hide(self.reason)[:_MOST_SHOWN]}".rstrip()
        return f"{said}: {self.start}" if self.start else said


class Trouble(Exception):  # noqa: N818 - how a request ended, no error of ours
    """A request that has no answer.

    Args:
        kind: What it means for the call.
        said: One sentence.
        sent: Whether the service may have received it.
    """

    def __init__(self, kind: TroubleKind, said: str, *, sent: bool = True) -> None:
        super().__init__(kind, said, sent)
        self.kind = kind
        self.said = said
        self.sent = sent


def inflate(parts: Iterator[bytes], encoding: str, most: int) -> bytes:
    """Return a body of at most ``most`` bytes, unpacked; a bomb is not unpacked further.

    Raises:
        Trouble: It is larger, or packed in another way.
    """
    packed = encoding.strip().lower()
    if packed in ("", "identity"):
        return _join(parts, most)
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise Trouble("response", f"the body is packed as {packed[:40]!r}, which nobody asked for")
    # 47: the header says whether it is gzip or zlib.
    return _join(_unpack(parts, zlib.decompressobj(47)), most)


def _join(parts: Iterator[bytes], most: int) -> bytes:
    found, size = [], 0
    for part in parts:
        size += len(part)
        if size > most:
            raise Trouble("response_size", f"the body has more than {most:,} bytes")
        found.append(part)
    return b"".join(found)


def _unpack(parts: Iterator[bytes], unpacker: zlib._Decompress) -> Iterator[bytes]:
    try:
        for part in parts:
            rest = part
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _STEP)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise Trouble("response", f"the body cannot be unpacked: {error}") from error
    if not unpacker.eof:
        raise Trouble("response", "the packed body broke off")
