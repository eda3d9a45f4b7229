"""The kind of value `Money`: how an amount is sent, rebuilt, compared and shown.

Metamorphic Guard finds this module by its entry point, in pytest and in the process of a candidate,
once a value from the module ``mg_example_plugins.money`` is met.
"""

from decimal import Decimal

from mg_example_plugins.money import Money

types = (Money,)
# What the parts are called where two amounts differ.
names = ("amount", "currency")


def take_apart(money):
    """Return what is sent: values that travel by themselves."""
    return [money.amount, money.currency]


def put_together(amount, currency):
    """Make the value again. A candidate may have written the parts: take nothing for granted."""
    if type(amount) is not Decimal or not amount.is_finite():
        raise ValueError("no amount of money")
    return Money(amount, currency)


def to_source(money, write):
    """Return Python source that makes the amount; ``write`` does so for any value."""
    return f"Money({write(str(money.amount))}, {write(money.currency)})"
