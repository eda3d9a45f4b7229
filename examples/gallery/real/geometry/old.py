"""The smallest rectangle around points, by shapely as it was; see old.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "old"))

from shapely.geometry import MultiPoint


def solve(points):
    return MultiPoint(points).minimum_rotated_rectangle.area
