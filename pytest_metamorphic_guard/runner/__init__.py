"""Runs one relation, property or law against a candidate and its baseline."""
