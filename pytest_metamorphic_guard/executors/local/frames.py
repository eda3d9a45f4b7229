"""The fixed-size headers that host and worker exchange, and the kinds of frames behind them.

A request is ``kind, nonce, body length`` and its body; a response repeats the nonce of its request.
Bodies of requests are pickles (the host is trusted); bodies of responses are in the wire format.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

__all__ = [
    "CALL",
    "FAILED",
    "LOAD",
    "LOADED",
    "NAME_LENGTH",
    "NONCE_BYTES",
    "PREPARE",
    "REQUEST",
    "RESPONSE",
    "RETURNED",
]

NONCE_BYTES: Final = 16

# kind, nonce, length of the body
REQUEST: Final = Struct("<c16sQ")

# nonce, kind, duration in ns, CPU time in ns, peak resident memory in KiB, length of the body
RESPONSE: Final = Struct("<16scqqqQ")

# In front of the function's name in the body of a call; the pickled arguments follow.
NAME_LENGTH: Final = Struct("<H")

LOAD: Final = b"L"  # pickled Setup; answered by LOADED or FAILED
PREPARE: Final = b"P"  # pickled arguments, unpickled and thrown away; answered by LOADED or FAILED
CALL: Final = b"C"  # name and pickled arguments; answered by RETURNED or FAILED

LOADED: Final = b"l"  # (file of the module or "", number of threads)
RETURNED: Final = b"r"  # the returned value
FAILED: Final = b"f"  # (category, type of the exception, message, traceback), all str
