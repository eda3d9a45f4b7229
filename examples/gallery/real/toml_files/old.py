"""The library toml; see old.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "old"))

import toml

encode = toml.dumps
decode = toml.loads
