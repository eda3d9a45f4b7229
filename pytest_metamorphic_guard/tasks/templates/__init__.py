"""Templates: relations, properties and laws with a hole for the task's own parts."""
