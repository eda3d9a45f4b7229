"""One call on its way to a worker, and what the host makes of the worker's answer."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.dask.orders import (
    Order,
    SentCall,
    SentNeed,
    find_limits,
    find_versions,
)
from pytest_metamorphic_guard.executors.isolation import warn_once
from pytest_metamorphic_guard.executors.local.arguments import name_unreadable
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_failure
from pytest_metamorphic_guard.values import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.executors.dask.bundles import Bundle
    from pytest_metamorphic_guard.executors.dask.orders import Reply
    from pytest_metamorphic_guard.executors.local.arguments import Arguments

__all__ = [
    "PreparedCall",
    "Terms",
    "make_order",
    "make_unavailable",
    "read_answers",
    "send_arguments",
]

# A worker gives back what is left of a batch after this, so that no slow call holds up others.
_ENOUGH_S = 1.0
_UNREADABLE = "an answer of the cluster cannot be read"
_TEXTS = ("error", "traceback")
_MISSING = "No such file or directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCall:
    """A call that can be sent.

    Attributes:
        bundle: The files of what is called.
        file_path: What the executor was given for it.
        function: Its name.
        mem_mb: MiB that it may use.
        sent: Its arguments and its time.
        args: The arguments themselves, for messages.
        to: Address of the worker that is to have it; empty for any.
        pair: Names the input, where both roles' calls are to run on one worker.
    """

    bundle: Bundle
    file_path: str
    function: str
    mem_mb: int
    sent: SentCall
    args: tuple[Any, ...]
    to: str
    pair: bytes

    @property
    def group(self) -> tuple[str, str, int, str, str]:
        """What calls have in common that are sent together."""
        return self.file_path, self.function, self.mem_mb, self.to, self.bundle.files


def send_arguments(arguments: Arguments, timeout_s: float) -> SentCall:
    """Return arguments as they are sent."""
    needs = tuple(SentNeed(one.module, one.names, one.dump()) for one in arguments.needs)
    return SentCall(arguments.dumped, needs, timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms an executor has its calls made; see `Order`."""

    station: str
    ended: tuple[str, ...]
    config: Mapping[str, Any]
    timed: bool


def make_order(
    calls: list[PreparedCall], first: PreparedCall, terms: Terms, withheld: Mapping[str, str]
) -> Order:
    """Return what a worker is asked for: these calls, or to get ready for those like ``first``."""
    bundle = first.bundle
    return Order(
        token=uuid.uuid4().hex,
        station=terms.station,
        ended=terms.ended,
        config=terms.config,
        versions=find_versions(),
        files=bundle.files,
        entry=bundle.entry,
        marked=bundle.marked,
        digest=bundle.digest,
        withheld=withheld,
        function=first.function,
        mem_mb=first.mem_mb,
        calls=tuple(call.sent for call in calls),
        enough_s=_ENOUGH_S,
        timed=terms.timed,
    )


def make_unavailable(said: str) -> Payload:
    """Return the payload of a call that nobody could make."""
    return make_failure("unavailable", said, "DASK_UNAVAILABLE")


def read_answers(
    reply: Reply, calls: list[PreparedCall], config: Mapping[str, Any]
) -> list[Payload]:
    """Return a payload for each call that was made, in their order.

    What a candidate made of them is rebuilt as plain data, and nothing of it is executed.
    """
    where = f"the Dask worker {reply.worker}"
    if reply.refusal:
        return [make_failure("not_started", f"{where}: {reply.refusal}") for _ in calls]
    if reply.lacking:
        warn_once(
            f"candidates run with less isolation than asked for on {where}: its system lacks "
            f"{reply.lacking}"
        )
    if not reply.answers:
        return [make_unavailable(f"{where} made no call") for _ in calls]
    limits = find_limits(config)
    made = zip(reply.answers, calls, strict=False)
    return [_read(answer, call, reply, limits) for answer, call in made]


def _read(answer: bytes, call: PreparedCall, reply: Reply, limits: wire.Limits) -> Payload:
    try:
        payload = wire.decode(answer, limits)
    except (wire.DecodeError, wire.BrokenKindError) as error:
        return make_failure("result_encoding", f"{_UNREADABLE}: {error}")
    if not isinstance(payload, dict) or not all(isinstance(key, str) for key in payload):
        return make_failure("protocol", f"{_UNREADABLE}: it is no payload")
    payload["worker"] = reply.worker
    if payload.get("success") is True:
        return payload
    if payload.get("error_type") == "argument_encoding":
        payload["error"] = name_unreadable(call.args) or payload.get("error")
    for key in _TEXTS:
        text = payload.get(key)
        if isinstance(text, str) and reply.folder:
            payload[key] = text.replace(reply.folder, call.bundle.root)
    _explain_missing(payload, call.bundle)
    return payload


def _explain_missing(payload: Payload, bundle: Bundle) -> None:
    """Say of a file that is here, and not there, how it gets there."""
    text = payload.get("error")
    if not isinstance(text, str) or _MISSING not in text or not bundle.root:
        return
    _, _, quoted = text.partition(f"{_MISSING}: ")
    path = quoted.strip().strip("'\"")
    inside = path.startswith(bundle.root + os.sep)
    if inside and os.path.relpath(path, bundle.root) not in bundle.names and os.path.isfile(path):
        payload["error"] = (
            f"{text}: it is not sent to the workers; name it under 'files' in --mg-executor-config"
        )
