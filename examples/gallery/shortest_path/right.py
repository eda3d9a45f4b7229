"""Dijkstra's algorithm; infinite where there is no path."""

import heapq


def solve(graph, start, end):
    best, heap = {}, [(0, start)]
    while heap:
        distance, node = heapq.heappop(heap)
        if node not in best:
            best[node] = distance
            for other, weight in graph[node].items():
                heapq.heappush(heap, (distance + weight, other))
    return best.get(end, float("inf"))
