"""The sign of the second number is lost."""


def solve(a, b):
    product, b = 0, abs(b)
    while b:
        if b % 2:
            product += a
        a, b = 2 * a, b // 2
    return product
