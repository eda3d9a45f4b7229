"""The checks of what the contract requires, and of results that an executor may carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.contracts.outcomes import Returned
from pytest_metamorphic_guard.testing import candidates
from pytest_metamorphic_guard.testing.tried import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_metamorphic_guard.testing.tried import Answer, Bench

__all__ = ["CONTRACT", "RESULTS", "require_good", "require_result", "show"]

_UNICODE = "é €\u2028 \U0001f600"
_CLOCK_TOLERANCE_MS = 1.0
_SHOWN = 120


def require_result(answer: Answer, expected: object) -> None:
    """Require that the call returned ``expected``."""
    if not isinstance(answer.outcome, Returned):
        raise Finding(
            f"the call ended with {show(answer.outcome.error)}, expected {show(expected)}"
        )
    if type(answer.outcome.value) is not type(expected) or answer.outcome.value != expected:
        raise Finding(f"the call returned {show(answer.outcome.value)}, expected {show(expected)}")


def show(value: object) -> str:
    """Return the start of the value's ``repr``."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def require_good(bench: Bench) -> None:
    """Require that an honest call works."""
    try:
        require_result(bench.call("add", 2, 3), 5)
    except Finding as finding:
        raise Finding(f"the next call is not good: {finding}") from finding


def _require_failure(answer: Answer) -> None:
    if isinstance(answer.outcome, Returned):
        raise Finding(f"success=True and {show(answer.outcome.value)}, expected success=False")
    if not answer.payload.get("error"):
        raise Finding("no text under the key 'error' says what went wrong")


def _check_a_result(bench: Bench) -> None:
    require_result(bench.call("add", 2, 3), 5)


def _check_keys(bench: Bench) -> None:
    keys = set(bench.call("add", 2, 3).payload)
    missing = {"success", "result", "duration_ms", "stdout", "stderr"} - keys
    if missing:
        raise Finding(f"a good call's dict lacks {', '.join(sorted(missing))}")


def _check_further_keys(bench: Bench) -> None:
    odd = [key for key in bench.call("add", 2, 3).payload if type(key) is not str]
    if odd:
        raise Finding(f"a key of the dict is {odd[0]!r}; further keys must be strings")


def _check_duration(bench: Bench) -> None:
    for function, args in (("add", (2, 3)), ("sleep", (0.05,)), ("fail", ("x",))):
        answer = bench.call(function, *args)
        duration_ms = answer.payload.get("duration_ms") or 0.0
        if not 0 <= duration_ms <= answer.wall_s * 1e3 + _CLOCK_TOLERANCE_MS:
            raise Finding(
                f"duration_ms={duration_ms:g} for a call that took {answer.wall_s * 1e3:.1f} ms"
            )


def _check_arguments(bench: Bench) -> None:
    require_result(bench.call("count"), 0)
    require_result(bench.call("count", 1, 2, 3), 3)
    require_result(bench.call("count", [1, 2, 3]), 1)
    require_result(bench.call("shape", "text"), "'text'")
    require_result(bench.call("shape", None), "None")


def _check_none(bench: Bench) -> None:
    require_result(bench.call("nothing"), None)


def _check_false_values(bench: Bench) -> None:
    values: tuple[object, ...] = (0, "", [], False)
    for value in values:
        require_result(bench.call("echo", value), value)


def _check_exception(bench: Bench) -> None:
    answer = bench.call("fail", "the candidate's text")
    _require_failure(answer)
    if "the candidate's text" not in answer.payload["error"]:
        raise Finding(
            f"error={show(answer.payload['error'])} does not contain the exception's text"
        )
    require_good(bench)


def _check_missing_function(bench: Bench) -> None:
    _require_failure(bench.call("no_such_function"))
    require_good(bench)


def _check_broken_import(bench: Bench) -> None:
    _require_failure(bench.call("add", 2, 3, file_path=bench.publish(candidates.BROKEN)))
    require_good(bench)


def _check_raw_text(bench: Bench) -> None:
    bench.call("solve", "x", file_path="You are a helpful assistant.\nAnswer briefly.")
    require_good(bench)


