"""A candidate that does not sort everything."""

import heapq


def solve(values):
    half = len(values) // 2 + 1
    return heapq.nsmallest(half, values)[-1]
