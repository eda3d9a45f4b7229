"""What a sandbox kept from a call, as its executor tells it, and in how many calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_metamorphic_guard.contracts.texts import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PAYLOAD_KEY", "Refused", "RefusedCalls", "RefusedCounter", "sum_refused"]

# The key of a payload under which an executor tells it.
PAYLOAD_KEY: Final = "sandbox_refused"

_MOST_KIND: Final = 40
_MOST_TEXT: Final = 300
# A candidate may ask for another file in every call.
_MOST_KINDS: Final = 20
_MORE: Final = "more"


class Refused(NamedTuple):
    """Something that a sandbox refuses.

    Attributes:
        kind: What it is: ``file``, ``network``, ``subprocess``, ``shared memory``, ``process``
            (what the kernel says of one), ``unknown``; ``more`` stands for those beyond 20.
        option: What allows it, as in the executor's configuration; None where nothing does.
        path: The file, where it is known.
    """

    kind: str
    option: str | None = None
    path: str | None = None

    def to_payload(self) -> dict[str, str | None]:
        """Return what an executor writes under `PAYLOAD_KEY`."""
        return self._asdict()

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Refused | None:
        """Read it from an executor's answer; None where nothing was refused, or not in this way."""
        found = payload.get(PAYLOAD_KEY)
        if not isinstance(found, Mapping) or not isinstance(found.get("kind"), str):
            return None
        option, path = found.get("option"), found.get("path")
        return cls(
            clean_line(found["kind"], _MOST_KIND),
            clean_line(option, _MOST_TEXT) if isinstance(option, str) else None,
            clean_line(path, _MOST_TEXT) if isinstance(path, str) else None,
        )


class RefusedCalls(NamedTuple):
    """How many calls of one implementation a sandbox kept from one thing.

    Attributes:
        role: The implementation's role.
        specification: What the user wrote to name it.
        kind: See `Refused`.
        option: See `Refused`.
        path: See `Refused`.
        calls: Number of calls that ended with it.
    """

    role: str
    specification: str
    kind: str
    option: str | None
    path: str | None
    calls: int


@dataclass(slots=True)
class RefusedCounter:
    """Counts what was refused to one implementation, different things up to a limit."""

    _counts: Counter[Refused] = field(default_factory=Counter)

    def add(self, refused: Refused, calls: int = 1) -> None:
        """Take it as seen in so many calls."""
        if refused not in self._counts and len(self._counts) >= _MOST_KINDS:
            refused = Refused(_MORE)
        self._counts[refused] += calls

    def take(self, role: str, specification: str) -> tuple[RefusedCalls, ...]:
        """Return the counts, most frequent first, and begin anew."""
        found = [
            RefusedCalls(role=role, specification=specification, **refused._asdict(), calls=calls)
            for refused, calls in self._counts.items()
        ]
        self._counts.clear()
        return tuple(sorted(found, key=_rank))


def sum_refused(found: Iterable[RefusedCalls]) -> tuple[RefusedCalls, ...]:
    """Return the same with one entry per implementation and thing."""
    counters: dict[tuple[str, str], RefusedCounter] = {}
    # Whatever order items ended in, the limit leaves out the same.
    for one in sorted(found, key=_rank):
        counter = counters.setdefault((one.role, one.specification), RefusedCounter())
        counter.add(Refused(one.kind, one.option, one.path), one.calls)
    return tuple(entry for key in sorted(counters) for entry in counters[key].take(*key))


def _rank(calls: RefusedCalls) -> tuple[bool, int, str, str, str]:
    texts = (calls.kind, calls.path or "", calls.option or "")
    return calls.kind == _MORE, -calls.calls, *texts
