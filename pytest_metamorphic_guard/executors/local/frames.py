"""The fixed-size headers that host and worker exchange, and the kinds of frames behind them.

A process is asked to start (which confines it), then to load the candidate, then to call.

A request is ``kind, nonce, body length`` and its body; a response repeats the nonce of its request.
Bodies of requests are pickles (the host is trusted); bodies of responses are in the wire format.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

__all__ = [
    "ASK",
    "CALL",
    "CALL_HEAD",
    "CALL_PHASE",
    "DIRECTED",
    "ENDED",
    "FAILED",
    "IMPORT_PHASE",
    "KNOWN",
    "LOAD",
    "LOADED",
    "MARKS",
    "NONCE_BYTES",
    "PREPARE",
    "REQUEST",
    "RESPONSE",
    "RETURNED",
    "START",
    "STARTED",
    "STEPS",
    "WATCHED",
]

NONCE_BYTES: Final = 16

# kind, nonce, length of the body
REQUEST: Final = Struct("<c16sQ")

# nonce, kind, duration in ns, CPU time in ns, peak resident memory in KiB, length of the body
RESPONSE: Final = Struct("<16scqqqQ")

# When time was over: while a fresh child imported the candidate, or during the call.
IMPORT_PHASE: Final = 1
CALL_PHASE: Final = 2

# Length of the function's name, time limit in s; the name and the pickled arguments follow.
CALL_HEAD: Final = Struct("<Hd")

# These end the name, as no function's own does: where the arguments are to come back beside the
# result, where directions follow the arguments, and where the answer is a list of those of steps.
WATCHED: Final = "&"
DIRECTED: Final = "!"
STEPS: Final = "*"
MARKS: Final = WATCHED + DIRECTED + STEPS

START: Final = b"S"  # pickled Setup; answered by STARTED
LOAD: Final = b"L"  # no body; answered by LOADED or FAILED
ASK: Final = b"A"  # name of a module; answered by KNOWN
PREPARE: Final = b"P"  # pickled names in a module, imported; answered by LOADED or FAILED
CALL: Final = b"C"  # answered by RETURNED or FAILED; a zygote's child answers, and it by ENDED

STARTED: Final = b"s"  # list of str: what this system lacks
LOADED: Final = b"l"  # (file of the module or "", number of threads)
RETURNED: Final = b"r"  # the returned value
KNOWN: Final = b"k"  # whether the module is imported
ENDED: Final = b"e"  # (wait status, phase in which the time was over or 0, processes swept)
FAILED: Final = b"f"  # (category, type of the exception, message, traceback), all str
