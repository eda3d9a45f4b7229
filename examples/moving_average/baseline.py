"""The moving average in use: one product per window."""

import numpy as np


def solve(values, window):
    return np.convolve(values, np.full(window, 1.0 / window), mode="valid")
