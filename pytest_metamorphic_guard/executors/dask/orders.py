"""What the host asks a worker of the cluster for, and what it gets back: bytes, never a pickle."""

from __future__ import annotations

import functools
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import msgpack

from pytest_metamorphic_guard.executors.local.needs import Need
from pytest_metamorphic_guard.values import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DISTRIBUTION",
    "Order",
    "Reply",
    "SentCall",
    "SentNeed",
    "Versions",
    "find_limits",
    "find_versions",
]

# As `importlib.metadata` and, in older versions of Dask, the import statement know it.
DISTRIBUTION = "pytest_metamorphic_guard"
_MOST_TEXT = 4_000
# What a payload has beside its result.
_MOST_ABOVE = 1 << 20
_MOST_ITEMS = 2_000_000
_DEFAULT_MB = 16.0


class Versions(NamedTuple):
    """What has to be the same on both sides."""

    product: str
    python: str


@functools.cache
def find_versions() -> Versions:
    """Return this process's."""
    return Versions(version(DISTRIBUTION), ".".join(platform.python_version_tuple()[:2]))


def find_limits(config: Mapping[str, Any]) -> wire.Limits:
    """Return how large the frame of a payload may be under a configuration of ``local``."""
    most = int(float(config.get("max_result_mb", _DEFAULT_MB)) * (1 << 20))
    return wire.Limits(max_bytes=min(2 * most + _MOST_ABOVE, 1 << 31), max_items=_MOST_ITEMS)


@dataclass(frozen=True, slots=True)
class SentNeed(Need):
    """A module that defines a class of an input, told where the module itself is not loaded.

    Attributes:
        dumped: What reading the input would import, pickled on the host.
    """

    dumped: bytes = b""

    def dump(self) -> bytes:
        """Return what the host pickled."""
        return self.dumped


class SentCall(NamedTuple):
    """The pickled arguments of one call, which only the candidate's process reads."""

    dumped: bytes
    needs: tuple[SentNeed, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A few calls of one function.

    Attributes:
        token: Names it.
        station: Names the processes that it is for: those of one executor of the host, until that
            is restarted.
        ended: Stations that nobody asks for any more.
        config: The configuration of ``local``.
        versions: The host's.
        files: Digest of the files of the implementation; empty for a module by its name.
        entry: Path of its file in these, or its dotted name.
        marked: Whether imports begin on the folder of the files, whatever the folders look like.
        digest: Of the module's own file, which has to be the same on the worker; empty if unknown.
        withheld: Paths that the implementation may not read, and what each is.
        function: Its name.
        mem_mb: MiB that a call may use.
        calls: What it is called with.
        enough_s: Seconds after which the calls that are left are given back.
        timed: Whether durations are compared, so that all processes share one processor.
    """

    token: str
    station: str
    ended: tuple[str, ...]
    config: Mapping[str, Any]
    versions: Versions
    files: str
    entry: str
    marked: bool
    digest: str
    withheld: Mapping[str, str]
    function: str
    mem_mb: int
    calls: tuple[SentCall, ...]
    enough_s: float
    timed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of an order.

    Attributes:
        worker: Address of the worker.
        answers: A frame of the wire format for each call that was made, in their order.
        took_s: Seconds that these calls took.
        folder: Where the files are on the worker.
        lacking: What the worker's system lacks to confine candidates.
        unknown: The files are not there; nothing was called.
        refusal: Why nothing was called, for good.
        unfit: The worker is of other versions; nothing was called.
        broken: What failed on the worker that is no fault of the implementation.
    """

    worker: str
    answers: tuple[bytes, ...] = ()
    took_s: float = 0.0
    folder: str = ""
    lacking: str = ""
    unknown: bool = False
    refusal: str = ""
    unfit: bool = False
    broken: str = ""

    def to_bytes(self) -> bytes:
        """Return it as plain data."""
        fields = (
            *(self.worker, list(self.answers), self.took_s, self.folder, self.lacking),
            *(self.unknown, self.refusal[:_MOST_TEXT], self.unfit, self.broken[:_MOST_TEXT]),
        )
        packed: bytes = msgpack.packb(fields, use_bin_type=True, unicode_errors="surrogateescape")
        return packed

    @classmethod
    def from_bytes(cls, data: object) -> Reply:
        """Read it.

        Raises:
            ValueError: It is nothing that `to_bytes` makes.
        """
        try:
            fields = msgpack.unpackb(data, raw=False, unicode_errors="surrogateescape")
        except Exception as error:
            raise ValueError(f"the answer cannot be read: {error}") from error
        match fields:
            case [
                str(worker),
                list(answers),
                float(took_s),
                str(folder),
                str(lacking),
                bool(unknown),
                str(refusal),
                bool(unfit),
                str(broken),
            ] if all(isinstance(answer, bytes) for answer in answers):
                return cls(
                    worker=worker,
                    answers=tuple(answers),
                    took_s=took_s,
                    folder=folder,
                    lacking=lacking,
                    unknown=unknown,
                    refusal=refusal,
                    unfit=unfit,
                    broken=broken,
                )
            case _:
                raise ValueError("the answer is not of the known form")
