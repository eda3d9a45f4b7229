"""Evidence and rules in, one decision out: pure functions over frozen records."""
