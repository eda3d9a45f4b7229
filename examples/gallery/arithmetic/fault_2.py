"""Only the lowest eight digits of the second number are looked at."""


def solve(a, b):
    if b < 0:
        return -solve(a, -b)
    product = 0
    for _ in range(8):
        if b % 2:
            product += a
        a, b = 2 * a, b // 2
    return product
