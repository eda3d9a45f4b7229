"""Renders values, violations and results as text; takes values and gives values."""
