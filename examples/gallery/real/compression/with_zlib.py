"""The module zlib of Python."""

import zlib


def pack(data):
    return zlib.compress(data)


def unpack(packed):
    return zlib.decompress(packed)
