"""Inputs that are already there: in type hints, in files, in recorded calls, or in several."""
