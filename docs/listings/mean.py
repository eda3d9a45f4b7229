"""An implementation for the listings beside it."""

import math


def solve(values, weights):
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / math.fsum(weights)


def harmonic(values):
    return len(values) / math.fsum(1 / value for value in values)
