"""Kinds of values, one module each: how they are recognised, sent, compared, shown and written."""
