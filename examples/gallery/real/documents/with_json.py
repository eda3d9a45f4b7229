"""The module json of Python."""

import json

encode = json.dumps
decode = json.loads
