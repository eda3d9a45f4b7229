"""The model in use: a logistic regression on three features of a customer."""

import math

WEIGHTS = {"complaints": 0.55, "months": -0.04, "late_payments": 0.30}
BIAS = -1.2


def solve(customer):
    """Return the probability that a customer leaves."""
    score = BIAS + sum(weight * customer[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-score))
