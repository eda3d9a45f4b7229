import random

from pytest_metamorphic_guard import Task, equal


def baskets(n, seed):
    chance = random.Random(seed)
    return [
        ([chance.randint(1, 60) for _ in range(chance.randint(0, 6))], chance.randint(0, 20))
        for _ in range(n)
    ]


prices = Task("prices", baskets)


@prices.relation(expect=equal)
def order(prices, rebate):
    """The order in a basket does not matter."""
    return prices[::-1], rebate


@prices.property
def sensible(total, prices, rebate):
    """Nobody pays more than the sum, and nobody gets money."""
    assert 0 <= total <= sum(prices)


@prices.law
def rebates_start_at_100(solve, prices, rebate):
    """Below 100 there is no rebate, from 100 on all of it."""
    whole = sum(prices)
    assert solve(prices, rebate) == (whole - rebate if whole >= 100 else whole)
