"""The module lzma of Python."""

import lzma


def pack(data):
    return lzma.compress(data)


def unpack(packed):
    return lzma.decompress(packed)
