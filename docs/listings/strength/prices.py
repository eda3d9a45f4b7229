"""What a basket costs, in use for years."""


def solve(prices, rebate):
    """Return the sum of all prices, less the rebate from 100 on, and never below nothing."""
    whole = sum(prices)
    if whole >= 100:
        whole -= rebate
    return max(whole, 0)
