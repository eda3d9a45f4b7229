"""Lengths of time in words, by humanize as it was; see old.txt."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name(".installed") / "old"))

from datetime import timedelta

import humanize


def roughly(seconds):
    return humanize.naturaldelta(timedelta(seconds=seconds))


def exactly(seconds):
    return humanize.precisedelta(timedelta(seconds=seconds))
