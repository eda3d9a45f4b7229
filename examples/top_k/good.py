"""A good candidate, meant for long inputs: it keeps only k elements."""

import heapq


def solve(xs, k):
    return heapq.nlargest(k, xs)
