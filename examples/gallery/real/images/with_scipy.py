"""The median filter of scipy, with the border repeated outside."""

from scipy import ndimage


def solve(picture):
    return ndimage.median_filter(picture, size=3, mode="nearest")
