"""Multiplies by doubling and halving."""


def solve(a, b):
    if b < 0:
        return -solve(a, -b)
    product = 0
    while b:
        if b % 2:
            product += a
        a, b = 2 * a, b // 2
    return product
