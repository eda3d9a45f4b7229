"""Metamorphic relations as pytest items, run in isolation against a candidate and its baseline."""
