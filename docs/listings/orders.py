"""An implementation for the listing beside it."""


class OutOfStockError(Exception):
    pass


def solve(prices, count):
    if count < 1:
        raise ValueError("an order has at least one piece")
    if count > len(prices):
        raise OutOfStockError
    return {"total": sum(sorted(prices)[:count]), "pieces": count}
