"""A replacement without fractions: the same rounding in whole numbers."""


def solve(lines, discount_percent):
    total = sum(quantity * unit_price for _, quantity, unit_price in lines)
    return (total * (100 - discount_percent) + 50) // 100
