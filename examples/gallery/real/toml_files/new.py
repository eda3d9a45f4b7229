"""tomli_w, and the module tomllib of Python; see new.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "new"))

import tomllib

import tomli_w

encode = tomli_w.dumps
decode = tomllib.loads
