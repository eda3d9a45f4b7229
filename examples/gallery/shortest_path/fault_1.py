"""A node counts as reached when it is first seen, not when it is nearest."""

import heapq


def solve(graph, start, end):
    best, heap = {start: 0}, [(0, start)]
    while heap:
        distance, node = heapq.heappop(heap)
        for other, weight in graph[node].items():
            if other not in best:
                best[other] = distance + weight
                heapq.heappush(heap, (distance + weight, other))
    return best.get(end, float("inf"))
