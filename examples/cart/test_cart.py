"""What the total of a shopping cart must satisfy, in declarative form.

Specs written for metamorphic-guard look like this one; only the import differs.
"""

import random

from pytest_metamorphic_guard import MetamorphicRelation, Property, TaskSpec

PRODUCTS = ("apple", "bread", "cheese", "dates")


def gen_inputs(n, seed):
    """Make n carts with a discount each; the same for the same seed."""
    rng = random.Random(seed)
    carts = []
    for _ in range(n):
        lines = [
            (rng.choice(PRODUCTS), rng.randint(1, 9), rng.randint(1, 2000))
            for _ in range(rng.randint(0, 6))
        ]
        carts.append((lines, rng.choice([0, 5, 10, 25])))
    return carts


def shuffle(lines, discount_percent, rng):
    return rng.sample(lines, len(lines)), discount_percent


def split_lines(lines, discount_percent):
    """Put every piece on a line of its own."""
    pieces = [(product, 1, price) for product, quantity, price in lines for _ in range(quantity)]
    return pieces, discount_percent


def add_free_gift(lines, discount_percent):
    return [*lines, ("sticker", 1, 0)], discount_percent


def within_undiscounted(total, lines, discount_percent):
    return 0 <= total <= sum(quantity * price for _, quantity, price in lines)


cart = TaskSpec(
    name="cart",
    gen_inputs=gen_inputs,
    properties=[Property(within_undiscounted, "a discount neither adds nor pays out")],
    relations=[
        MetamorphicRelation("shuffled", shuffle, description="the order of lines is free"),
        MetamorphicRelation("split", split_lines, description="two lines of one are one of two"),
        MetamorphicRelation("free_gift", add_free_gift, description="what is free costs nothing"),
    ],
    fmt_in=lambda args: f"{len(args[0])} lines, {args[1]} % off",
    fmt_out=lambda total: f"{total / 100:.2f}",
)
