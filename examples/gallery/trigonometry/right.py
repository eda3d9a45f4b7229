"""Sums the series of the sine, for an angle of at most half a turn."""

import math


def solve(x):
    x = math.remainder(x, 2 * math.pi)
    term = total = x
    for n in range(2, 30, 2):
        term *= -x * x / (n * (n + 1))
        total += term
    return total
