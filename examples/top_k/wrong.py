"""A candidate that is subtly wrong: the elements of a heap are not sorted."""

import heapq


def solve(xs, k):
    heap = []
    for x in xs:
        if len(heap) < k:
            heapq.heappush(heap, x)
        elif k and x > heap[0]:
            heapq.heapreplace(heap, x)
    return heap[::-1]
