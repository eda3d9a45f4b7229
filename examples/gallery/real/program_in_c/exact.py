"""The sum that math.fsum computes, which is rounded once."""

import math


def solve(numbers):
    return math.fsum(numbers)
