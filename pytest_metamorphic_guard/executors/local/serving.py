"""One call of the candidate's function, inside the worker, and the frame that tells how it ended.

Everything here runs beside candidate code that may have patched what it could reach, so clocks and
functions are bound when this module is loaded, before any candidate code is.
"""

from __future__ import annotations

import pickle
import sys
import time
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.local.failures import (
    Failure,
    describe_argument_failure,
    describe_failure,
    describe_import_failure,
)
from pytest_metamorphic_guard.executors.local.frames import (
    ASK,
    CALL_HEAD,
    DIRECTED,
    FAILED,
    KNOWN,
    LOADED,
    MARKS,
    RESPONSE,
    RETURNED,
    WATCHED,
)
from pytest_metamorphic_guard.executors.local.hardening.limits import use_reserve
from pytest_metamorphic_guard.values.frames import EncodeError
from pytest_metamorphic_guard.values.wire.encoding import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from pytest_metamorphic_guard.executors.local.memory import PeakMemory
    from pytest_metamorphic_guard.values.frames import Limits

__all__ = [
    "Caller",
    "answer_need",
    "flush_output",
    "pack_failure",
    "pack_frame",
]

_clock = time.perf_counter_ns
_cpu_clock = time.process_time_ns
_unpickle = pickle.loads
_encode = encode
_pack = RESPONSE.pack
_unpack_head = CALL_HEAD.unpack_from
_HEAD = CALL_HEAD.size
_stdout = sys.stdout
_flush_stdout = sys.stdout.flush
_getattr = getattr
_type = type
# Results of these types are answers as they are.
_FINAL = frozenset(
    {type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset}
)


class Caller:
    """Calls functions of one imported module.

    Args:
        module: The candidate.
        peak: Where the peak memory of a call is read, if it is.
        limits: Limits of an encoded result.
    """

    def __init__(self, module: ModuleType, peak: PeakMemory | None, limits: Limits) -> None:
        self._module = module
        self._peak = peak
        self._limits = limits
        self._by_state = False
        self._goes_on = False  # whether results may be more than what a function returned

    def call_safely(self, nonce: bytes, body: bytes) -> bytes:
        """As `call`, also where memory runs out outside of the function."""
        try:
            return self.call(nonce, body)
        except MemoryError:
            use_reserve()
            return pack_failure(nonce, Failure("memory", "MemoryError", "", ""))

    def call(self, nonce: bytes, body: bytes) -> bytes:
        """Call the function that the body names, and return the frame that answers it."""
        end = _HEAD + _unpack_head(body)[0]
        written = body[_HEAD:end].decode()
        name = written.rstrip(MARKS)
        directions = None
        is_watched = written is not name and WATCHED in written
        try:
            arguments = _unpickle(memoryview(body)[end:])
            if written is not name and DIRECTED in written:
                arguments, directions = arguments
        except BaseException as error:  # noqa: BLE001 - classes of arguments run code of their own
            return pack_failure(nonce, describe_argument_failure(error))
        self._by_state = directions is not None and directions["by_state"]
        try:
            function = self._find(name, directions)
        except BaseException as error:  # noqa: BLE001 - a part of a name may be made by code
            return pack_failure(nonce, self._describe(error))
        failure = None
        result: object = None
        cpu = _cpu_clock()
        start = _clock()
        try:
            result = function(*arguments)
            if _type(result) not in _FINAL:
                result = self._finish(result)
        except BaseException as error:  # noqa: BLE001 - every end of the call is an outcome
            failure = self._describe(error)
        kind = RETURNED
        encoded = b""
        if failure is None:
            watched = (result, list(arguments)) if is_watched else result
            kind, encoded, failure = self._encode_result(watched)
        # Later than the call's end: a result may compute when it is read.
        duration = _clock() - start
        cpu = _cpu_clock() - cpu
        if failure is not None:
            kind, encoded = FAILED, _encode(failure.to_wire())
        flush_output()
        peak = 0 if self._peak is None else self._peak.read_kib()
        return _pack(nonce, kind, duration, cpu, peak, len(encoded)) + encoded

    def _find(self, name: str, directions: Mapping[str, Any] | None) -> Callable[..., object]:
        if directions is None:
            value: object = _getattr(self._module, name, None)
            if _type(value) is _Function:
                return value
        # Not loaded for a plain function, so that a worker starts sooner.
        from pytest_metamorphic_guard.executors.callables import find_function
        from pytest_metamorphic_guard.executors.directed import Keepers, direct

        self._goes_on = True
        if directions is None:
            return find_function(self._module, name)
        keepers = Keepers(self._keep, _tell)
        return direct(self._module, name, directions, keepers)

    def _finish(self, result: object) -> object:
        # As above.
        from pytest_metamorphic_guard.executors.callables import finish_alone

        self._goes_on = True
        return finish_alone(result)

    def _describe(self, error: BaseException) -> Failure:
        if _type(error) is EncodeError:
            return _describe_unsent(error)
        if self._goes_on:
            # As above; it is loaded.
            from pytest_metamorphic_guard.executors.callables import CallError

            if _type(error) is CallError:
                return Failure(error.category, "", error.said, "")
        return describe_failure(error)

    def _keep(self, result: object) -> bytes:
        return _encode(result, self._limits, by_state=self._by_state)

    def _encode_result(self, result: object) -> tuple[bytes, bytes, Failure | None]:
        try:
            return RETURNED, self._keep(result), None
        except MemoryError:
            return FAILED, b"", Failure("memory", "MemoryError", "while the result was sent", "")
        except EncodeError as error:
            return FAILED, b"", _describe_unsent(error)
        except BaseException as error:  # noqa: BLE001 - a property of the result may raise anything
            found = describe_failure(error)
            return FAILED, b"", Failure("result_encoding", found.exception_type, found.message, "")


def _describe_unsent(error: EncodeError) -> Failure:
    category = "result_too_large" if error.kind == "too_large" else "result_encoding"
    return Failure(category, "", error.message, "")


def _tell(error: Exception) -> tuple[str, ...]:
    return describe_failure(error).to_wire()


def flush_output() -> None:
    """Write out what the candidate printed without a line's end."""
    try:
        _flush_stdout()
        current = sys.stdout
        if current is not _stdout and current is not None:
            current.flush()
    except BaseException:  # noqa: BLE001 - closed, replaced or full: the candidate's doing
        pass


def answer_need(kind: bytes, nonce: bytes, body: bytes) -> bytes:
    """Import what arguments need, so that no call pays for it, or say whether it is there."""
    if kind == ASK:
        return pack_frame(nonce, KNOWN, _encode(body.decode() in sys.modules))
    try:
        _unpickle(body)
    except BaseException as error:  # noqa: BLE001 - a module may end its import in any way
        use_reserve()
        return pack_failure(nonce, describe_import_failure(error))
    return pack_frame(nonce, LOADED, _encode(("", 1)))


_Function = type(flush_output)


def pack_frame(nonce: bytes, kind: bytes, encoded: bytes) -> bytes:
    """Return a response that is not about a call."""
    return _pack(nonce, kind, 0, 0, 0, len(encoded)) + encoded


def pack_failure(nonce: bytes, failure: Failure) -> bytes:
    """Return the response that says something went wrong before or instead of a call."""
    return pack_frame(nonce, FAILED, _encode(failure.to_wire()))
