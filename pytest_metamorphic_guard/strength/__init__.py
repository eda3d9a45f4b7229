"""Small changes of an implementation, and what the entries of a task notice of them."""
