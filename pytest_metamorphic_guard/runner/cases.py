"""One case: the source input, protected from whoever receives it."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import pickle
import random
import re
import sys
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.arguments import Call
from pytest_metamorphic_guard.values.lookup import find_kind
from pytest_metamorphic_guard.values.pickling import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.runner.pools import Job
    from pytest_metamorphic_guard.runner.requests import Answered

__all__ = ["Case", "Plan", "duplicate", "identify", "show_input", "snapshot"]

_IMMUTABLE = frozenset({type(None), bool, int, float, complex, str, bytes})

# Of two inputs whose texts are as long as each other, so much of them decides.
_COMPARED = 10_000
_SHOWN_WIDTH = 120
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a case before its calls.

    Attributes:
        applies: Whether every precondition accepts it.
        followups: Its follow-up inputs.
    """

    applies: bool
    followups: tuple[tuple[Any, ...], ...] = ()


class Case:
    """The source inputs of one case.

    Every reader gets arguments of its own, so that a transformation that sorts its input in place
    changes neither what the implementations receive nor what is reported.

    Args:
        sources: The argument tuples; more than one for a relation with several sources.
        index: Which input of its task it is, where the entries of the task have it in common.
        remake: Makes the argument tuples again; None where only the case has them.

    Attributes:
        plan: What is known of it before its calls; None until somebody looks ahead.
        ahead: Its calls that are under way or made already, by role and kind.
        aside: Waits for a law's body that runs for it already, by role, and returns its result.
        covered: Which known violations of the item cover it, by their place; expired ones too.
        excused: Whether one of them counts still, so that nobody judges the case.
    """

    __slots__ = (
        "_identity",
        "_packed",
        "_remake",
        "_snapshot",
        "_sources",
        "ahead",
        "aside",
        "covered",
        "excused",
        "index",
        "plan",
    )

    def __init__(
        self,
        sources: tuple[tuple[Any, ...], ...],
        index: str | None = None,
        remake: Callable[[], tuple[tuple[Any, ...], ...]] | None = None,
    ) -> None:
        self._sources: tuple[tuple[Any, ...], ...] | None = sources
        self._remake = remake
        self.index = index
        self.plan: Plan | None = None
        self._identity: tuple[str, bytes] | None = None
        self.ahead: dict[tuple[str, str], Job | Answered] = {}
        self.aside: dict[str, Callable[[], Any]] = {}
        self.covered: tuple[int, ...] = ()
        self.excused = False
        self._snapshot = snapshot(sources)
        self._packed: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = []

    @property
    def sources(self) -> tuple[tuple[Any, ...], ...]:
        """The argument tuples."""
        if self._sources is None:
            assert self._remake is not None  # or nothing was forgotten
            return self._remake()
        return self._sources

    @property
    def key(self) -> bytes | None:
        """Bytes that are the same for the same inputs, or None for inputs that cannot be copied."""
        return snapshot(self.sources) if self._sources is None else self._snapshot

    @property
    def identity(self) -> tuple[str, bytes] | None:
        """What tells this input of its task from every other one; None where it is no shared one.

        Its content is a part of that: entries that do not mean the same input share nothing.
        """
        if self._identity is None and self.index is not None and self._snapshot is not None:
            digest = hashlib.blake2b(self._snapshot, digest_size=16).digest()
            self._identity = (self.index, digest)
        return self._identity

    @property
    def size(self) -> tuple[int, str]:
        """Sorts cases by what a reader has to take in: short texts first, then small numbers."""
        try:
            text = repr(self.sources)
        except Exception:  # noqa: BLE001 - a stranger's repr may do anything
            return sys.maxsize, ""
        return len(text), text[:_COMPARED]

    def copy(self) -> tuple[tuple[Any, ...], ...]:
        """Return the source inputs as objects that nobody else holds."""
        try:
            if self._snapshot is not None:
                return pickle.loads(self._snapshot)  # type: ignore[no-any-return]  # noqa: S301 - our own bytes
            return copy.deepcopy(self.sources)
        except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
            return self.sources

    def pack(
        self, args: tuple[Any, ...], pack: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """Return what ``pack`` makes of arguments of this case, which it is asked for once.

        Both roles are called with the same ones, which nobody changes meanwhile.
        """
        for known, packed in self._packed:
            if known is args:
                return packed
        packed = pack(args)
        self._packed.append((args, packed))
        return packed

    def forget_packed(self) -> None:
        """Keep nothing beyond the calls of both roles: a violation's case lives to the end."""
        self._packed.clear()

    def forget_inputs(self) -> None:
        """Keep no inputs either, if they can be made again whenever somebody asks for them."""
        if self._remake is not None:
            self._sources = self._snapshot = self.plan = None
            self.ahead.clear()

    def make_rng(self, seed: int, relation: str) -> random.Random:
        """Return the generator of this case: the same for the same seed, input and relation.

        The input stands for the number of the case, so that a shrunk or replayed input meets the
        same follow-ups.
        """
        text = f"{seed}:{identify(self.sources)}:{relation}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
        return random.Random(int.from_bytes(digest.digest()[:8], "big"))  # noqa: S311 - no secret


def identify(sources: tuple[tuple[Any, ...], ...]) -> str:
    """Return a text that is the same for the same inputs in every process."""
    return _ADDRESS.sub("", _write(sources))


def _write(value: Any) -> str:  # noqa: PLR0911 - one answer per kind of value
    """Return a value's ``repr``, but with the members of sets in an order of their own.

    Otherwise it would differ from process to process, as the hashes of texts do.
    """
    kind = type(value)
    known = find_kind(kind)
    if known is not None and known.identify is not None:
        text = known.identify(value)
        if text is not None:
            return text
    if kind in (set, frozenset):
        members = ", ".join(sorted(map(_write, value)))
        inner = f"{{{members}}}" if members else "()"
        return f"frozenset({inner})" if kind is frozenset else inner
    if kind is Call:
        return f"Call({_write(value.args)}, {_write(value.named)})"
    if kind is dict:
        pairs = (f"{_write(key)}: {_write(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if kind in (list, tuple):
        members = ", ".join(map(_write, value))
        if kind is list:
            return f"[{members}]"
        return f"({members},)" if len(value) == 1 else f"({members})"
    if dataclasses.is_dataclass(value) or hasattr(value, "_fields"):
        names = getattr(value, "_fields", None) or [f.name for f in dataclasses.fields(value)]
        fields = ", ".join(f"{name}={_write(getattr(value, name, None))}" for name in names)
        return f"{kind.__qualname__}({fields})"
    return repr(value)


def duplicate(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values that their reader may change; the same where nothing can be, or copied."""
    if _IMMUTABLE.issuperset(map(type, values)):
        return values
    copies = _copy_all(values)
    if copies is not None:
        return copies
    content = snapshot(values)
    try:
        return values if content is None else pickle.loads(content)  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - what pickles need not be rebuilt
        return values


def _copy_all(values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return copies that the kinds of the values make, or None where one is to be pickled."""
    if len(set(map(id, values))) < len(values):
        return None
    copies = []
    for value in values:
        copied = value
        if type(value) not in _IMMUTABLE:
            kind = find_kind(type(value))
            copied = None if kind is None or kind.copy is None else kind.copy(value)
            if copied is None:
                return None
        copies.append(copied)
    return Call.of(tuple(copies), values.keywords) if type(values) is Call else tuple(copies)


def snapshot(value: object) -> bytes | None:
    """Return bytes from which an equal value can be made, or None where Python cannot."""
    try:
        return dump(value)
    except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
        return None


def show_input(sources: tuple[tuple[Any, ...], ...]) -> str:
    """Return source inputs as a short text."""
    values = sources[0] if len(sources) == 1 else sources
    try:
        text = " ".join(", ".join(map(repr, values)).split())
    except Exception:  # noqa: BLE001 - a stranger's class may refuse in any way
        text = "..."
    return f"({text})" if len(text) <= _SHOWN_WIDTH else f"({text[:_SHOWN_WIDTH]}...)"
