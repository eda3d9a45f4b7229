"""The candidate after the violation was understood."""

import heapq


def solve(values):
    half = len(values) // 2 + 1
    smallest = heapq.nsmallest(half, values)
    if len(values) % 2:
        return smallest[-1]
    return (smallest[-2] + smallest[-1]) / 2
