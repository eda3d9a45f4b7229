"""Exact tests and intervals for paired pass/fail outcomes, in the standard library alone."""
