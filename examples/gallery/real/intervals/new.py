"""Intervals by portion as it is now; see new.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "new"))

import portion


def solve(operation, one, other):
    """Return a list of (closed below, lower, upper, closed above), or a yes or no."""
    one, other = read(one), read(other)
    match operation:
        case "join":
            return write(one | other)
        case "cut":
            return write(one & other)
        case "without":
            return write(one - other)
        case "within":
            return one in other
        case "overlap":
            return one.overlaps(other)


def read(atoms):
    bound = {False: portion.OPEN, True: portion.CLOSED}
    whole = portion.empty()
    for left, lower, upper, right in atoms:
        whole |= portion.Interval.from_atomic(bound[left], lower, upper, bound[right])
    return whole


def write(interval):
    return [
        (atom.left is portion.CLOSED, atom.lower, atom.upper, atom.right is portion.CLOSED)
        for atom in interval
        if not atom.empty
    ]
