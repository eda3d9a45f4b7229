"""What a program answered: the line of a call, or all that it wrote until it ended."""

from __future__ import annotations

from typing import Any

from pytest_metamorphic_guard.executors.command.json_values import UnreadableError, read_json
from pytest_metamorphic_guard.executors.command.payloads import Payload, make_failure, make_result

__all__ = ["read_answer", "read_output"]

_SHOWN = 60


def read_answer(line: bytes, number: int, duration_ms: float, stderr: str) -> Payload:
    """Read the line of a program that is kept running.

    Args:
        line: What it wrote.
        number: The ``id`` that it was asked with.
        duration_ms: How long it took.
        stderr: What it wrote to standard error meanwhile.
    """
    known: dict[str, Any] = {"duration_ms": duration_ms, "stderr": stderr}
    try:
        answer = read_json(line)
    except UnreadableError as error:
        return make_failure("protocol", f"answered {error}", "NOT_JSON", **known)
    if not isinstance(answer, dict) or "id" not in answer:
        said = f"answered {_show(line)}, expected an object with 'id' and 'result' or 'error'"
        return make_failure("protocol", said, "NO_ANSWER", **known)
    told = answer["id"]
    if type(told) is not int or told != number:
        return _explain_id(told, number, known)
    if ("result" in answer) == ("error" in answer):
        said = "neither 'result' nor 'error'" if "result" not in answer else "both of them"
        fault = f"answered {_show(line)}, expected 'result' or 'error', got {said}"
        return make_failure("protocol", fault, "NO_ANSWER", **known)
    if "result" in answer:
        return make_result(answer["result"], duration_ms, stderr)
    return _read_error(answer["error"], known)


def read_output(output: bytes, form: str, duration_ms: float, stderr: str) -> Payload:
    """Read all that a program wrote that was started for one call.

    Args:
        output: Its standard output.
        form: ``json``, ``text`` or ``lines``; the last line break of a text is not part of it.
        duration_ms: How long it took.
        stderr: What it wrote to standard error.
    """
    known: dict[str, Any] = {"duration_ms": duration_ms, "stderr": stderr}
    if form == "json":
        if not output.strip():
            return make_failure("protocol", "wrote nothing, expected JSON", "NO_ANSWER", **known)
        try:
            return make_result(read_json(output), duration_ms, stderr)
        except UnreadableError as error:
            return make_failure("protocol", f"wrote {error}", "NOT_JSON", **known)
    try:
        text = output.decode()
    except UnicodeDecodeError:
        said = f"wrote no UTF-8: {_show(output)}"
        return make_failure("protocol", said, "NOT_TEXT", **known)
    text = text.removesuffix("\n").removesuffix("\r")
    if form == "text":
        return make_result(text, duration_ms, stderr)
    lines = [line.removesuffix("\r") for line in text.split("\n")] if text else []
    return make_result(lines, duration_ms, stderr)


def _explain_id(told: object, number: int, known: dict[str, Any]) -> Payload:
    if type(told) is int and 0 < told < number:
        said = f"answered call {told} a second time"
        return make_failure("protocol", said, "TWICE", **known)
    said = f"answered out of turn: with the id {told!r:.{_SHOWN}}, asked with {number}"
    return make_failure("protocol", said, "OUT_OF_TURN", **known)


def _read_error(error: object, known: dict[str, Any]) -> Payload:
    """Read what a program says of a call that it could not answer: a text, or type and message."""
    name, text = "", error
    if isinstance(error, dict):
        name, text = error.get("type") or "", error.get("message") or ""
    if not isinstance(name, str) or not isinstance(text, str):
        said = f"answered the error {error!r:.{_SHOWN}}, expected a text, or 'type' and 'message'"
        return make_failure("protocol", said, "NO_ANSWER", **known)
    said = f"{name}: {text}" if name and text else name or text or "an error without words"
    further = {"exception_type": name} if name else {}
    return make_failure("exception", said, "ERROR", **known, **further)


def _show(data: bytes) -> str:
    return repr(data[:_SHOWN].decode("utf-8", "replace"))
