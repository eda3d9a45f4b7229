"""A replacement that prices line by line, for a receipt, and so rounds once per line."""


def solve(lines, discount_percent):
    return sum(
        (quantity * unit_price * (100 - discount_percent) + 50) // 100
        for _, quantity, unit_price in lines
    )
