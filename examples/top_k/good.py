"""A faster candidate: a heap of k elements."""

import heapq


def solve(xs, k):
    return heapq.nlargest(k, xs)
