"""The module bz2 of Python."""

import bz2


def pack(data):
    return bz2.compress(data)


def unpack(packed):
    return bz2.decompress(packed)
