"""The Damerau-Levenshtein distance of textdistance as it is now; see new.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "new"))

from textdistance import DamerauLevenshtein

solve = DamerauLevenshtein(external=False)
