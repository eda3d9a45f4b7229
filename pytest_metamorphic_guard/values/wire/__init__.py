"""The codec with which a worker sends a result and the host reads it.

Nothing that arrives is executed: values of the known types are rebuilt, an instance of any other
class becomes a `Record` or an `Opaque`. `frames` describes the frames.
"""

from pytest_metamorphic_guard.values.frames import (
    DEFAULT,
    BrokenKindError,
    DecodeError,
    EncodeError,
    Limits,
)
from pytest_metamorphic_guard.values.wire.decoding import decode
from pytest_metamorphic_guard.values.wire.encoding import encode

__all__ = ["DEFAULT", "BrokenKindError", "DecodeError", "EncodeError", "Limits", "decode", "encode"]
