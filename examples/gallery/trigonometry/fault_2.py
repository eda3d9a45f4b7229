"""The sign of the angle is lost on the way into the first half turn."""

import math


def solve(x):
    x = abs(math.remainder(x, 2 * math.pi))
    term = total = x
    for n in range(2, 30, 2):
        term *= -x * x / (n * (n + 1))
        total += term
    return total
