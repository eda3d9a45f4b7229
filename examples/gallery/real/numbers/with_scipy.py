"""The least cost of a mixture, by scipy."""

import numpy as np
from scipy.optimize import linprog


def solve(cost, needs):
    """Return the least cost of amounts, none negative, that have what is needed of each content."""
    contents = np.array([content for content, _ in needs], dtype=float)
    amounts = np.array([amount for _, amount in needs], dtype=float)
    return float(linprog(cost, A_ub=-contents, b_ub=-amounts).fun)


def dual(cost, needs):
    """Return the most that prices of contents bring, if no good is worth more than it costs."""
    contents = np.array([content for content, _ in needs], dtype=float)
    amounts = np.array([amount for _, amount in needs], dtype=float)
    return float(-linprog(-amounts, A_ub=contents.T, b_ub=cost).fun)
