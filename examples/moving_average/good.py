"""A replacement whose cost does not grow with the window: differences of running sums."""

import numpy as np


def solve(values, window):
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[window:] - sums[:-window]) / window
