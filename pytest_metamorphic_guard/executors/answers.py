"""The executor ``recorded``: answers that a baseline gave once, in the place of the baseline."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_metamorphic_guard.contracts.arguments import Call, DirectedArguments
from pytest_metamorphic_guard.values.frames import DecodeError, EncodeError
from pytest_metamorphic_guard.values.wire.decoding import decode
from pytest_metamorphic_guard.values.wire.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "PREFIX",
    "Answer",
    "Answers",
    "RecordedExecutor",
    "pack",
    "read_answers",
    "show",
    "sort_out",
]

PREFIX = "recorded:"


class Answer(NamedTuple):
    """What a call concluded.

    Attributes:
        function: Name of the function, as the task has it.
        arguments: The arguments as `sort_out` has them, packed by `pack`.
        payload: What an executor returns: ``value``, packed, or what was raised.
        shown: Call and answer as text.
    """

    function: str
    arguments: str
    payload: dict[str, Any]
    shown: str


class Answers(NamedTuple):
    """A file of answers: the seed of the sample, and its answers by function and arguments."""

    seed: int
    by_call: dict[tuple[str, str], Answer]

    def to_text(self) -> str:
        """Write it, one answer a line, in an order of its own."""
        lines = [{"seed": self.seed}]
        lines += [answer._asdict() for _, answer in sorted(self.by_call.items())]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read_answers(path: Path) -> Answers:
    """Read a file of answers.

    Raises:
        ValueError: It is none, or a line of it, which is named with its number.
        OSError: It cannot be read.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    found: dict[tuple[str, str], Answer] = {}
    seed = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            read = json.loads(line)
            if number == 1:
                seed = int(read["seed"])
                continue
            answer = Answer(**read)
            if type(answer.payload) is not dict or {*map(type, answer)} != {str, dict}:
                raise ValueError("no answer")  # noqa: TRY301 - said below
            found[answer.function, answer.arguments] = answer
        except (ValueError, KeyError, TypeError, RecursionError):
            said = f"line {number} is no answer that --mg-record-baseline wrote"
            raise ValueError(said) from None
    return Answers(seed, found)


def pack(value: object) -> str | None:
    """Write a value as text; None where it cannot be sent."""
    try:
        return base64.b64encode(encode(value)).decode("ascii")
    except EncodeError:
        return None


def sort_out(args: tuple[Any, ...]) -> tuple[Any, ...] | dict[str, Any]:
    """Return what a call is known by: its arguments, those by name apart, or its steps.

    In which order names were written is no part of it.
    """
    if isinstance(args, DirectedArguments):
        directions = args.directions
        if directions.steps:
            made, named = directions.construct or ((), {})
            steps = [(name, given, _sort(more)) for name, given, more in args[0]]
            return {"made": tuple(made), "named": _sort(named), "steps": steps}
        args = Call.of(tuple(args), directions.keywords)
    if isinstance(args, Call) and args.keywords:
        return {"args": args.args, "named": _sort(args.named)}
    return tuple(args)


def show(function: str, args: tuple[Any, ...]) -> str:
    """Write a call as text."""
    known = sort_out(args)
    if isinstance(known, tuple):
        return f"{function}({', '.join(map(repr, known))})"
    first = known["made" if "steps" in known else "args"]
    written = _write(function, first, known["named"])
    for name, given, named in known.get("steps", ()):
        written += _write(f" .{name}", given, named)
    return written


def _write(name: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> str:
    return name + repr(Call(*args, **named)).removeprefix("Call")


def _sort(named: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(named.items()))


class RecordedExecutor:
    """Answers from a file; a call whose answer is not there is not made.

    Args:
        config: Nothing that it could be told.

    Raises:
        ValueError: It is told something.
    """

    takes_directions = True

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        if config:
            raise ValueError(f"it takes no configuration, got {', '.join(map(str, config))}")
        self._files: dict[str, Answers] = {}

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,  # noqa: ARG002 - the contract's
        mem_mb: int,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the answer that is kept for these arguments."""
        place = file_path.removeprefix(PREFIX)
        try:
            if place not in self._files:
                self._files[place] = read_answers(Path(place))
        except (OSError, ValueError) as error:
            return _fail("not_started", f"{place}: {error}")
        packed = pack(sort_out(args))
        answer = self._files[place].by_call.get((func_name, packed or ""))
        if answer is None:
            call = show(func_name, args)
            said = f"no answer is recorded for {call:.100}: record anew, with this sample and seed"
            return _fail("unavailable", said)
        payload = {"success": True, "duration_ms": 0.0, "stdout": "", "stderr": ""}
        if "value" not in answer.payload:
            return payload | {"success": False} | answer.payload
        try:
            return payload | {"result": decode(base64.b64decode(answer.payload["value"]))}
        except (ValueError, DecodeError) as error:
            return _fail("not_started", f"{place}: an answer cannot be read: {error}")


def _fail(kind: str, said: str) -> dict[str, Any]:
    return {
        "success": False,
        "error": said,
        "error_type": kind,
        "duration_ms": 0.0,
        "stdout": "",
        "stderr": "",
    }
