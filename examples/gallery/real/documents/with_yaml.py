"""YAML, by PyYAML."""

import yaml

encode = yaml.safe_dump
decode = yaml.safe_load
