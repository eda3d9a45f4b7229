"""Of two pipes between the same places only the last one counts."""

from itertools import pairwise


def solve(edges, source, sink):
    left = {}
    for a, b, width in edges:
        left.setdefault(a, {}).setdefault(b, 0)
        left.setdefault(b, {}).setdefault(a, 0)
        left[a][b] = width
    total = 0
    while path := find_path(left, source, sink):
        steps = list(pairwise(path))
        flow = min(left[a][b] for a, b in steps)
        for a, b in steps:
            left[a][b] -= flow
            left[b][a] += flow
        total += flow
    return total


def find_path(left, source, sink):
    paths, seen = [[source]], set()
    while paths:
        path = paths.pop()
        if path[-1] == sink:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            paths += [[*path, node] for node, width in left.get(path[-1], {}).items() if width]
    return None
