"""The same with intervals that touch: a start comes before an end at the same place."""


def merge(intervals):
    edges = sorted([(start, -1) for start, _ in intervals] + [(end, 1) for _, end in intervals])
    merged, depth = [], 0
    for at, step in edges:
        if depth == 0:
            start = at
        depth -= step
        if depth == 0:
            merged.append((start, at))
    return merged
