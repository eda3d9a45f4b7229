"""Known violations: read from a file, matched with entries and inputs, followed up, proposed."""
