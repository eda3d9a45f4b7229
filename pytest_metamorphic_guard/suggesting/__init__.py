"""Relations found for a function that nobody has written a test for, ready to paste."""
