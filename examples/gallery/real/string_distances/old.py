"""The Damerau-Levenshtein distance of textdistance as it was; see old.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "old"))

from textdistance import DamerauLevenshtein

solve = DamerauLevenshtein(external=False)
