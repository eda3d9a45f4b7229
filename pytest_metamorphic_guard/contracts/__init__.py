"""What executors and monitors promise, and the values that pass between them and the runner."""
