"""The price calculation in use. Prices are in cents."""

from fractions import Fraction


def solve(lines, discount_percent):
    """Return the total of ``(product, quantity, unit_price)`` lines, rounded half up once."""
    total = sum(quantity * unit_price for _, quantity, unit_price in lines)
    discounted = Fraction(total) * (100 - discount_percent) / 100
    return int(discounted + Fraction(1, 2))
