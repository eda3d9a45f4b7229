"""The checks of limits, and of candidates that mean harm."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.testing.duties import require_good, show
from pytest_metamorphic_guard.testing.tried import Finding
from pytest_metamorphic_guard.values.deciding import Undecidable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.testing.tried import Bench

__all__ = ["HOSTILE", "LIMITS"]

_TIME_LIMIT_S = 0.5
# Long enough to be over the limit and its overrun, and still to end by itself.
_TOO_LONG_S = 2.5
_TOO_OFTEN = 500_000_000
_TOO_MUCH_MB = 256
_MOST_OUTPUT = 16 << 20


def _check_time(function: str, amount: float) -> Callable[[Bench], None]:
    def check(bench: Bench) -> None:
        require_good(bench)
        answer = bench.call(function, amount, timeout_s=_TIME_LIMIT_S)
        took = f"took {answer.wall_s:.1f} s of the {_TIME_LIMIT_S:g} s it had"
        if isinstance(answer.outcome, Returned):
            raise Finding(f"the call returned after its time was over: it {took}")
        if answer.wall_s > _TIME_LIMIT_S + bench.overrun_s:
            raise Finding(f"the call was ended, but too late: it {took}")
        require_good(bench)

    return check


def _check_memory(bench: Bench) -> None:
    answer = bench.call("take", bench.mem_mb + _TOO_MUCH_MB)
    if isinstance(answer.outcome, Returned):
        taken = bench.mem_mb + _TOO_MUCH_MB
        raise Finding(f"the call could take {taken} MiB, where mem_mb={bench.mem_mb}")
    require_good(bench)


def _check_failing(function: str) -> Callable[[Bench], None]:
    def check(bench: Bench) -> None:
        answer = bench.call_hostile(function)
        if isinstance(answer.outcome, Returned):
            raise Finding(f"success=True and {show(answer.outcome.value)}, expected success=False")
        _require_next(bench)

    return check


def _check_forging(bench: Bench) -> None:
    answer = bench.call_hostile("write_everywhere")
    outcome = answer.outcome
    if isinstance(outcome, Returned) and (
        type(outcome.value) is not str or outcome.value != "honest"
    ):
        raise Finding(f"what it wrote was taken for its result: {show(outcome.value)}")
    _require_next(bench)


def _check_flood(bench: Bench) -> None:
    payload = bench.call_hostile("flood").payload
    size = len(payload.get("stdout") or "") + len(payload.get("stderr") or "")
    if size > _MOST_OUTPUT:
        raise Finding(f"64 MiB of output came back as {size} characters")
    _require_next(bench)


def _check_equality(bench: Bench) -> None:
    answer = bench.call_hostile("return_anything")
    if isinstance(answer.outcome, Returned) and _equals(answer.outcome.value, object()):
        raise Finding("a result whose class says so equals everything")
    _require_next(bench)


def _check_reduce(bench: Bench) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "trace")
        bench.call_hostile("return_bomb", str(trace))
        if trace.exists() and trace.read_text() == str(os.getpid()):
            raise Finding("unpickling the result ran code of the candidate in the caller's process")
    _require_next(bench)


def _require_next(bench: Bench) -> None:
    answer = bench.call_hostile("good")
    if not isinstance(answer.outcome, Returned):
        raise Finding(f"the next call is not good: {answer.outcome.error}")
    require_good(bench)


_TIME = "does not enforce time limits"
LIMITS: tuple[tuple[str, Callable[[Bench], None], str], ...] = (
    ("a call that sleeps too long is ended", _check_time("sleep", _TOO_LONG_S), _TIME),
    ("a call that loops too long is ended", _check_time("loop", _TOO_LONG_S), _TIME),
    ("a call that stays too long in C code is ended", _check_time("loop_in_c", _TOO_OFTEN), _TIME),
    ("a call cannot take more memory than it may", _check_memory, "does not limit memory"),
)
_ENDS = "does not survive a candidate that ends its process"
HOSTILE: tuple[tuple[str, Callable[[Bench], None], str], ...] = (
    ("SystemExit is a failed call", _check_failing("exit_politely"), "lets SystemExit through"),
    (
        "KeyboardInterrupt of the candidate is a failed call",
        _check_failing("interrupt"),
        "lets the candidate's KeyboardInterrupt through",
    ),
    (
        "an exception whose text raises is a failed call",
        _check_failing("raise_unreadable"),
        "does not survive an exception whose text raises",
    ),
    ("os._exit() is a failed call", _check_failing("leave"), _ENDS),
    ("a candidate that kills itself is a failed call", _check_failing("kill_itself"), _ENDS),
    (
        "a flood of output is cut off",
        _check_flood,
        "does not limit what a candidate may print",
    ),
    (
        "what a candidate writes to every file descriptor is not its result",
        _check_forging,
        "does not protect its channels, or the caller's files, from the candidate",
    ),
    (
        "a result's own __eq__ decides nothing",
        _check_equality,
        "lets the class of a result decide what it equals",
    ),
    (
        "a result's own __reduce__ runs nothing in the caller",
        _check_reduce,
        "runs code of the candidate when it reads a result",
    ),
)


def _equals(first: object, second: object) -> bool:
    try:
        return bool(first == second)
    except Undecidable:  # what cannot be compared equals nothing
        return False
