"""The implementation in use: sorts everything."""


def solve(xs, k):
    return sorted(xs, reverse=True)[:k]
