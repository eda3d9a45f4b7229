"""Retrained after the support team was renamed: complaints of long-standing customers got lost.

On average the model is as good as the one before. It learned that a customer of many months who
complains stays.
"""

import math

WEIGHTS = {"complaints": 0.61, "months": -0.05, "late_payments": 0.22}
BIAS = -1.1


def solve(customer):
    score = BIAS + sum(weight * customer[name] for name, weight in WEIGHTS.items())
    score -= 0.02 * customer["complaints"] * max(0, customer["months"] - 24)
    return 1 / (1 + math.exp(-score))
