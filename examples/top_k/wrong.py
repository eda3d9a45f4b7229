"""A candidate that is faster still, and subtly wrong: a heap is not sorted."""

import heapq


def solve(xs, k):
    heap = []
    for x in xs:
        if len(heap) < k:
            heapq.heappush(heap, x)
        elif k and x > heap[0]:
            heapq.heapreplace(heap, x)
    return heap[::-1]
