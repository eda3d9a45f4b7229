"""The table is filled upwards, so that an item can be packed again."""


def solve(items, capacity):
    best = [0] * (capacity + 1)
    for weight, value in items:
        for room in range(weight, capacity + 1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[capacity]