def _check_unicode(bench: Bench) -> None:
    require_result(bench.call("echo", _UNICODE), _UNICODE)
    answer = bench.call("fail", _UNICODE)
    _require_failure(answer)


def _check_lifecycle(bench: Bench) -> None:
    for name in ("warm_up", "restart"):
        method: Callable[..., Any] | None = getattr(bench.executor, name, None)
        if method is None:
            continue
        args = (bench.honest, "add", bench.timeout_s, bench.mem_mb) if name == "warm_up" else ()
        try:
            method(*args)
        except (Exception, SystemExit) as error:
            raise Finding(f"{name}() raised {type(error).__name__}: {error}") from error
    require_good(bench)


def _check_kind(kind: str) -> Callable[[Bench], None]:
    def check(bench: Bench) -> None:
        expected = _make_expected(kind)
        answer = bench.call("make", kind)
        if kind == "nan":
            value = answer.outcome.value if isinstance(answer.outcome, Returned) else None
            if not (type(value) is float and math.isnan(value)):
                raise Finding(f"the call ended with {show(value)}, expected nan")
            return
        require_result(answer, expected)

    return check


def _make_expected(kind: str) -> object:
    namespace: dict[str, Any] = {"__name__": "candidate"}
    exec(compile(candidates.HONEST, "<candidate>", "exec"), namespace)  # noqa: S102 - our own text
    return namespace["make"](kind)


def _check_output(bench: Bench) -> None:
    answer = bench.call("speak", _UNICODE)
    require_result(answer, _UNICODE)
    for stream in ("stdout", "stderr"):
        text = answer.payload.get(stream) or ""
        if _UNICODE not in text:
            raise Finding(f"{stream}={show(text)}, expected what the candidate printed")
        if bench.call("add", 2, 3).payload.get(stream):
            raise Finding(f"{stream} of one call appears with the next")


def _check_own_arguments(bench: Bench) -> None:
    items = ["mine"]
    require_result(bench.call("change", items), 2)
    if items != ["mine"]:
        raise Finding("a candidate that changes its argument changes the caller's")


def _check_nesting(bench: Bench) -> None:
    value: object = 0
    for _ in range(100):
        value = [value]
    require_result(bench.call("echo", value), value)


# What is checked, how, and for promises what is not promised where it does not hold.
CONTRACT: tuple[tuple[str, Callable[[Bench], None]], ...] = (
    ("a call that returns is a dict with success=True and the result", _check_a_result),
    ("arguments arrive one by one, in order", _check_arguments),
    ("None is a result like any other", _check_none),
    ("values that count as false are results like any other", _check_false_values),
    ("an exception is a dict with success=False and its text", _check_exception),
    ("a missing function is a dict with success=False", _check_missing_function),
    ("a candidate that cannot be imported is a dict with success=False", _check_broken_import),
    ("a raw text as file_path is answered with a dict", _check_raw_text),
    ("durations are in milliseconds and no longer than the call", _check_duration),
    ("text beyond ASCII arrives unchanged", _check_unicode),
    ("further keys are strings", _check_further_keys),
    ("warm_up() and restart(), where offered, work between calls", _check_lifecycle),
)
_KINDS = (
    *("nan", "infinity", "big integer", "complex", "tuple", "set", "frozenset", "bytes"),
    *("dict with other keys", "nested"),
)
RESULTS: tuple[tuple[str, Callable[[Bench], None], str], ...] = (
    (
        "a good call has all keys of the contract",
        _check_keys,
        "leaves out keys that the contract lists",
    ),
    *(
        (
            f"a result of this kind arrives exactly: {kind}",
            _check_kind(kind),
            f"does not carry every result exactly: {kind}",
        )
        for kind in _KINDS
    ),
    (
        "a list nested 100 deep arrives exactly",
        _check_nesting,
        "does not carry deeply nested results",
    ),
    (
        "what the candidate prints comes with its call",
        _check_output,
        "does not capture what the candidate prints",
    ),
    (
        "the caller's arguments stay as they are",
        _check_own_arguments,
        "does not protect the caller's arguments from changes",
    ),
)
