"""The module gzip of Python."""

import gzip


def pack(data):
    return gzip.compress(data, mtime=0)


def unpack(packed):
    return gzip.decompress(packed)
