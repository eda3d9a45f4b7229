"""Packs what is worth most for its weight first, which need not be the best."""


def solve(items, capacity):
    total = 0
    for weight, value in sorted(items, key=lambda item: item[1] / item[0], reverse=True):
        if weight <= capacity:
            capacity -= weight
            total += value
    return total
