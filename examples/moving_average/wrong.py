"""A replacement in single precision: the sums of large values lose their small differences."""

import numpy as np


def solve(values, window):
    sums = np.concatenate(([0.0], np.cumsum(np.asarray(values, dtype=np.float32))))
    return (sums[window:] - sums[:-window]) / window
